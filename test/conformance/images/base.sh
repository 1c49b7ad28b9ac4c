#!/usr/bin/env bash
# The layer under all images but pause: a small Debian of the machine's own release, with Python and openssl.
source "$(dirname "$0")/lib.sh"

build() {
  local suite mirror http_proxy=''
  apt_need debootstrap debootstrap
  apt_update
  # shellcheck source=/dev/null
  suite=$(. /etc/os-release && echo "$VERSION_CODENAME")
  # shellcheck disable=SC2016 # apt's own variables
  mirror=$(apt-get indextargets --format '$(CODENAME) $(REPO_URI)' 'Created-By: Packages' |
    awk -v suite="$suite" '$1 == suite { print $2; exit }')
  eval "$(apt-config shell http_proxy Acquire::http::Proxy)"
  export http_proxy
  debootstrap --variant=minbase --include=ca-certificates,openssl,python3 "$suite" root "$mirror"
  # a package that is installed later must not start its daemon
  install -m 755 /dev/stdin root/usr/sbin/policy-rc.d <<<$'#!/bin/sh\nexit 101'
  rm -rf root/var/cache/apt/archives/*.deb root/var/lib/apt/lists/* root/etc/apt/sources.list root/var/log/* \
    root/usr/share/{doc,man,locale}/*
  rm -rf root/etc/resolv.conf root/etc/hostname root/dev/*
  pack root
  sha256sum layer.tar | cut -d ' ' -f 1 >layer.sha256
}

name=image-base-$(sha256sum <"$0" | cut -c 1-12)
part "$name" build >&2
echo "$CACHE/$name"
