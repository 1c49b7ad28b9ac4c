#!/usr/bin/env bash
# Makes the PEM files that ZooKeeper reads of the Secrets that Kubernetes mounts.
#
#   certificates.sh once|follow SOURCES OUT [SECONDS [LINGER]]
#
# SOURCES has server/ and quorum/ with tls.crt and tls.key, client-trust/ and quorum-trust/ with any number of *.crt. OUT gets server.pem,
# quorum.pem (certificate and key in one file), client-trust.pem and quorum-trust.pem. `once` fails where something is wrong; `follow` says it,
# keeps the files as they are, and looks again every SECONDS. A certificate that its own members do not trust is said too, and is no error.
#
# ZooKeeper watches the names of its files. Kubernetes renews a mounted Secret by turning a link beside them, which it never sees; so each file is
# put in place by a rename, and only when its content is another one.
#
# `follow` stays LINGER seconds after it was told to stop. As long as one container of a pod runs, the pod keeps its address, where connections are
# now refused: clients and members go to another one at once. To an address that is gone they would wait for an answer.
set -u
umask 077

sources=$2
out=$3
seconds=${4:-5}
linger=${5:-0}

log() { echo "certificates: $*" >&2; }

# Says why it is refused, once for each cause.
declare -A said=()
refuse() {
  if [[ ${said[$1]:-} != "$2" ]]; then log "$1: $2"; fi
  said[$1]=$2
  return 1
}

# place NAME CONTENT: OUT/NAME has this content, at no moment half of it.
place() {
  local file=$out/$1
  if [[ -e $file && $(<"$file") == "$2" ]]; then return 0; fi
  if ! { printf '%s\n' "$2" >"$out/.$1.new" && mv -f "$out/.$1.new" "$file"; }; then refuse "$1" "cannot write $file"; return 1; fi
}

# A content that was judged already is not judged again: openssl starts only for new ones.
declare -A judged=()

# whole FILE TEXT: every certificate in it can be read. With a part of one ZooKeeper refuses all connections, or trusts less than it should, and the
# probes cannot ask it any more.
whole() {
  local begun read
  begun=$(grep -c -e '-----BEGIN .*CERTIFICATE' <<<"$2")
  if grep -q -e '-----BEGIN TRUSTED CERTIFICATE' <<<"$2"; then
    echo "$1 has a \"TRUSTED CERTIFICATE\", a form of openssl's own; write it with \`openssl x509\` and without -trustout"
    return 1
  fi
  if ((begun == 0)); then echo "$1 is no certificate in PEM"; return 1; fi
  read=$(openssl crl2pkcs7 -nocrl -certfile /dev/stdin <<<"$2" 2>/dev/null | openssl pkcs7 -print_certs -noout 2>/dev/null | grep -c '^subject')
  if ((read == begun)); then return 0; fi
  echo "$1 has a certificate that cannot be read, of $begun that begin in it: it is cut off or damaged; put a whole one into the Secret"
  return 1
}

# pair NAME: certificate and key belong together, and are in the form that ZooKeeper reads.
pair() {
  local name=$1 certificate key
  for file in tls.crt tls.key; do
    if [[ ! -s $sources/$name/$file ]]; then refuse "$name" "$file is missing or empty in its Secret"; return 1; fi
  done
  certificate=$(<"$sources/$name/tls.crt")
  key=$(<"$sources/$name/tls.key")
  if [[ ${judged[$name]:-} == "$certificate$key" ]]; then return 0; fi
  if [[ $key != *'-----BEGIN PRIVATE KEY-----'* ]]; then
    refuse "$name" 'tls.key is no unencrypted PKCS#8 key ("BEGIN PRIVATE KEY"), and ZooKeeper reads no other; with cert-manager set privateKey.encoding to PKCS8'
    return 1
  fi
  local of_certificate of_key why
  why=$(whole tls.crt "$certificate") || { refuse "$name" "$why"; return 1; }
  of_certificate=$(openssl x509 -noout -pubkey <<<"$certificate" 2>/dev/null) || { refuse "$name" 'the first certificate of tls.crt cannot be read'; return 1; }
  of_key=$(openssl pkey -pubout <<<"$key" 2>/dev/null) || { refuse "$name" 'tls.key cannot be read'; return 1; }
  # an instant in which one file is old and the other new looks the same, and is over at the next look.
  if [[ $of_certificate != "$of_key" ]]; then refuse "$name" 'tls.crt and tls.key do not belong together'; return 1; fi
  case $(openssl pkey -noout -text <<<"$key" 2>/dev/null | head -n 1) in
    *ED25519* | *ED448*) refuse "$name" 'tls.key is an Edwards key, which ZooKeeper does not read; make it RSA or ECDSA'; return 1 ;;
  esac
  place "$name.pem" "$certificate"$'\n'"$key" || return 1
  judged[$name]=$certificate$key
  unset "said[$name]"
  log "$name.pem: $(openssl x509 -noout -subject -serial -enddate <<<"$certificate" | tr '\n' ' ')"
}

