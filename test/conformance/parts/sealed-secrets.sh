#!/usr/bin/env bash
# The controller of Sealed Secrets. Prints its folder.
source "$(dirname "$0")/lib.sh"
VERSION=0.27.1

need_go
part "sealed-secrets-$VERSION" go_install github.com/bitnami-labs/sealed-secrets/cmd/controller "$VERSION" >&2
echo "$CACHE/sealed-secrets-$VERSION"
