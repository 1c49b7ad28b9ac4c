#!/usr/bin/env bash
# The tests and the lint, as everybody runs them.
source "$(dirname "$0")/../lib.sh"

# one test compares with the real ssh, and is skipped where there is none.
apt_need ssh openssh-client
LIMIT=900 need 'npm ci' npm ci --no-audit --no-fund
LIMIT=1200 suite 'npm test' jest_counted npm test --
