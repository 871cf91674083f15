#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# The program in odetape(3) compiles and runs, and every function that the page names is in
# odetape.h.
# shellcheck source=tests/tap.sh
. "${srcdir:?}/tests/tap.sh"
page=$srcdir/man/odetape.3

awk '/^\.Ed/ { inside = 0 } inside { gsub(/\\e/, "\\"); print } /^\.Bd -literal/ { inside = 1 }' \
    "$page" >"$scratch/program.c"

program_runs() {
    # shellcheck disable=SC2086 # flags are several words
    "${top_builddir:?}/libtool" --silent --mode=link ${CC:?} -std=c11 -Wall -Wextra -Werror \
        ${CFLAGS-} -I"$srcdir/src" "$scratch/program.c" "$top_builddir/libodetape.la" \
        -o "$scratch/program" &&
        "$scratch/program" >"$scratch/printed" &&
        cat "$scratch/printed" &&
        grep -E '^loss 0\.[0-9]*[1-9]' "$scratch/printed" &&
        grep -E '^stages\.3\.weight: -?0\.[0-9]*[1-9]' "$scratch/printed"
}
check "the program in odetape(3) prints a loss and gradients" program_runs

functions_exist() {
    tr -s ' ,;.()' '\n' <"$page" | grep '^ot_[a-z0-9_]*$' | LC_ALL=C sort -u >"$scratch/named"
    grep -o '\bot_[a-z0-9_]*' "$srcdir/src/odetape.h" | LC_ALL=C sort -u >"$scratch/declared"
    comm -23 "$scratch/named" "$scratch/declared"
    [ -s "$scratch/named" ] && [ -z "$(comm -23 "$scratch/named" "$scratch/declared")" ]
}
check "every name in odetape(3) is in odetape.h" functions_exist
finish
