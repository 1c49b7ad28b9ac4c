#!/usr/bin/env bash
# PID 1 of the cluster's namespaces (see up.sh, which calls it): makes network and mounts, starts the daemons and waits.
# When one of them ends, it ends, and the kernel ends everything in here.
set -euo pipefail
STATE=$1 KUBERNETES=$2 ETCD=$3 COREDNS=$4 ONLY_API=$5 CGROUP=$6
cd "$(dirname "$0")"

ADDRESS=172.31.0.1 # of the node, inside
NODE=node-1

# What the daemons keep in fixed places stays inside.
mount -t tmpfs tmpfs /run
for directory in /var/log /var/lib/cni /var/lib/kubelet; do
  mkdir -p "$directory" "$STATE/root$directory"
  mount --bind "$STATE/root$directory" "$directory"
done

# The kubelet sets these for the whole machine, unless they are what it wants already: in here they are.
setting() {
  echo "$2" >"$STATE/root/${1//\//.}"
  mount --bind "$STATE/root/${1//\//.}" "/proc/sys/$1"
}
setting vm/overcommit_memory 1
setting vm/panic_on_oom 0
setting kernel/panic 10
setting kernel/panic_on_oops 1
setting kernel/keys/root_maxkeys 1000000
setting kernel/keys/root_maxbytes 25000000

# No way out, but a default route: programs look for the address behind it.
ip link set lo up
ip link add eth0 type veth peer name eth0-end
ip address add "$ADDRESS/24" dev eth0
ip link set eth0 up
ip link set eth0-end up
ip route add default dev eth0
echo 1 >/proc/sys/net/ipv4/ip_forward

daemon() {
  local name=$1
  shift
  "$@" >"$STATE/logs/$name.log" 2>&1 </dev/null &
  NAMES[$!]=$name
}
declare -A NAMES

for file in config/*; do
  sed "s#@STATE@#$STATE#g; s#@ADDRESS@#$ADDRESS#g; s#@CGROUP@#$CGROUP#g" "$file" >"$STATE/$file"
done

# What the node itself looks up, an image's registry for one, is answered in here too.
mount --bind "$STATE/config/resolv.conf" /etc/resolv.conf

daemon etcd "$ETCD/etcd" --data-dir "$STATE/etcd" --unsafe-no-fsync --log-level warn
daemon kube-apiserver "$KUBERNETES/kube-apiserver" --etcd-servers http://127.0.0.1:2379 --advertise-address "$ADDRESS" \
  --service-cluster-ip-range 10.96.0.0/16 --authorization-mode Node,RBAC --enable-admission-plugins NodeRestriction \
  --allow-privileged --admission-control-config-file "$STATE/config/admission.yaml" --cert-dir "$STATE/pki" \
  --client-ca-file "$STATE/pki/ca.crt" --tls-cert-file "$STATE/pki/apiserver.crt" --tls-private-key-file "$STATE/pki/apiserver.key" \
  --kubelet-client-certificate "$STATE/pki/admin.crt" --kubelet-client-key "$STATE/pki/admin.key" \
  --kubelet-certificate-authority "$STATE/pki/ca.crt" --kubelet-preferred-address-types InternalIP \
  --service-account-issuer https://kubernetes.default.svc.cluster.local \
  --service-account-key-file "$STATE/pki/accounts.key" --service-account-signing-key-file "$STATE/pki/accounts.key"

if [[ $ONLY_API == no ]]; then
  daemon containerd containerd --config "$STATE/config/containerd.toml"
  until curl --silent --fail --output /dev/null --cacert "$STATE/pki/ca.crt" --cert "$STATE/pki/admin.crt" --key "$STATE/pki/admin.key" \
    "https://$ADDRESS:6443/readyz"; do
    sleep 0.3
  done
  daemon kube-controller-manager "$KUBERNETES/kube-controller-manager" --kubeconfig "$STATE/pki/controller-manager.kubeconfig" \
    --use-service-account-credentials --service-account-private-key-file "$STATE/pki/accounts.key" --root-ca-file "$STATE/pki/ca.crt" \
    --leader-elect=false
  daemon kube-scheduler "$KUBERNETES/kube-scheduler" --kubeconfig "$STATE/pki/scheduler.kubeconfig" --leader-elect=false
  daemon kubelet "$KUBERNETES/kubelet" --config "$STATE/config/kubelet.yaml" --kubeconfig "$STATE/pki/kubelet.kubeconfig" \
    --hostname-override "$NODE" --node-ip "$ADDRESS" --root-dir "$STATE/kubelet" --cert-dir "$STATE/pki"
  daemon kube-proxy "$KUBERNETES/kube-proxy" --kubeconfig "$STATE/pki/proxy.kubeconfig" --hostname-override "$NODE" \
    --proxy-mode nftables --conntrack-max-per-core=0 --conntrack-min=0 --conntrack-tcp-timeout-established=0 \
    --conntrack-tcp-timeout-close-wait=0
  daemon coredns "$COREDNS/coredns" -conf "$STATE/config/Corefile"
fi

code=0
wait -n -p ended || code=$?
echo "${NAMES[$ended]} ended with exit code $code"
exit 1
