#!/usr/bin/env bash
source "$(dirname "$0")/lib.sh"
VERSION=0.31.0

need_go
part "statsd-exporter-$VERSION" go_install github.com/prometheus/statsd_exporter "$VERSION"
