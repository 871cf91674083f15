#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# A digit that is changed, or a sign that is turned, in a tableau is caught or explained: in the built-in
# tableaux, and in those of the folder $TABLEAUX.
# shellcheck source=tests/tap.sh
. "${srcdir:?}/tests/tap.sh"
# shellcheck source=tests/cli/lib.sh
. "$srcdir/tests/cli/lib.sh"
typos=$(cd "$OLDPWD" && pwd)/${top_builddir:?}/tests/schemes/typos

write_built_ins() {
    for scheme in $(odetape scheme list | sed -n '2,/^$/p' | awk 'NF { print $1 }'); do
        [ "$scheme" = verner89_as_coded ] || odetape scheme show "$scheme" >"$scheme.tableau" || return 1
    done
}
check "the built-in tableaux that claim an order are written" write_built_ins

every_typo_is_explained() { # MOST FOLDER
    timeout $((1000 * ${CK_TIMEOUT_MULTIPLIER:-1})) "$typos" "$1" "$2"/*.tableau | tee typos.log
    tail -n 1 typos.log | grep -q 'lost 0;'
}
check "every typo in a built-in tableau is caught or explained" every_typo_is_explained 40 .

most_are_mended() { # at least nine of ten repairs have the value before the typo
    tail -n 1 typos.log | sed 's/.*old value \([0-9]*\), another \([0-9]*\), none \([0-9]*\)/\1 \2 \3/' |
        awk '{ exit !($1 > 20 && $1 >= 9 * ($2 + $3)) }'
}
check "nine of ten repairs restore the value before the typo" most_are_mended

if [ -d "${TABLEAUX:-}" ]; then
    check "every typo in the tableaux of $TABLEAUX is caught or explained" \
        every_typo_is_explained "${TYPOS:-20}" "$TABLEAUX"
else
    skip "every typo in a published tableau is caught or explained" "TABLEAUX=DIR is not given"
fi
finish
