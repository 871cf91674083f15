# SPDX-License-Identifier: BSD-3-Clause
# shellcheck shell=sh
# TAP for shell tests: source it, then
#     check "name as a sentence" command...      passes when the command exits 0
#     skip  "name" "why"
#     finish                                     prints the plan; fails if a check failed
# What a command prints is shown when it fails.  With CHECKS in the environment only the checks run whose
# names contain it.
count=0
failures=0
scratch=$(mktemp -d "${TMPDIR:-/tmp}/odetape-test.XXXXXX")
# Only this shell may remove it: a job that is killed before its program has begun is still a copy of
# the shell, with its traps.
trap '[ "$(exec sh -c "echo \$PPID")" != $$ ] || rm -rf "$scratch"' EXIT

check() {
    name=$1
    shift
    case $name in *"${CHECKS-}"*) ;; *) return 0 ;; esac
    count=$((count + 1))
    if "$@" >"$scratch/output" 2>&1; then
        echo "ok $count - $name"
    else
        failures=$((failures + 1))
        echo "not ok $count - $name"
        sed 's/^/# /' "$scratch/output"
    fi
}

skip() {
    count=$((count + 1))
    echo "ok $count - $1 # SKIP $2"
}

finish() {
    echo "1..$count"
    [ "$failures" -eq 0 ]
}
