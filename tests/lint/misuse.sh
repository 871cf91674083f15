#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# Every public function that takes an argument is called with a wrong one in tests/api.
# shellcheck source=tests/tap.sh
. "${srcdir:?}/tests/tap.sh"

# Functions of odetape.h with parameters: (void) has none.
# shellcheck disable=SC2086,SC2154 # CC may be several words
$CC -E -P "$srcdir/src/odetape.h" | tr '\n' ' ' | tr '{;' '\n' |
    sed -n 's/.*visibility("default").*[ *]\(ot_[a-z0-9_]*\) *(\(.*\)/\1 \2/p' |
    awk '$2 != "void)" { print $1 }' | LC_ALL=C sort >"$scratch/public"
grep -ohE '\bot_[a-z0-9_]+\(' "$srcdir"/tests/api/test_*.c | tr -d '(' | LC_ALL=C sort -u \
    >"$scratch/called"

all_misused() {
    comm -23 "$scratch/public" "$scratch/called"
    [ -s "$scratch/public" ] && [ -z "$(comm -23 "$scratch/public" "$scratch/called")" ]
}
check "every function of odetape.h is given wrong arguments in tests/api" all_misused
finish
