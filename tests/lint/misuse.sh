#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# Every public function that takes an argument is called with a wrong one in tests/api.  Ops that take
# nothing but operands need no call there: tests/ops/test_shapes.c runs over all ops.
# shellcheck source=tests/tap.sh
. "${srcdir:?}/tests/tap.sh"

# Functions of odetape.h with parameters: (void) has none.
# shellcheck disable=SC2086,SC2154 # CC may be several words
$CC -E -P "$srcdir/src/odetape.h" | tr '\n' ' ' | tr '{;' '\n' |
    sed -n 's/.*visibility("default").*[ *]\(ot_[a-z0-9_]*\) *(\(.*\)/\1 \2/p' |
    awk '$2 != "void)"' | LC_ALL=C sort >"$scratch/functions"

# Without the ops that take nothing but operands.
sed -n 's/^OT_OP(\([a-z0-9_]*\)).*/ot_\1/p' "$srcdir/src/ops/ops.def" >"$scratch/ops"
awk 'NR == FNR { op[$1]; next } !($1 in op) || !/ ot_tape \*t(, ot_var [a-z_]*)+\)$/ { print $1 }' \
    "$scratch/ops" "$scratch/functions" >"$scratch/public"
grep -ohE '\bot_[a-z0-9_]+\(' "$srcdir"/tests/api/test_*.c | tr -d '(' | LC_ALL=C sort -u \
    >"$scratch/called"

all_misused() {
    comm -23 "$scratch/public" "$scratch/called"
    [ -s "$scratch/public" ] && [ -z "$(comm -23 "$scratch/public" "$scratch/called")" ]
}
check "every function of odetape.h is given wrong arguments in tests/api" all_misused
finish
