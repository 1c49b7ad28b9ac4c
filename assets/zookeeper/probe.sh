#!/usr/bin/env bash
# The probes of a member: they speak TLS on its client port, with its own certificate.
#
#   probe.sh alive|ready TLS-DIRECTORY [PORT]
#
# alive: it answers, whether or not there is a quorum. Killing a member that waits for the others would help nobody.
# ready: it serves, as leader or follower.
set -u

tls=$2
port=${3:-2281}
errors=$(mktemp)
trap 'rm -f "$errors"' EXIT

ask() {
  local word=$1
  shift
  # -quiet: without it openssl ends before the answer. -cert_chain: else it shows the first certificate alone, without the authorities between.
  echo "$word" | timeout 8 openssl s_client -connect "127.0.0.1:$port" -quiet -verify_quiet -CAfile "$tls/client-trust.pem" \
    -cert "$tls/server.pem" -cert_chain "$tls/server.pem" -key "$tls/server.pem" "$@" 2>"$errors"
}

case $1 in
  alive)
    answer=$(ask ruok)
    status=$?
    if [[ $answer == *imok* ]]; then exit 0; fi
    # a refused certificate is an answer too: a restart would not mend it, and would end the sessions that there are.
    if [[ $status != 124 ]] && grep -q 'alert' "$errors"; then exit 0; fi
    ;;
  ready)
    answer=$(ask srvr -verify_return_error)
    if grep -q '^Mode: ' <<<"$answer"; then exit 0; fi
    ;;
  *)
    echo "unknown: $1" >&2
    exit 2
    ;;
esac
echo "not $1: ${answer:-no answer} $(tail -n 2 "$errors")" >&2
exit 1