# common TEXT TEXT: whether a certificate is in both.
common() {
  local line body=''
  local -A known=()
  while IFS= read -r line; do
    case $line in
      *-----BEGIN*) body='' ;;
      *-----END*) known[$body]=yes ;;
      *) body+=${line//[[:space:]]/} ;;
    esac
  done <<<"$1"
  while IFS= read -r line; do
    case $line in
      *-----BEGIN*) body='' ;;
      *-----END*) if [[ -n ${known[$body]:-} ]]; then return 0; fi ;;
      *) body+=${line//[[:space:]]/} ;;
    esac
  done <<<"$2"
  return 1
}

# trust NAME: the certificates of all authorities that count, one after the other.
trust() {
  local name=$1 all='' one file why
  local -A texts=()
  for file in "$sources/$name"/*.crt; do
    if [[ ! -s $file ]]; then refuse "$name" "${file##*/} is missing or empty in its Secret"; return 1; fi
    one=$(<"$file")
    texts[${file##*/}]=$one
    all+=${all:+$'\n'}$one
  done
  if [[ ${judged[$name]:-} == "$all" ]]; then return 0; fi
  if [[ $all == *'PRIVATE KEY'* ]]; then refuse "$name" 'there is a private key among the certificates'; return 1; fi
  for file in "${!texts[@]}"; do
    why=$(whole "$file" "${texts[$file]}") || { refuse "$name" "$why"; return 1; }
  done
  # as they are in place: this one waits until the other one is another.
  file=$out/$([[ $name == client-trust ]] && echo quorum-trust || echo client-trust).pem
  if [[ -e $file ]] && common "$(<"$file")" "$all"; then
    refuse "$name" "an authority is in ${file##*/} too: whoever has a client's certificate could become a member; give the quorum an authority of its own"
    return 1
  fi
  place "$name.pem" "$all" || return 1
  judged[$name]=$all
  unset "said[$name]"
  log "$name.pem: $(grep -c 'BEGIN CERTIFICATE' <<<"$all") certificates"
}

# verifies PAIR TRUST WHAT: says it when the members' own certificate is none of those whom members let in. It is no reason to refuse either of them:
# while authorities are replaced they change one after the other.
verifies() {
  local now why
  if [[ ! -e $out/$1.pem || ! -e $out/$2.pem ]]; then return 0; fi
  now=$(<"$out/$1.pem")$(<"$out/$2.pem")
  if [[ ${judged[$1 in $2]:-} == "$now" ]]; then return 0; fi
  judged[$1 in $2]=$now
  if why=$(openssl verify -CAfile "$out/$2.pem" -untrusted "$out/$1.pem" "$out/$1.pem" 2>&1 >/dev/null); then return 0; fi
  why=$(sed -n 's/^error [0-9]* at [0-9]* depth lookup: *//p' <<<"$why" | head -n 1)
  if [[ $why == *expired* ]]; then log "$1: warning: its certificate, or its authority's in $2, has expired; renew it"; return 0; fi
  log "$1: warning: $2 does not vouch for its certificate (${why:-openssl cannot verify it}): $3. Put its issuer, up to the root, into the ca.crt of its own Secret"
}

# Trust first: what is trusted anew is there before somebody shows it.
look() {
  local bad=0
  trust client-trust || bad=1
  trust quorum-trust || bad=1
  pair server || bad=1
  pair quorum || bad=1
  verifies server client-trust 'members ask themselves and each other with it, and will not be ready'
  verifies quorum quorum-trust 'members show it to each other, and will not find each other'
  return "$bad"
}

case $1 in
  once) look ;;
  follow)
    stopping=''
    trap 'stopping=yes' TERM INT
    while [[ -z $stopping ]]; do
      look
      if [[ -z $stopping ]]; then sleep "$seconds" & wait "$!"; fi
    done
    sleep "$linger"
    ;;
  *) log "unknown: $1"; exit 2 ;;
esac
