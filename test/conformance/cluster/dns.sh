#!/usr/bin/env bash
# Names for Services: dns.sh STATE_DIR NAME=SERVICE.NAMESPACE..., all of them each time. `*.example.com` is every name below.
set -euo pipefail
STATE=$1
shift

for pair in "$@"; do
  pattern=${pair%%=*}
  pattern=${pattern//./\\.}
  echo "rewrite stop {"
  echo "    name regex ^${pattern/#\*/.+}\.\$ ${pair#*=}.svc.cluster.local answer auto"
  echo "}"
done >"$STATE/dns/.rewrites"
mv "$STATE/dns/.rewrites" "$STATE/dns/rewrites"
