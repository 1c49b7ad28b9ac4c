#!/usr/bin/env bash
# Ends the cluster of a state directory and removes it: cluster/down.sh [--keep] STATE_DIR
# With --keep, the directory stays, for its logs.
set -euo pipefail
HERE=$(cd "$(dirname "$0")" && pwd)
keep=no
if [[ $1 == --keep ]]; then keep=yes; shift; fi
STATE=$1

[[ -d $STATE && -n $(ls -A "$STATE") ]] || exit 0
[[ -e $STATE/.cluster ]] || { echo "$STATE is no state directory of a cluster" >&2; exit 1; }
STATE=$(cd "$STATE" && pwd)

pid=$(cat "$STATE/pid" 2>/dev/null || true)
# the number may belong to somebody else by now
if [[ -e /proc/${pid:-none}/cmdline ]] && tr '\0' ' ' <"/proc/$pid/cmdline" | grep -qF "node.sh $STATE "; then
  kill -KILL "$pid"
  tail --pid="$pid" -f /dev/null
fi
if [[ -e $STATE/cgroup ]]; then bash "$HERE/cgroup.sh" remove "$(cat "$STATE/cgroup")"; fi
rm -f "$STATE/pid" "$STATE/cgroup"
if [[ $keep == no ]]; then rm -rf --one-file-system "$STATE"; fi
