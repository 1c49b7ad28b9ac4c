#!/usr/bin/env bash
# all.sh [KUBERNETES_VERSION]: what a cluster needs, and if a version is given, the API server of that one.
source "$(dirname "$0")/lib.sh"

apt_need containerd containerd runc containernetworking-plugins
apt_need nft nftables
apt_need conntrack conntrack
apt_need ip iproute2
apt_need openssl openssl
apt_need curl curl
apt_need pgrep procps
need_go

bash "$PARTS/kubernetes.sh" 1.36.3 kube-apiserver kube-controller-manager kube-scheduler kubelet kube-proxy kubectl
for part in etcd coredns crds cert-manager; do bash "$PARTS/$part.sh" >/dev/null; done
if [[ ${1:-1.36.3} != 1.36.3 ]]; then bash "$PARTS/kubernetes.sh" "$1" kube-apiserver; fi
