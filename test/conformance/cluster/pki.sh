#!/usr/bin/env bash
# The certificates, keys and kubeconfigs of one cluster, good for a week: pki.sh STATE_DIR
set -euo pipefail
STATE=$1

new_key() { openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out "$1" 2>/dev/null; }

# certificate NAME SUBJECT [SUBJECT_ALT_NAMES]
certificate() {
  local pki=$STATE/pki
  new_key "$pki/$1.key"
  openssl req -new -key "$pki/$1.key" -subj "$2" |
    openssl x509 -req -CA "$pki/ca.crt" -CAkey "$pki/ca.key" -CAcreateserial -days 7 -out "$pki/$1.crt" 2>/dev/null \
      -extfile <(printf 'extendedKeyUsage=serverAuth,clientAuth\nsubjectAltName=%s\n' "${3:-DNS:$1}")
}

# kubeconfig NAME, of a certificate
kubeconfig() {
  cat <<YAML
apiVersion: v1
kind: Config
current-context: test
contexts: [{ name: test, context: { cluster: test, user: test } }]
clusters: [{ name: test, cluster: { server: "https://172.31.0.1:6443", certificate-authority-data: $(base64 -w 0 "$STATE/pki/ca.crt") } }]
users:
  - name: test
    user:
      client-certificate-data: $(base64 -w 0 "$STATE/pki/$1.crt")
      client-key-data: $(base64 -w 0 "$STATE/pki/$1.key")
YAML
}

new_key "$STATE/pki/ca.key"
openssl req -x509 -key "$STATE/pki/ca.key" -subj /CN=kubernetes -days 7 -out "$STATE/pki/ca.crt"
openssl genrsa -out "$STATE/pki/accounts.key" 2048 2>/dev/null
service=DNS:kubernetes,DNS:kubernetes.default,DNS:kubernetes.default.svc,DNS:kubernetes.default.svc.cluster.local,IP:10.96.0.1
certificate apiserver /CN=kube-apiserver "$service,DNS:localhost,IP:127.0.0.1,IP:172.31.0.1"
certificate kubelet /O=system:nodes/CN=system:node:node-1 DNS:node-1,IP:172.31.0.1
certificate admin /O=system:masters/CN=admin
kubeconfig admin >"$STATE/kubeconfig"
for name in kubelet controller-manager scheduler proxy; do
  if [[ $name != kubelet ]]; then certificate "$name" "/CN=system:kube-$name"; fi
  kubeconfig "$name" >"$STATE/pki/$name.kubeconfig"
done
