#!/usr/bin/env bash
# Starts a member of the ensemble: it says which one it is, refuses what would lose data, and becomes java.
#
#   start.sh ZOO.CFG COMMAND...
#
# The member's number is the ordinal of its pod plus one. Everything else is in zoo.cfg.
set -u

config=$1
shift

log() { echo "start: $*" >&2; }
die() { log "error: $*"; exit 1; }
# bash as process 1 ignores it otherwise, and the pod would wait for its whole grace period.
trap 'exit 143' TERM INT

setting() { sed -n "s/^${1//./\\.}=//p" "$config"; }
count() { grep -c -E "$1" "$config"; }

ordinal=${HOSTNAME##*-}
[[ $ordinal =~ ^[0-9]+$ ]] || die "the host name '$HOSTNAME' has no ordinal; a member is a pod of a StatefulSet"
id=$((ordinal + 1))
members=$(count '^server\.[0-9]+=')
voters=$((members - $(count '^weight\.[0-9]+=0$')))
[[ -n $(setting "server.$id") ]] || die "zoo.cfg has no server.$id: its members are $members"

data=$(setting dataDir)
for directory in "$data" "$(setting dataLogDir)"; do
  if [[ -n $directory && ! -w $directory ]]; then
    die "$directory is not writable for $(id -u):$(id -g); likely the pod has no fsGroup, or the volume does not support it"
  fi
done
if [[ -s $data/myid && $(<"$data/myid") != "$id" ]]; then
  die "$data belongs to member $(<"$data/myid"), and this is member $id: the volume is another member's; give each pod its own"
fi

# ask HOST WORD: what a member answers; nothing where it cannot be reached.
ask() {
  echo "$2" | timeout 3 openssl s_client -connect "$1:$(setting secureClientPort)" -quiet -verify_quiet -verify_return_error \
    -CAfile "$(setting ssl.trustStore.location)" -cert "$(setting ssl.keyStore.location)" -key "$(setting ssl.keyStore.location)" 2>/dev/null
}

# What the others say: `size N` where one serves (of how many its ensemble is), `answers` where the first one has no quorum, or nothing.
others() {
  local answers other host
  answers=$(mktemp -d)
  for ((other = 1; other <= members; other++)); do
    if ((other == id)); then continue; fi
    host=$(setting "server.$other")
    ask "${host%%:*}" mntr >"$answers/$other" &
  done
  wait
  local size
  # a number with a fraction, as the metrics have it.
  size=$(sed -n -E 's/^zk_quorum_size[[:space:]]+([0-9]+).*/\1/p' "$answers"/* | sort -n | tail -n 1)
  if [[ -n $size ]]; then echo "size $size"; elif [[ -s $answers/1 ]]; then echo answers; fi
  rm -rf "$answers"
}

# Members that the running ensemble does not know must not be a majority of those that vote: they would elect one of themselves, and the data
# of the others would be replaced by theirs. So does a member that comes back with data from before it was taken away.
guard() {
  local said size answered=0 waited=0
  while true; do
    said=$(others)
    case $said in
      size*)
        size=${said#size }
        if ((id <= size || 2 * (voters - size) <= voters)); then return 0; fi
        die "the running ensemble has $size members, and $((voters - size)) of the $voters that shall vote are new to it: a majority, which would" \
          "elect an empty leader, and the data would be lost. Commit 'votingMembers: $size' beside 'members: $members' first, and take it out when all are ready"
        ;;
      answers) answered=$((answered + 1)) ;;
      *) answered=0 ;;
    esac
    # it has been a member before; if nobody serves, asked twice, it is needed.
    if ((waited > 0)) && [[ -n $(ls -A "$data/version-2" 2>/dev/null) ]]; then return 0; fi
    # the first one is there and serves nobody, for some seconds: there is no ensemble yet.
    if ((answered >= 3)); then return 0; fi
    if ((waited % 30 == 0)); then log "asking the others whether there is an ensemble already"; fi
    waited=$((waited + 1))
    sleep 1
  done
}

if ((ordinal > 0 && id <= voters)); then guard; fi

echo "$id" >"$data/myid" || die "cannot write $data/myid"
log "member $id of $members, $voters of them with a vote"
exec "$@"
