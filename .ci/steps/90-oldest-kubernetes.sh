#!/usr/bin/env bash
# The manifests on the API server of the oldest Kubernetes that can be had.
source "$(dirname "$0")/../lib.sh"

[[ -e $CACHE/kubernetes-1.28.15/.complete ]] || time_for 900 'Kubernetes 1.28' || exit 0
time_for 180 'Kubernetes 1.28' || exit 0
LIMIT=900 need 'the API server of 1.28' bash test/conformance/parts/all.sh 1.28.15
suite 'scenarios on the API server of Kubernetes 1.28' npm run --silent conformance -- --kubernetes 1.28 --state "/tmp/cdk8s-nodepool-ci-$$"
