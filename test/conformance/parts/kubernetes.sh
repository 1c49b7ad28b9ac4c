#!/usr/bin/env bash
# kubernetes.sh VERSION COMMAND...: the commands of Kubernetes, of the release's own sources.
source "$(dirname "$0")/lib.sh"

# A module of ours that requires k8s.io/kubernetes, with its staging modules taken at the release that belongs to it.
build() {
  local version=$1 original staging
  shift
  mkdir src
  cd src
  go mod init example.com/kubernetes
  go mod edit -require "k8s.io/kubernetes@v$version"
  original=$(go mod download -json "k8s.io/kubernetes@v$version" | sed -nE 's/.*"GoMod": "(.*)".*/\1/p')
  sed -nE 's#^\s*(k8s.io/[^ ]+) => ./staging/.*#\1#p' "$original" | while read -r staging; do
    go mod edit -replace "$staging=$staging@v0${version#1}"
  done
  {
    echo 'package tools'
    printf 'import _ "k8s.io/kubernetes/cmd/%s"\n' "$@"
  } >tools.go
  go mod tidy -e
  local set='-X k8s.io/component-base/version' minor=${version#1.}
  LDFLAGS="$set.gitVersion=v$version $set.gitMajor=1 $set.gitMinor=${minor%.*} $set.gitTreeState=clean" \
    go_build ../ "${@/#/k8s.io/kubernetes/cmd/}"
  cd ..
  rm -rf src
}

need_go
part "kubernetes-$1" build "$@"
