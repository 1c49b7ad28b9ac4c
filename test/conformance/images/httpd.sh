#!/usr/bin/env bash
# Debian's httpd under the name and with the folder of modules that the official image and the RHEL family's have.
source "$(dirname "$0")/lib.sh"

fill() {
  packages apache2-bin
  ln -s /usr/sbin/apache2 "$ROOT/usr/local/bin/httpd"
  mkdir -p "$ROOT/etc/apache2"
  ln -s /usr/lib/apache2/modules "$ROOT/etc/apache2/modules"
}

image '{"User":"1001","Cmd":["httpd","-D","FOREGROUND"]}' fill
