#!/usr/bin/env bash
source "$(dirname "$0")/lib.sh"
VERSION=1.12.4

# With the plugins that a cluster's DNS takes, and not those that speak to the clouds.
build() {
  local plugin
  mkdir src
  cd src
  {
    echo 'package main'
    echo 'import "github.com/coredns/coredns/coremain"'
    for plugin in cache errors file health hosts kubernetes loadbalance log ready reload rewrite template; do
      echo "import _ \"github.com/coredns/coredns/plugin/$plugin\""
    done
    echo 'func main() { coremain.Run() }'
  } >main.go
  go mod init example.com/coredns
  go get "github.com/coredns/coredns@v$VERSION"
  go mod tidy -e
  go_build ../coredns .
  cd ..
  rm -rf src
}

need_go
part "coredns-$VERSION" build
