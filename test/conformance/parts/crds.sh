#!/usr/bin/env bash
# The definitions of the custom resources that our manifests use, or may meet in a cluster. Prints their folder.
source "$(dirname "$0")/lib.sh"

# definitions MODULE@VERSION FOLDER: every file of that folder that holds one.
definitions() {
  local folder file
  folder=$(GOFLAGS='' go mod download -json "$1" | sed -nE 's/.*"Dir": "(.*)".*/\1/p')/$2
  grep -lr --include '*.yaml' '^kind: CustomResourceDefinition' "$folder" | sort | while read -r file; do
    install -m 644 "$file" "$(basename "${1%%@*}")-$(basename "$file")"
  done
}

build() {
  definitions github.com/external-secrets/external-secrets@v1.3.2 deploy/crds
  definitions github.com/cert-manager/cert-manager@v1.21.2 deploy/crds
  definitions github.com/prometheus-operator/prometheus-operator@v0.85.0 example/prometheus-operator-crd
  definitions sigs.k8s.io/gateway-api@v1.6.3 config/crd/standard
  definitions github.com/bitnami-labs/sealed-secrets@v0.27.1 helm/sealed-secrets/crds
  definitions github.com/openshift/api@v0.0.0-20230607130528-611114dca681 route/v1
}

need_go
name=crds-$(sha256sum <"$0" | cut -c 1-12)
part "$name" build >&2
echo "$CACHE/$name"
