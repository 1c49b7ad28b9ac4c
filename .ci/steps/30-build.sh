#!/usr/bin/env bash
# The library compiles and packs, and whatever is generated and committed is fresh.
source "$(dirname "$0")/../lib.sh"

check 'npx projen compile' compile
check 'npx projen package:js' npx projen package:js
check 'API.md is committed' git ls-files --error-unmatch API.md
check 'API.md is up to date' unchanged npx projen docgen
check 'npx projen leaves the tree unchanged' unchanged npx projen

kubernetes_schemas
check 'the schemas of the manifest checks are fresh' python3 scripts/kubernetes-schemas.py "$SCHEMAS" --check
