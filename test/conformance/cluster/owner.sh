#!/usr/bin/env bash
# Ends a cluster when its owner has ended, in whatever way: owner.sh PID STATE_DIR
set -euo pipefail
HERE=$(dirname "$0")
owner=$1 STATE=$2
pid=$(cat "$STATE/pid")

while kill -0 "$owner" && kill -0 "$pid"; do sleep 1; done
# the directory may hold another cluster by now
if [[ $(cat "$STATE/pid") == "$pid" ]]; then bash "$HERE/down.sh" "$STATE"; fi
