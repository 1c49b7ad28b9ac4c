#!/usr/bin/env bash
# The pairs IMAGE=NAME that import.sh takes, of the manifests on standard input: every image that we have a stand-in for.
set -euo pipefail

sed -nE "s/^ *(- )?image: ['\"]?([^'\" ]+)['\"]?\$/\2/p" | sort -u | while read -r name; do
  case /${name##*/} in
    /nodepool-launcher[:@]* | /nodepool-builder[:@]*) echo "nodepool=$name" ;;
    /httpd[-:@]*) echo "httpd=$name" ;;
    /zookeeper[:@]*) echo "zookeeper=$name" ;;
    /statsd-exporter[:@]*) echo "statsd-exporter=$name" ;;
  esac
done
