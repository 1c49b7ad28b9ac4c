#!/usr/bin/env bash
# What people encrypt and seal Secrets with. Prints the folders of age, sops and kubeseal.
source "$(dirname "$0")/lib.sh"

need_go
part age-1.3.2 go_install filippo.io/age/cmd/age-keygen 1.3.2 >&2
part sops-3.13.3 go_install github.com/getsops/sops/v3/cmd/sops 3.13.3 >&2
part kubeseal-0.27.1 go_install github.com/bitnami-labs/sealed-secrets/cmd/kubeseal 0.27.1 >&2
echo "$CACHE"/{age-1.3.2,sops-3.13.3,kubeseal-0.27.1}
