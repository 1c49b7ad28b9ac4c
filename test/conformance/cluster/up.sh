#!/usr/bin/env bash
# A Kubernetes of one node, in namespaces of its own; see README.md.
#
#   cluster/up.sh STATE_DIR [--kubernetes 1.28] [--owner PID]
set -euo pipefail
HERE=$(cd "$(dirname "$0")" && pwd)
source "$HERE/../parts/lib.sh"

STATE=${1:?cluster/up.sh STATE_DIR}
shift
version=1.36.3 only_api=no owner=''
while (($#)); do
  case $1 in
    --kubernetes) version=$2 only_api=yes ;;
    --owner) owner=$2 ;;
    *) echo "unknown: $1" >&2; exit 2 ;;
  esac
  shift 2
done
case $version in 1.28) version=1.28.15 ;; esac

phase() {
  echo "$1: $((SECONDS - ${PHASE:-0})) s"
  PHASE=$SECONDS
}

# What does not come up is not left behind, but for its logs.
clean_up() {
  local code=$?
  ((code)) || return 0
  # shellcheck disable=SC2046 # numbers
  kill $(jobs -p) 2>/dev/null || true
  if [[ -e $STATE/.cluster ]]; then bash "$HERE/down.sh" --keep "$STATE"; fi
}
trap clean_up EXIT

# the compiler wants the processors, the images mostly the network and the disk
if [[ $only_api == no ]]; then
  bash "$HERE/../images/all.sh" >/dev/null &
  bash "$HERE/../parts/all.sh"
  wait "$!"
else
  bash "$HERE/../parts/all.sh" "$version"
fi
KUBERNETES=$CACHE/kubernetes-$version
KUBECTL=$CACHE/kubernetes-1.36.3/kubectl
phase parts

bash "$HERE/down.sh" "$STATE"
mkdir -p "$STATE"/{logs,pki,config,dns,bin,root,volumes}
STATE=$(cd "$STATE" && pwd)
touch "$STATE/.cluster" "$STATE"/dns/{hosts,rewrites}
chmod 755 "$STATE"

bash "$HERE/pki.sh" "$STATE"

CGROUP=/cdk8s-nodepool-$(sha256sum <<<"$STATE" | cut -c 1-8)
bash "$HERE/cgroup.sh" make "$CGROUP"
echo "$CGROUP" >"$STATE/cgroup"

setsid unshare --fork --pid --mount-proc --kill-child --mount --net --propagation private \
  bash "$HERE/node.sh" "$STATE" "$KUBERNETES" "$CACHE/etcd-3.6.16" "$CACHE/coredns-1.12.4" "$only_api" "$CGROUP" \
  >"$STATE/logs/node.log" 2>&1 </dev/null &
unshare=$!
until pid=$(pgrep -P "$unshare"); do
  kill -0 "$unshare" || { cat "$STATE/logs/node.log" >&2; exit 1; }
  sleep 0.05
done
echo "$pid" >"$STATE/pid"
if [[ $owner ]]; then setsid bash "$HERE/owner.sh" "$owner" "$STATE" >/dev/null 2>&1 </dev/null & fi

wrapper() { install -m 755 /dev/stdin "$STATE/bin/$1" <<<$'#!/bin/sh\n'"exec $2 \"\$@\""; }
wrapper enter "nsenter -t $pid -n"
wrapper kubectl "nsenter -t $pid -n $KUBECTL --kubeconfig $STATE/kubeconfig --cache-dir $STATE/kubectl-cache"
wrapper ctr "$(command -v ctr) -a /proc/$pid/root/run/containerd/containerd.sock -n k8s.io"
wrapper dns "bash $HERE/dns.sh $STATE"
PATH=$STATE/bin:$PATH

show() { # NAME, of a log, and fails
  tail -n 15 "$STATE/logs/$1.log" >&2
  return 1
}

# wait_for SECONDS WHAT COMMAND...
wait_for() {
  local until=$((SECONDS + $1)) what=$2
  shift 2
  until "$@" >/dev/null 2>&1; do
    if ((SECONDS > until)) || ! kill -0 "$pid" 2>/dev/null; then
      echo "the cluster has no $what; logs are in $STATE/logs" >&2
      tail -n 5 "$STATE"/logs/*.log >&2
      exit 1
    fi
    sleep 0.3
  done
}

if [[ $only_api == no ]]; then
  (
    wait_for 60 containerd ctr version
    bash "$HERE/../images/import.sh" "$STATE" pause= nodepool= tools= httpd= zookeeper= statsd-exporter= image-builder=
  ) >"$STATE/logs/import.log" 2>&1 &
  import=$!
fi

wait_for 120 'API server' kubectl get --raw /readyz
phase 'API server'

# A generous number of empty directories as volumes of each class; their size is only said.
volumes() {
  local class number name
  for class in standard fast; do
    for number in {01..50}; do
      name=$class-$number
      mkdir -p "$STATE/volumes/$name"
      cat <<YAML
---
apiVersion: v1
kind: PersistentVolume
metadata: { name: $name }
spec:
  storageClassName: $class
  capacity: { storage: 1Ti }
  accessModes: [ReadWriteOnce, ReadWriteMany]
  persistentVolumeReclaimPolicy: Retain
  local: { path: $STATE/volumes/$name }
  nodeAffinity:
    required: { nodeSelectorTerms: [{ matchExpressions: [{ key: kubernetes.io/hostname, operator: In, values: [node-1] }] }] }
YAML
    done
  done
}

# An old API server knows not every field and rule of them: it drops the fields, and refuses the one or other definition.
{
  kubectl create --validate=ignore -f "$(bash "$HERE/../parts/crds.sh")" || [[ $only_api == yes ]]
  kubectl wait crd --all --for=condition=Established --timeout=60s
} >"$STATE/logs/crds.log" 2>&1 &
crds=$!
if [[ $only_api == no ]]; then
  kubectl create -f "$HERE/manifests" >"$STATE/logs/manifests.log"
  volumes | kubectl create -f - >>"$STATE/logs/manifests.log"
  wait_for 120 node kubectl wait --for=condition=Ready node/node-1 --timeout=1s
  phase 'node Ready'
  wait_for 60 'service account' kubectl -n default get serviceaccount default
fi
wait "$crds" || show crds
phase 'custom resources'
if [[ $only_api == no ]]; then
  wait "$import" || show import
  phase images
fi
echo "all: $SECONDS s"
