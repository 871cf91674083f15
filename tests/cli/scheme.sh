#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# The tableau laboratory: what the scheme commands say, and schemes from files in networks.
# shellcheck source=tests/tap.sh
. "${srcdir:?}/tests/tap.sh"
# shellcheck source=tests/cli/lib.sh
. "$srcdir/tests/cli/lib.sh"
wrong=$srcdir/tests/schemes/wrong
odetape scheme list | awk 'NR > 1 { print $1 }' >names

exits() { # CODE COMMAND...: with its output in $scratch/out, nothing on stderr
    want=$1
    shift
    code=0
    "$@" >"$scratch/out" 2>"$scratch/err" || code=$?
    cat "$scratch/out" "$scratch/err"
    [ "$code" -eq "$want" ] && [ ! -s "$scratch/err" ]
}

# ---- check ----

while read -r scheme; do
    check "odetape scheme check $scheme proves what it claims" exits 0 odetape scheme check "$scheme"
done <names

for file in "$wrong"/*.tableau; do
    check "odetape scheme check rejects ${file##*/}" exits 1 odetape scheme check "$file"
done

exactly() {
    exits 0 odetape scheme check rk4 --claim 4 && exits 1 odetape scheme check rk4 --claim 3 &&
        exits 1 odetape scheme check rk4 --claim 5 && exits 0 odetape scheme check verner89_as_coded --claim 0
}
check "--claim succeeds for exactly the order" exactly

says() { # CODE REGEX COMMAND...: the regular expressions of a comma list, each on a line
    code=$1
    regexes=$2
    shift 2
    exits "$code" "$@" || return 1
    printf '%s\n' "$regexes" | tr '|' '\n' >regexes
    while read -r regex; do
        grep -Eq -- "$regex" "$scratch/out" || {
            echo "no line has: $regex"
            return 1
        }
    done <regexes
}
check "check tells how many conditions prove Verner's orders" \
    says 0 '^b: order 8: all 200 conditions|^order9: order 9: all 486 conditions' \
    odetape scheme check verner89
check "check tells how many fail at the next order" \
    says 0 'order  5:   9 of   9 conditions fail, largest residual 0.0125, error norm 0.0145' \
    odetape scheme check rk4
check "check shows the first tree that fails with its numbers" \
    says 1 'NOT 5 as claimed|expected 1/2, found 263/576, difference -25/576|^ +o$|^ +.-o$' \
    odetape scheme check "$wrong/kutta_nystrom_as_coded.tableau"
check "check tells the misprint in the sum of Verner's weights" \
    says 0 'expected 1, found 97/70, difference 27/70' odetape scheme check verner89_as_coded
check "check tells largest residuals of decimals that are nearly right" \
    says 1 'order  1: .* 3.567e-05|order  4: .* 8.7[0-9]*e-06|order  5: .* 0.008' \
    odetape scheme check "$wrong/gill_as_coded.tableau"
check "check tells gains, intervals, buffers and dead stages" \
    says 0 '^ +12 .* 2306.96 +1036.04|b does not depend on it|^ +b .* 4.15624 +0.194413 +6$' \
    odetape scheme check verner89
check "check tells that the last stage is the next step's first" \
    says 0 'next step.s first' odetape scheme check dormand_prince54

# ---- compare, diff ----

compares_all() {
    # shellcheck disable=SC2046 # names are words
    exits 0 odetape scheme compare $(cat names) && [ "$(wc -l <"$scratch/out")" -eq $(($(wc -l <names) + 1)) ]
}
check "compare has a line a scheme" compares_all
check "compare tells claim and order" \
    says 0 '^gill_as_coded +4 +0 ' odetape scheme compare rk4 "$wrong/gill_as_coded.tableau"
check "compare needs a scheme" fails 64 'needs NAME' odetape scheme compare
check "diff of a scheme with itself is empty" exits 0 odetape scheme diff verner89 verner89
check "which means without a line" test ! -s "$scratch/out"
names_the_misprints() {
    says 1 '^a\[6,1\] |^a\[12,7\] |^a\[12,10\] |^b\[8\] +-27/140  .  27/140$|^stages +16  .  14$' \
        odetape scheme diff verner89 verner89_as_coded
}
check "diff names the four misprints" names_the_misprints
check "diff needs two" fails 64 'needs NAME' odetape scheme diff rk4

# ---- files as schemes ----

make_small
odetape scheme show midpoint | sed 's/= midpoint/= mine/; s/1\/2/2\/3/; s/order  *= 2/order = 1/' >mine.tableau
check "an edited scheme is checked" says 0 '^mine: |^b: order 1: ' odetape scheme check ./mine.tableau
check "gradients of a network from a file pass" exits 0 odetape gradcheck --net './mine.tableau:x2, rk4x1'
check "a tape of it lists its blocks" says 0 'blocks.1.stages.1' odetape tape --net mine.tableau:x2 --width 4
check "an error in a file is told with its place" \
    fails 65 'zero.tableau:3:6: division by zero' sh -c \
    'printf "scheme = a\norder = 1\nb = 1/0\n" >zero.tableau && exec odetape train --net ./zero.tableau:x2'
check "a file that is not there is told" fails 66 'none.tableau' odetape tape --net ./none.tableau:x2

trains() {
    # shellcheck disable=SC2086 # tiny is options
    odetape train --net './mine.tableau:x1, euler x1' $tiny --epochs 2 --out run >summary 2>progress &&
        cat summary progress && grep -q 'mine: order 1, 2 stages' progress
}
check "a network from a file is trained" trains
evaluates() { # as it ended
    odetape eval run/final.safetensors --data small >"$scratch/out" && cat "$scratch/out" &&
        last=$(sed -n 's/^accuracy *\([0-9.]*\)%.*/\1/p' summary) &&
        [ -n "$last" ] && grep -Fx "accuracy  $last%" "$scratch/out"
}
rm mine.tableau
check "its weights are evaluated without the file" evaluates
printf 'scheme = mine\norder = 1\nb = 1\n' >mine.tableau
check "and with another one in its place" evaluates
odetape scheme show rk4 | sed 's/^a4 .*/a4 = 0, 1, 0/; s/order  *= 4/order = 2/' >rk4.tableau
same_name() { # as a built-in
    # shellcheck disable=SC2086
    odetape train --net './rk4.tableau:x1' $tiny --epochs 1 --out shadow >summary 2>/dev/null &&
        odetape eval shadow/final.safetensors --data small >"$scratch/out" && cat "$scratch/out" summary &&
        last=$(sed -n 's/^accuracy *\([0-9.]*\)%.*/\1/p' summary) && grep -Fx "accuracy  $last%" "$scratch/out" &&
        grep -aq 'a4 = 0, 1, 0' shadow/final.safetensors
}
check "a file may have the name of a built-in, and its weights come back with the file's" same_name
check "two files of one name in a network are refused" \
    fails 64 'two different schemes are called rk4' odetape tape --net 'rk4, ./rk4.tableau'
hostile() {
    LC_ALL=C sed -e 's#"net":"mine x1, euler x1"#"net":"./etc/x, euler x1"#' -e 's/"xxh3/"none/g' \
        run/final.safetensors >hostile.safetensors
    fails 65 'names a file' odetape eval hostile.safetensors --data small
}
check "weights that want to read a file are refused" hostile
finish
