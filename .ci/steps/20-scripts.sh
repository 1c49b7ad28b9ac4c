#!/usr/bin/env bash
# What no compiler reads: the scripts of the pods and of these checks.
source "$(dirname "$0")/../lib.sh"

apt_need shellcheck shellcheck
mapfile -t scripts < <(git grep -lE '^#!.*\b(ba|da)?sh\b' -- . ':!*.md' ':!*.yaml' ':!*.ts' | sort)
check "shellcheck of ${#scripts[@]} scripts" shellcheck --external-sources --source-path=SCRIPTDIR "${scripts[@]}" .ci/lib.sh

mapfile -t modules < <(git ls-files '*.py')
check "syntax of ${#modules[@]} Python files" env PYTHONPYCACHEPREFIX="$CI_TMP/pycache" python3 -m py_compile "${modules[@]}"
