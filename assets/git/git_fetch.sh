#!/bin/sh
# Brings a file of a Git repository, or all of it, into a directory that a pod's containers share, and keeps it up to date.
#
#   sh git_fetch.sh [--once] --url URL (--file PATH | --checkout PATH) --out DIR [--ref REF] [--interval SECONDS] [--tmp DIR]
#                   [--username FILE --password FILE] [--ssh-key FILE --known-hosts FILE] [--ca DIR] [--pause SECONDS]
#
# --file writes DIR/<commit>.yaml, and then DIR/current, which names that commit: whoever reads `current` first never sees
# half a file. Nothing is checked out, so that links in the repository lead nowhere. --checkout puts all files into
# DIR/checkout, among them the directory PATH (`.`: no particular one); it is for --once, as nobody would see when they
# change. REF is a branch, a tag or the whole hash of a commit. What was fetched before stays when a fetch fails. It runs in
# an image that has git, and perhaps nothing else but a POSIX shell.
#
# Credentials are read from their files at each fetch, so that new ones need no restart, and are never in an argument,
# in the environment or in the log.

set -u
umask 022

# git asks this script itself for the credentials: credential FILE FILE get
if [ "$1" = credential ]; then
    if [ "$4" = get ]; then printf 'username=%s\npassword=%s\n' "$(cat "$2")" "$(cat "$3")"; fi
    exit 0
fi

once='' url='' ref=HEAD kind='' path='' out='' interval=60 tmp=/tmp username='' password='' ssh_key='' known_hosts='' ca='' pause=5
while [ $# -gt 0 ]; do
    case $1 in
        --once) once=yes; shift; continue ;;
        --url) url=$2 ;;
        --ref) ref=$2 ;;
        --file | --checkout) kind=${1#--} path=$2 ;;
        --out) out=$2 ;;
        --interval) interval=$2 ;;
        --tmp) tmp=$2 ;;
        --username) username=$2 ;;
        --password) password=$2 ;;
        --ssh-key) ssh_key=$2 ;;
        --known-hosts) known_hosts=$2 ;;
        --ca) ca=$2 ;;
        --pause) pause=$2 ;;
        *) echo "git-fetch: unknown option $1" >&2; exit 2 ;;
    esac
    shift 2
done

# Attempts of --once, and the seconds after which a failure that lasts is logged again.
attempts=3 remind=600
work=$tmp/repository
FETCHED=refs/nodepool/fetched
child=''

# Without a user or password in an address, which git repeats.
log() {
    printf '%s git-fetch: %s\n' "$(date -u +%Y-%m-%dT%H:%M:%SZ)" "$1" |
        sed -e 's#\(https\{0,1\}://\)[^/@ ]*@#\1#g' -e 's#://[^/@ ]*:[^/@ ]*@#://#g' >&2
}

# As PID 1 a shell that waits in the foreground would ignore SIGTERM until the pod is killed. --once has not succeeded then.
trap 'if [ -n "$child" ]; then kill "$child" 2>/dev/null; fi; if [ -n "$once" ]; then exit 1; fi; exit 0' TERM INT
in_background() {
    "$@" &
    child=$!
    wait "$child"
    set -- $?
    child=''
    return "$1"
}

export HOME="$tmp" LC_ALL=C GIT_CONFIG_GLOBAL=/dev/null GIT_CONFIG_NOSYSTEM=1 GIT_TERMINAL_PROMPT=0 GIT_SSH_VARIANT=ssh
# Only what the address says: a server must not send us on to one that others can speak for.
case $url in
    https://*) allowed=https ;;
    http://*) allowed=http:https ;;
    git://*) allowed=git ;;
    ssh://* | *@*:*) allowed=ssh ;;
    *) allowed='file' ;;
esac
export GIT_ALLOW_PROTOCOL="$allowed"
unset GIT_ASKPASS SSH_ASKPASS
if [ -n "$ssh_key" ]; then
    # Neither the user's nor the system's settings, no agent, and no host whose key is not known.
    export GIT_SSH_COMMAND="ssh -F /dev/null -i '$ssh_key' -o IdentitiesOnly=yes -o IdentityAgent=none -o BatchMode=yes \
-o StrictHostKeyChecking=yes -o UserKnownHostsFile='$known_hosts' -o GlobalKnownHostsFile=/dev/null -o UpdateHostKeys=no \
-o ConnectTimeout=20 -o ServerAliveInterval=15 -o ServerAliveCountMax=4"
fi
# The credentials are for this server alone, wherever it redirects to.
origin=$(printf %s "$url" | sed 's#^\(https*://[^/]*\).*#\1#')
limit=''
if command -v timeout >/dev/null; then limit='timeout 600'; fi

run_git() {
    if [ -n "$password" ]; then
        set -- -c "credential.$origin.helper=!sh '$0' credential '$username' '$password'" "$@"
    fi
    # shellcheck disable=SC2086  # two words, or none
    $limit git --git-dir="$work" -c credential.helper= -c gc.auto=0 -c http.lowSpeedLimit=100 -c http.lowSpeedTime=60 "$@"
}

