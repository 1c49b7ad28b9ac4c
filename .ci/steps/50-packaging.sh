#!/usr/bin/env bash
# The packed library, installed where nothing of this repository is.
source "$(dirname "$0")/../lib.sh"

if ! compgen -G 'dist/js/*.tgz' >/dev/null; then
  need 'npx projen package:js' package_js
fi
suite 'the package in an empty cdk8s app' npx tsx --tsconfig tsconfig.dev.json test/packaging/run.ts dist/js/*.tgz
