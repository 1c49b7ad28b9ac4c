#!/usr/bin/env bash
source "$(dirname "$0")/lib.sh"

fill() { install -D -m 755 "$CONTROLLER/controller" "$ROOT/usr/local/bin/controller"; }

CONTROLLER=$(bash "$IMAGES/../parts/cert-manager.sh")
image '{"User":"1001","Entrypoint":["controller"],"Env":["PATH=/usr/local/bin:/usr/bin:/bin"]}' fill \
  "$IMAGES/../parts/cert-manager.sh" "$IMAGES/../parts/cert-manager/main.go"