trust() {
    : > "$tmp/ca.pem"
    for bundle in /etc/ssl/certs/ca-certificates.crt /etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem \
        /etc/ssl/cert.pem; do
        if [ -s "$bundle" ]; then cat "$bundle" >> "$tmp/ca.pem"; break; fi
    done
    for file in "$ca"/*; do
        if [ -f "$file" ]; then { echo; cat "$file"; echo; } >> "$tmp/ca.pem"; fi
    done
    export GIT_SSL_CAINFO="$tmp/ca.pem"
}

# Fetches the newest commit; what went wrong is in $tmp/why.
fetch() {
    : > "$tmp/why"
    if [ -n "$ca" ]; then trust; fi
    if [ ! -d "$work/objects" ]; then
        rm -rf "$work"
        git init --quiet --bare "$work" 2> "$tmp/why" || return 1
    fi
    in_background run_git fetch --quiet --no-tags --depth 1 "$url" "+$ref:$FETCHED" 2> "$tmp/why" && return 0
    # Not every server hands out a commit by its hash alone.
    case $ref in
        *[!0-9a-f]*) ;;
        *) if [ ${#ref} -ge 40 ] && in_background run_git fetch --quiet "$url" '+refs/heads/*:refs/heads/*' '+refs/tags/*:refs/tags/*' \
            2> "$tmp/why" && run_git update-ref "$FETCHED" "$ref" 2> "$tmp/why"; then return 0; fi ;;
    esac
    if [ -n "$ssh_key" ] && [ -n "$(tail -c 1 "$ssh_key" 2>/dev/null)" ]; then
        echo "the ssh key's last line has no end, and ssh does not read it so; add a line end in the Secret" >> "$tmp/why"
    fi
    # A fetch that was cut off may leave a lock behind.
    rm -rf "$work"
    return 1
}

# Puts what is wanted of the fetched commit where the others find it.
publish() {
    if ! commit=$(run_git rev-parse --verify --quiet "$FETCHED^{commit}"); then
        echo "'$ref' is no commit" > "$tmp/why"
        return 1
    fi
    if [ "$commit" = "$seen" ]; then return 0; fi
    seen=$commit
    mode=040000
    if [ "$path" != . ]; then mode=$(run_git ls-tree "$commit" -- "$path" | cut -c 1-6); fi
    case $kind$mode in
        file100*) run_git cat-file blob "$commit:$path" > "$out/.new" && mv "$out/.new" "$out/$commit.yaml" || return 1 ;;
        checkout040000) check_out || return 1 ;;
        file120*) unusable "$path is a symbolic link; give the path of the file itself"; return ;;
        file) unusable "$path is not in it; push the file, or correct 'path'"; return ;;
        file*) unusable "$path is no file; give the path of a nodepool.yaml"; return ;;
        *) unusable "$path is no directory in it; push it, or correct 'path'"; return ;;
    esac
    printf '%s\n' "$commit" > "$out/.new" && mv "$out/.new" "$out/current" || return 1
    log "commit $commit ($ref) fetched"
    for file in "$out"/*.yaml; do
        case $file in "$out/$commit.yaml" | "$out/$before.yaml") ;; *) rm -f "$file" ;; esac
    done
    before=$commit
    in_background run_git gc --quiet --prune=now 2>/dev/null
    return 0
}

# All files, made beside their place: nothing half done is ever seen.
check_out() {
    rm -rf "$out/.new" "$work/index"
    mkdir "$out/.new" && run_git --work-tree="$out/.new" checkout --quiet --force --detach "$commit" 2> "$tmp/why" || return 1
    rm -rf "$out/checkout"
    mv "$out/.new" "$out/checkout"
}

# A commit without it is a mistake in the repository, which is said once; only --once has nothing to go on with.
unusable() {
    echo "commit $commit ($ref): $1" > "$tmp/why"
    if [ -n "$once" ]; then return 1; fi
    log "$url: $(why)$(going_on)"
}

# What git said, as one line of printable characters.
why() { grep -v -e '^ *$' -e '^Please make sure' -e '^and the repository' "$tmp/why" | tail -n 6 | tr -cd '\012\040-\176' | sed -e ':a' -e '$!N' -e '$!ba' -e 's/\n/; /g'; }

going_on() { if [ -n "$before" ]; then echo "; going on with commit $before"; fi; }

if ! command -v git >/dev/null; then
    log "there is no git in this image; name one that has it by 'image'"
    exit 1
fi
mkdir -p "$out" "$tmp" || exit 1
before=$(cat "$out/current" 2>/dev/null)
seen=$before

if [ -n "$once" ]; then
    while ! { fetch && publish; }; do
        attempts=$((attempts - 1))
        log "$url: $(why)$(going_on)"
        if [ -n "$before" ]; then exit 0; fi
        if [ "$attempts" -le 0 ]; then exit 1; fi
        seen=''
        in_background sleep "$pause"
    done
    exit 0
fi

failing=0
while true; do
    in_background sleep "$interval"
    if fetch && publish; then
        if [ "$failing" -gt 0 ]; then log "$url: reached again"; fi
        failing=0
    else
        if [ $((failing % (remind / interval + 1))) -eq 0 ]; then log "$url: $(why)$(going_on)"; fi
        failing=$((failing + 1))
    fi
done
