#!/usr/bin/env bash
source "$(dirname "$0")/lib.sh"

fill() { install -D -m 755 "$EXPORTER/statsd_exporter" "$ROOT/bin/statsd_exporter"; }

EXPORTER=$(bash "$IMAGES/../parts/statsd-exporter.sh")
image '{"User":"65534","Entrypoint":["/bin/statsd_exporter"]}' fill "$IMAGES/../parts/statsd-exporter.sh"
