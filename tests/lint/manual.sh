#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# The programs in odetape(3) and README.md compile and run, and every function that the page names
# is in odetape.h.
# shellcheck source=tests/tap.sh
. "${srcdir:?}/tests/tap.sh"
page=$srcdir/man/odetape.3

awk '/^\.Ed/ { inside = 0 } inside { gsub(/\\e/, "\\"); print } /^\.Bd -literal/ { inside = 1 }' \
    "$page" >"$scratch/page.c"
awk '/^```$/ { inside = 0 } inside { print } /^```c/ { inside = 1 }' \
    "$srcdir/README.md" >"$scratch/readme.c"

prints() { # PROGRAM REGEX...: what it prints has a line for each
    program=$scratch/$1
    shift
    # shellcheck disable=SC2086 # flags are several words
    "${top_builddir:?}/libtool" --silent --mode=link ${CC:?} -std=c11 -Wall -Wextra -Werror \
        ${CFLAGS-} -I"$srcdir/src" "$program.c" "$top_builddir/libodetape.la" -o "$program" &&
        "$program" >"$scratch/printed" || return
    cat "$scratch/printed"
    for line; do
        grep -E "$line" "$scratch/printed" || return
    done
}
check "the program in odetape(3) prints a loss and gradients" \
    prints page '^loss 0\.[0-9]*[1-9]' '^stages\.3\.weight: -?0\.[0-9]*[1-9]'
check "the program in README.md checks its gradients" \
    prints readme '^worst relative error [0-9.]+e-(0[6-9]|1)'

functions_exist() {
    tr -s ' ,;.()' '\n' <"$page" | grep '^ot_[a-z0-9_]*$' | LC_ALL=C sort -u >"$scratch/named"
    grep -o '\bot_[a-z0-9_]*' "$srcdir/src/odetape.h" | LC_ALL=C sort -u >"$scratch/declared"
    comm -23 "$scratch/named" "$scratch/declared"
    [ -s "$scratch/named" ] && [ -z "$(comm -23 "$scratch/named" "$scratch/declared")" ]
}
check "every name in odetape(3) is in odetape.h" functions_exist
finish
