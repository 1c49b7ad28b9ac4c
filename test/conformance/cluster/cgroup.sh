#!/usr/bin/env bash
# The cgroup under which the kubelet keeps its own, in every hierarchy of the machine: cgroup.sh make|remove /NAME
set -euo pipefail

if [[ -e /sys/fs/cgroup/cgroup.controllers ]]; then
  hierarchies=(/sys/fs/cgroup)
else
  hierarchies=(/sys/fs/cgroup/*/)
fi
for hierarchy in "${hierarchies[@]}"; do
  if [[ $1 == make ]]; then
    mkdir -p "$hierarchy$2"
    # by default all pods together weigh as much as one process beside them, and starve on a machine that does other work
    if [[ -e $hierarchy$2/cpu.shares ]]; then echo 16384 >"$hierarchy$2/cpu.shares"; fi
    if [[ -e $hierarchy$2/cpu.weight ]]; then echo 1600 >"$hierarchy$2/cpu.weight"; fi
  elif [[ -d $hierarchy$2 ]]; then
    # what was killed a moment ago may still be leaving
    for _ in {1..50}; do
      find "$hierarchy$2" -depth -type d -exec rmdir {} + 2>/dev/null && break
      sleep 0.1
    done
  fi
done
