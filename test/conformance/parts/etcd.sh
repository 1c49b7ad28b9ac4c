#!/usr/bin/env bash
source "$(dirname "$0")/lib.sh"
VERSION=3.6.16

build() {
  mkdir src
  cd src
  cat >main.go <<'GO'
package main

import (
	"os"

	"go.etcd.io/etcd/server/v3/etcdmain"
)

func main() { etcdmain.Main(os.Args) }
GO
  go mod init example.com/etcd
  go get "go.etcd.io/etcd/server/v3/etcdmain@v$VERSION"
  go_build ../etcd .
  cd ..
  rm -rf src
}

need_go
part "etcd-$VERSION" build
