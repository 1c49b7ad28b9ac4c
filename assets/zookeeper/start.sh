#!/usr/bin/env bash
# Starts a member of the ensemble: it says which one it is, refuses what it can tell would lose data, and becomes java.
#
#   start.sh ZOO.CFG COMMAND...
#
# The member's number is 5 minus the ordinal of its pod: of two members with the same data ZooKeeper prefers the larger number as leader, and a
# new member must not be preferred to an old one, which may not take it. Everything else is in zoo.cfg.
set -u

config=$1
shift
most=5

log() { echo "start: $*" >&2; }
die() { log "error: $*"; exit 1; }
# bash as process 1 ignores it otherwise, and the pod would wait for its whole grace period.
trap 'exit 143' TERM INT

setting() { sed -n "s/^${1//./\\.}=//p" "$config"; }

ordinal=${HOSTNAME##*-}
[[ $ordinal =~ ^[0-9]+$ ]] || die "the host name '$HOSTNAME' has no ordinal; a member is a pod of a StatefulSet"
id=$((most - ordinal))
[[ -n $(setting "server.$id") ]] || die "zoo.cfg has no server.$id: member $ordinal is none of its members"

data=$(setting dataDir)
for directory in "$data" "$(setting dataLogDir)"; do
  if [[ -n $directory && ! -w $directory ]]; then
    die "$directory is not writable for $(id -u):$(id -g); likely the pod has no fsGroup, or the volume does not support it"
  fi
done
# kept NAME RULE WHAT: the file's content, which a member wrote at its last start; nothing where it never did. One that is damaged is not guessed at.
kept() {
  local content
  if [[ ! -e $data/$1 ]]; then return 0; fi
  content=$(<"$data/$1")
  if [[ ! $content =~ $2 ]]; then
    die "$data/$1 is damaged: it must hold $3, got $(printf '%q' "${content:0:40}"). Either write it anew, or, while all other members serve, delete this" \
      "member's claims and its pod: it copies the data from them"
  fi
  echo "$content"
}
owner=$(kept myid '^[1-5]$' "the number of the member whose volume it is, here $id") || exit 1
last=$(kept weights '^[0-9]( [0-9]){4}$' 'the votes of the members 0 to 4 that it last ran with, such as "1 1 1 0 0"') || exit 1
if [[ -n $owner && $owner != "$id" ]]; then
  die "$data belongs to member $((most - owner)), and this is member $ordinal: the volume is another member's; give each pod its own"
fi
has_data() { [[ -n $(ls -A "$data/version-2" 2>/dev/null) ]]; }

# weights <TEXT: how much the vote of each ordinal counts, such as "2 2 2 1 1", in zoo.cfg or in what a member answers to `conf`.
weights() {
  local text found=() number weight
  text=$(cat)
  for ((number = most; number > 0; number--)); do
    weight=0
    if grep -q "^server\.$number=" <<<"$text"; then weight=$(sed -n -E "s/^weight\.$number=([0-9]+).*/\1/p" <<<"$text"); fi
    found+=("${weight:-1}")
  done
  echo "${found[@]}"
}
new=$(weights <"$config")

sum() { local total=0 each; for each in "$@"; do total=$((total + each)); done; echo "$total"; }

# must_share OLD WHOSE: whoever decides by the old weights has a member in common with whoever decides by the new ones. Else both could have a
# leader at a time, and what one of them acknowledged would be lost.
must_share() {
  local old_weights new_weights old_total new_total mask k with without
  read -ra old_weights <<<"$1"
  read -ra new_weights <<<"$new"
  old_total=$(sum "${old_weights[@]}")
  new_total=$(sum "${new_weights[@]}")
  for ((mask = 1; mask < 1 << most; mask++)); do
    with=0 without=0
    for ((k = 0; k < most; k++)); do
      if ((mask >> k & 1)); then with=$((with + old_weights[k])); else without=$((without + new_weights[k])); fi
    done
    if ((2 * with > old_total && 2 * without > new_total)); then
      die "the votes of the members shall be $new, and $2 with $1: those who decide by the one and by the other need not have a member in common," \
        "two leaders at a time would be possible, and the data of one would be lost. Members join by steps, each when all are ready:" \
        "'votingMembers' is the number of those before, then 'newMembersVote' beside it, then neither"
    fi
  done
}

# ask ORDINAL: what a member answers to `conf`; nothing where it cannot be reached.
ask() {
  local host pair
  pair=$(setting ssl.keyStore.location)
  host=$(setting "server.$((most - $1))")
  echo conf | timeout 3 openssl s_client -connect "${host%%:*}:$(setting secureClientPort)" -quiet -verify_quiet -verify_return_error \
    -CAfile "$(setting ssl.trustStore.location)" -cert "$pair" -cert_chain "$pair" -key "$pair" 2>/dev/null
}

# Sets `serving` to the weights that others run with who serve, by their ordinals, and `heard` to all who answer, serving or not.
declare -A serving=() heard=()
ask_others() {
  local answers other
  serving=()
  heard=()
  answers=$(mktemp -d)
  for ((other = 0; other < most; other++)); do
    if ((other != ordinal)) && [[ -n $(setting "server.$((most - other))") ]]; then ask "$other" >"$answers/$other" & fi
  done
  wait
  for other in "$answers"/*; do
    if [[ -s $other ]]; then heard[${other##*/}]=yes; fi
    if grep -q '^server\.[0-9]*=' "$other" 2>/dev/null; then serving[${other##*/}]=$(weights <"$other"); fi
  done
  rm -rf "$answers"
}

# Whether the others who serve are enough to be joined: a member that starts finds its leader by their votes alone.
can_join() {
  local votes other theirs=0
  read -ra votes <<<"$new"
  for other in "${!serving[@]}"; do theirs=$((theirs + votes[other])); done
  ((2 * theirs > $(sum "${votes[@]}")))
}

guard() {
  local other others mine waited=0 answered=0
  if [[ -n $last ]]; then must_share "$last" "this one last ran"; fi
  while true; do
    ask_others
    for other in "${!serving[@]}"; do must_share "${serving[$other]}" "member $other runs"; done
    if ((${#serving[@]} > 0)); then
      if has_data || can_join; then return 0; fi
      if ((waited >= 10)); then
        die "this member has no data, and those who serve (${!serving[*]}) have no majority of the votes $new, so that it would never find a leader:" \
          "commit 'votingMembers' without 'newMembersVote' first, so that it copies the data"
      fi
    else
      # asked twice, nobody serves: whoever has been a member is needed. The first member, and one without a vote, elect no empty leader.
      read -ra mine <<<"$new"
      if ((waited > 0)) && has_data; then return 0; fi
      if ! has_data && ((mine[ordinal] == 0)); then return 0; fi
      # who has a vote does not run before they have heard the first one: where one answers, it was a member with it, and may have what it has lost.
      if ! has_data && ((ordinal == 0)); then
        others=()
        for other in "${!heard[@]}"; do if ((mine[other] > 0)); then others+=("$other"); fi; done
        if ((${#others[@]} == 0)); then return 0; fi
        if ((waited % 30 == 0)); then
          log "this member, the first one, has no data, and others were members with it (${others[*]}): waiting until they serve without it, and it can" \
            "copy theirs. A majority of the members must be there that have their data"
        fi
      fi
      # the first one is there and serves nobody, for some seconds: there is no ensemble yet.
      if [[ -n ${heard[0]:-} ]]; then answered=$((answered + 1)); else answered=0; fi
      if ((answered >= 3)); then return 0; fi
    fi
    if ((waited % 30 == 0)); then log "asking the others whether there is an ensemble already"; fi
    waited=$((waited + 1))
    sleep 1
  done
}
guard

# keep NAME CONTENT: by a rename, so that a crash leaves the old content or the new one, and no half of it.
keep() {
  local fresh=$data/.$1.new
  { echo "$2" >"$fresh" && sync "$fresh" && mv -f "$fresh" "$data/$1"; } || die "cannot write $data/$1"
  # not every file system can do this with a directory, and without it the old content may come back.
  sync "$data" 2>/dev/null || true
}
keep myid "$id"
keep weights "$new"
log "member $ordinal, number $id; the votes of the members are $new"
exec "$@"
