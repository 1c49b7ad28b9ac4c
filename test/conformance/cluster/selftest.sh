#!/usr/bin/env bash
# Whether the cluster is what tests take it for: cluster/selftest.sh [STATE_DIR]
# Brings one up and takes it down again, unless STATE_DIR is a running one.
set -uo pipefail
HERE=$(cd "$(dirname "$0")" && pwd)
STATE=${1:-$(mktemp -d)/state}
if [[ ! -e $STATE/pid ]]; then
  trap 'bash "$HERE/down.sh" "$STATE"' EXIT
  bash "$HERE/up.sh" "$STATE" --owner $$ || exit 1
fi
PATH=$STATE/bin:$PATH
passed=0 failed=0

check() { # WHAT COMMAND...
  local started=$SECONDS
  if timeout 120 bash -euo pipefail -c "$2" >"$STATE/logs/check.log" 2>&1; then
    passed=$((passed + 1))
    echo "ok   $1 ($((SECONDS - started)) s)"
  else
    failed=$((failed + 1))
    echo "FAIL $1"
    tail -n 15 "$STATE/logs/check.log"
  fi
}

# until_true SECONDS COMMAND...
until_true() {
  local end=$((SECONDS + $1))
  until "${@:2}"; do ((SECONDS < end)) || return 1; sleep 0.2; done
}
export -f until_true
export STATE HERE

check 'the node is Ready' "kubectl wait node --all --for=condition=Ready --timeout=5s"
check 'objects are taken' "
  kubectl create namespace selftest
  kubectl -n selftest create configmap httpd --from-file='$HERE/../../../assets/build-logs/httpd.conf'
  ssh-keygen -q -t ed25519 -N '' -f '$STATE/key'
  kubectl -n selftest create secret generic key --from-file=priv='$STATE/key'
  kubectl -n selftest create configmap image-builder --from-file=authorized_keys='$STATE/key.pub'
  kubectl apply -f '$HERE/selftest.yaml'"
check 'a pod that is not restricted is refused' "
  ! kubectl -n default run bad --image=conformance.example/tools 2>'$STATE/refusal'
  grep -q 'violates PodSecurity \"restricted' '$STATE/refusal'"
check 'a Deployment and a StatefulSet on a claim run' "
  kubectl -n selftest rollout status deployment/tools --timeout=60s
  kubectl -n selftest rollout status statefulset/zookeeper --timeout=60s"
check 'every other image runs' "kubectl -n selftest wait pod --all --for=condition=Ready --timeout=60s"
check 'exec, with input' "[[ \$(echo hello | kubectl -n selftest exec -i deploy/tools -- cat) == hello ]]"
check 'logs' "kubectl -n selftest logs zookeeper-0 | grep 'binding to port'"
check 'cp' "
  kubectl cp '$HERE/selftest.yaml' selftest/zookeeper-0:/data/copy
  kubectl cp selftest/zookeeper-0:/data/copy '$STATE/copy'
  cmp '$HERE/selftest.yaml' '$STATE/copy'"
check 'port-forward' "
  kubectl -n selftest port-forward service/httpd 18080:80 &
  until_true 10 enter curl -sf -o /dev/null http://127.0.0.1:18080/nodepool/builds/
  kill \$!"
check 'names of the cluster, and a Service behind one' "
  kubectl -n selftest exec deploy/tools -- getent hosts kubernetes.default.svc.cluster.local
  kubectl -n selftest exec deploy/tools -- python3 -c 'import urllib.request as r; r.urlopen(\"http://httpd/nodepool/builds/\", timeout=5)'"
check 'a pod reaches itself by its Service' "
  kubectl -n selftest exec zookeeper-0 -- timeout 5 bash -c 'exec 3<>/dev/tcp/zookeeper-client/2181; echo srvr >&3; grep Mode <&3'"
check 'names given by tests, and fast answers for all others' "
  dns zk01.example.com=zookeeper.selftest image-builder.example.com=image-builder.selftest '*.cloud-one.example.com=httpd.selftest'
  until_true 10 kubectl -n selftest exec deploy/tools -- getent hosts zk01.example.com
  kubectl -n selftest exec deploy/tools -- getent hosts keystone.cloud-one.example.com
  kubectl -n selftest exec deploy/tools -- timeout 1 python3 -c '
import socket
try: socket.gethostbyname(\"elsewhere.example.org\")
except socket.gaierror as error: assert error.errno == socket.EAI_NONAME, error
else: raise SystemExit(1)'"
check 'ssh to the image builder' "
  kubectl -n selftest exec deploy/ssh -- ssh -i /key/priv -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null -p 2222 \
    zuul@image-builder.example.com id"
check 'a uid of OpenShift finds what it needs' "
  kubectl -n selftest exec deploy/tools -- bash -c '[[ \$(id -u):\$(id -g) == 1000650000:0 ]] && command -v nodepool-launcher nodepool-builder ssh'"
check 'a change of a ConfigMap is in the pod within 3 s' "
  kubectl -n selftest patch configmap watched --patch '{\"data\":{\"value\":\"new\"}}'
  until_true 3 kubectl -n selftest exec deploy/tools -- grep -q new /watched/value"
check 'the cluster fills a Secret with a token' "
  until_true 5 bash -c '[[ \$(kubectl -n selftest get secret token -o jsonpath={.data.token}) ]]'"
check 'both classes bind, and standard is the default' "
  kubectl -n selftest get pvc data-zookeeper-0 -o jsonpath='{.spec.storageClassName} {.status.phase}' | grep -qx 'standard Bound'
  kubectl -n selftest get pvc fast -o jsonpath='{.spec.storageClassName} {.status.phase}' | grep -qx 'fast Bound'"
check 'a policy changes pods, as OpenShift does' "
  until_true 20 bash -c 'kubectl -n kube-system run changed --image=none -l mutate=yes --dry-run=server -o yaml | grep 1000650000'"
check 'nothing is pulled, and that is known at once' "
  kubectl -n selftest set image deploy/ssh '*=registry.example.com/none:1'
  until_true 10 bash -c 'kubectl -n selftest get pods | grep -E \"ErrImagePull|ImagePullBackOff\"'"

echo "$passed passed, $failed failed"
((failed == 0))
