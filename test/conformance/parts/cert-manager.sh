#!/usr/bin/env bash
# cert-manager's own controllers, those that need nobody outside the cluster. Prints their folder.
source "$(dirname "$0")/lib.sh"
VERSION=1.21.2

build() {
  mkdir src
  cp "$PARTS/cert-manager/main.go" src/
  cd src
  go mod init example.com/cert-manager
  go get "github.com/cert-manager/cert-manager@v$VERSION"
  go mod tidy -e
  go_build ../controller .
  cd ..
  rm -rf src
}

need_go
name=cert-manager-$VERSION-$(sha256sum <"$PARTS/cert-manager/main.go" | cut -c 1-12)
part "$name" build >&2
echo "$CACHE/$name"
