#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# Every printed order is proved.  Every command that prints an order, or trains or evaluates with a
# scheme, gets tableaux with false claims and tableaux with true claims.
# shellcheck source=tests/tap.sh
. "${srcdir:?}/tests/tap.sh"
# shellcheck source=tests/cli/lib.sh
. "$srcdir/tests/cli/lib.sh"
make_small
for file in "$srcdir"/tests/schemes/wrong/*.tableau; do
    cp "$file" .
done
# Right digits that are rounded are not refuted.
rm heun3_as_coded.tableau gill_as_coded.tableau
odetape scheme show dormand_prince54 |
    sed 's/= dormand_prince54/= sign/; s/187\/2100, 1\/40/187\/2100, -1\/40/' >sign.tableau
odetape scheme show rk4 | sed 's/= rk4/= label/; s/order  *= 4/order = 5/' >label.tableau
printf 'scheme = third\norder = 2\na2 = 0.6666667\nb = 0.25, 0.75\n' >third.tableau

claimed() { # FILE
    sed -n 's/^order *= *//p' "$1"
}
# The order of b as `scheme check` proves it.
proved() {
    odetape scheme check "$1" | sed -n 's/^b: order \([0-9]*\).*/\1/p'
}
warning() { # FILE: on stderr, once, with name, claim and order
    called=$(sed -n 's/^scheme *= *//p' "$1")
    [ "$(grep -c "^odetape: warning: $called claims order [0-9]* for [a-z0-9]*, which has order [0-9]*: a condition of \
order [0-9]* is missed by [0-9.e-]*$" err)" -eq 1 ]
}

# Runs COMMAND on a tableau file, with its output in the files out and err.
do_show() {
    odetape scheme show "./$1"
}
do_compare() {
    odetape scheme compare --wide rk4 "./$1"
}
do_slope() {
    odetape scheme slope "./$1" --doublings 2
}
do_plan() {
    odetape plan --net "./$1:x1" --width 4 --batch 8
}
do_train() {
    rm -rf run
    # shellcheck disable=SC2086,SC2154 # tiny is options
    odetape train --net "./$1:x1" $tiny --epochs 1 --out run
}
do_resume() {
    odetape train --resume run
}
do_eval() {
    odetape eval run/final.safetensors
}
do_report() {
    odetape report run --out page.html
}
do_sweep() {
    printf '[train]\nwidth = 4\nstem-stride = 2\nepochs = 1\n[grid]\nnet = ./%s:x1\n' "$1" >sweep.ini
    odetape sweep sweep.ini --dry-run
}
commands='show compare slope plan train resume eval report sweep'

says_so() { # COMMAND FILE
    "do_$1" "$2" >out 2>err || {
        echo "exit $?"
        cat out err
        return 1
    }
    cat out err
    warning "$2"
}
is_silent() {
    "do_$1" "$2" >out 2>err || {
        echo "exit $?"
        cat out err
        return 1
    }
    cat err
    ! grep -q 'odetape: warning' err
}

# The order of b that a command prints.  A claim is never printed as if it were proved.
prints() { # FILE ORDER
    "do_compare" "$1" >out 2>err && awk -v want="$2" 'NR == 3 && $3 == want { found = 1 } END { exit !found }' out &&
        do_slope "$1" 2>/dev/null | grep -q ", order ${2#\~}\( within .*\)\{0,1\}\$" &&
        grep -Eq "^scheme +[a-z0-9_]*: order ${2#\~}( within [0-9.e-]+)?, " train.err &&
        grep -Eq "<th>order</th><td>${2#\~}(,| within| *<)" page.html
}

for file in *.tableau; do
    case $file in third.tableau) continue ;; esac
    for command in $commands; do
        check "odetape $command warns of the false claim of $file" says_so "$command" "$file"
        [ "$command" != train ] || cp err train.err
    done
    check "the order of $file that is printed is the proved one, not $(claimed "$file")" \
        prints "$file" "$(proved "$file")"
done

for command in $commands; do
    check "odetape $command is silent on decimals that are rounded" is_silent "$command" third.tableau
    [ "$command" != train ] || cp err train.err
done
check "their order is printed with what it holds within" prints third.tableau '~2'
check "and so says the training" grep -q 'third: order 2 within 2.5e-8' train.err
check "and the report" grep -q '<td>2 within 2.5e-8' page.html

lists_what_is_proved() {
    odetape scheme list >list 2>err && [ ! -s err ] || return 1
    awk 'NR > 1 && !NF { exit } NR > 1 { print $1, $2 }' list | while read -r scheme order; do
        [ "$(proved "$scheme")" = "$order" ] || echo "$scheme $order"
    done >different
    cat different
    [ ! -s different ]
}
check "the list has the orders that are proved" lists_what_is_proved
a_wrong_embedded_row() {
    do_train sign.tableau >/dev/null 2>err && cat err && odetape report run --out page.html >/dev/null 2>&1 &&
        grep -q '<th>order of order4</th>' page.html && grep 'NOT' page.html &&
        grep -q '<td>0, NOT 4 as its text claims: order 1 is missed by 0.05</td>' page.html
}
check "the report says which embedded row has not its order" a_wrong_embedded_row
far() {
    printf 'scheme = far\norder = 30\nb = 1\n' >far.tableau
    odetape scheme show ./far.tableau 2>err >/dev/null && grep -q 'claims order 30 for b, which has order 1' err
}
check "a claim of order 30 is refuted" far
finish
