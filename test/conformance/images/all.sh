#!/usr/bin/env bash
# Makes every image, after the base that they share.
source "$(dirname "$0")/../parts/lib.sh"
IMAGES=$(dirname "$0")

bash "$IMAGES/base.sh" >/dev/null
# one after the other: they wait for the same disk and the same package manager
for image in pause nodepool httpd zookeeper statsd-exporter image-builder; do
  bash "$IMAGES/$image.sh"
done
