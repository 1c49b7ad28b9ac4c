#!/usr/bin/env bash
# Prints its folder.
source "$(dirname "$0")/lib.sh"
VERSION=0.31.0

need_go
part "statsd-exporter-$VERSION" go_install github.com/prometheus/statsd_exporter "$VERSION" >&2
echo "$CACHE/statsd-exporter-$VERSION"
