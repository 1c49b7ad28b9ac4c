#!/usr/bin/env bash
# Our manifests on a real Kubernetes with the real Nodepool and ZooKeeper: the conformance scenarios.
source "$(dirname "$0")/../lib.sh"

parts() {
  bash test/conformance/images/all.sh &
  bash test/conformance/parts/all.sh "$@"
  wait "$!"
}
export -f parts

# a new machine builds them, which takes a good quarter of an hour; the cache has them afterwards
LIMIT=1800 need 'the parts of a Kubernetes, and the images' parts
LIMIT=3000 suite 'scenarios on a cluster' npm run --silent conformance -- --clusters 2 --state "/tmp/cdk8s-nodepool-ci-$$" \
  --report "$CACHE/logs/conformance.json" --until $((CI_DEADLINE - 500))
