#!/usr/bin/env bash
# The tests and the lint, as everybody runs them.
source "$(dirname "$0")/../lib.sh"

LIMIT=900 need 'npm ci' npm ci --no-audit --no-fund
LIMIT=1200 suite 'npm test' jest_counted npm test --
