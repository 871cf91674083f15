#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# The programs in odetape(3) compile and run.  Every function of odetape.h is on one page,
# and every function that odetape(3) names is in odetape.h.
# shellcheck source=tests/tap.sh
. "${srcdir:?}/tests/tap.sh"
page=$srcdir/man/odetape.3

awk '/^\.Ed/ { inside = 0 } inside { gsub(/\\e/, "\\"); print } /^\.Bd -literal/ { inside = 1 }' \
    "$page" >"$scratch/page.c"

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

functions_exist() {
    grep -v '^\.Xr' "$page" | tr -s ' ,;.()' '\n' | grep '^ot_[a-z0-9_]*$' | LC_ALL=C sort -u >"$scratch/named"
    grep -o '\bot_[a-z0-9_]*' "$srcdir/src/odetape.h" | LC_ALL=C sort -u >"$scratch/declared"
    comm -23 "$scratch/named" "$scratch/declared"
    [ -s "$scratch/named" ] && [ -z "$(comm -23 "$scratch/named" "$scratch/declared")" ]
}
check "every name in odetape(3) is in odetape.h" functions_exist

# Functions of the header, and of the pages.
sed -n '/^OT_API/,/;/p' "$srcdir/src/odetape.h" | grep -v '^OT_API extern' |
    sed -n 's/^OT_API [^(]*\(\bot_[a-z0-9_]*\)(.*/\1/p' | LC_ALL=C sort >"$scratch/functions"
in_order() { # LINE-BEGINNING: the words after it in the pages
    cat "$top_builddir"/man/ot_*.3 | sed -n "s/^$1\(ot_[a-z0-9_]*\).*/\1/p" | LC_ALL=C sort
}
one_page_each() {
    in_order '\.Nm ' | grep -v '^ot_option$' >"$scratch/pages"
    in_order '\.Fo ' >"$scratch/prototypes"
    [ "$(wc -l <"$scratch/functions")" -gt 300 ] && diff "$scratch/functions" "$scratch/pages" &&
        diff "$scratch/functions" "$scratch/prototypes"
}
check "every function of odetape.h is on one page, with its prototype" one_page_each
are_explained() { # in the list of DESCRIPTION
    cat "$top_builddir"/man/ot_*.3 | grep '^\.It .*Fn ' | grep -o 'Fn [a-z0-9_]*' | cut -c 4- |
        LC_ALL=C sort -u | diff "$scratch/functions" -
}
check "every function is explained there" are_explained
point_elsewhere() {
    for page in "$top_builddir"/man/ot_*.3; do
        grep -q '^\.Sh SEE ALSO' "$page" && grep -q '^\.Xr odetape 3' "$page" || { echo "$page"; return 1; }
    done
}
check "every page names others" point_elsewhere
overview_names_them() {
    for page in "$top_builddir"/man/ot_*.3; do
        page=${page##*/}
        grep -q "^\.Xr ${page%.3} 3" "$srcdir/man/odetape.3" || { echo "$page"; return 1; }
    done
}
check "odetape(3) names every page" overview_names_them
have_links() { # `man ot_NAME` finds the page
    cut -d ' ' -f 1 "$top_builddir/man/links" | LC_ALL=C sort | uniq -d | grep . && return 1
    { cut -d ' ' -f 1 "$top_builddir/man/links"; cd "$top_builddir/man" && ls ot_*.3 | sed 's/\.3$//'; } |
        LC_ALL=C sort -u | LC_ALL=C comm -23 "$scratch/functions" - | grep . && return 1
    return 0
}
check "man finds the page of every function" have_links
finish
