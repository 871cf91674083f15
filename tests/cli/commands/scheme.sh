#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# The scheme commands, and networks with schemes from files.
# shellcheck source=tests/tap.sh
. "${srcdir:?}/tests/tap.sh"
# shellcheck source=tests/cli/lib.sh
. "$srcdir/tests/cli/lib.sh"
wrong=$srcdir/tests/schemes/wrong
tableaux >names

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
    [ "${file##*/}" = heun3_as_coded.tableau ] && continue # its six digits are right
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
check "check prints how many conditions prove Verner's orders" \
    says 0 '^b: order 8: all 200 conditions|^order9: order 9: all 486 conditions' \
    odetape scheme check verner89
check "check prints how many fail at the next order" \
    says 0 'order  5:   9 of   9 conditions fail, largest residual 0.0125, error norm 0.0145' \
    odetape scheme check rk4
check "check shows the first tree that fails with its numbers" \
    says 1 'NOT 5 as claimed|expected 1/2, found 263/576, difference -25/576|^ +o$|^ +.-o$' \
    odetape scheme check "$wrong/kutta_nystrom_as_coded.tableau"
check "check prints the misprint in the sum of Verner's weights" \
    says 0 'expected 1, found 97/70, difference 27/70' odetape scheme check verner89_as_coded
check "check prints largest residuals of decimals that are nearly right" \
    says 1 'order  1: .* 3.567e-05|order  4: .* 8.7[0-9]*e-06|order  5: .* 0.008' \
    odetape scheme check "$wrong/gill_as_coded.tableau"
check "check accepts six digits of the right coefficients, and says so" \
    says 0 '^b: order 3 within 6.7e-07: its decimals have 6 digits$|order  4:   4 of   4 conditions fail' \
    odetape scheme check "$wrong/heun3_as_coded.tableau" --claim 3
check "a smaller tolerance refuses them" \
    says 1 '^b: order 1, NOT 3 as claimed' \
    odetape scheme check "$wrong/heun3_as_coded.tableau" --tolerance 1e-9
printf 'scheme = a\norder = 4\na2 = .5\na3 = 0, .5\na4 = 0, 0, 1\nb = .167, .333, .333, .167\n' >short.tableau
check "three digits are too few to decide" \
    says 1 '^b: too few digits to decide whether the order is 4$' odetape scheme check short.tableau
cat >typo.tableau <<EOF
scheme = typo
order = 4
a2 = 1/2
a3 = 0, 1/2
a4 = 0, 0, -1
b = 1/6, 1/3, 1/3, 1/6
EOF
check "check proposes the repair of a typo" \
    says 1 '^b: order 1, NOT 4|^repair: a4, 3rd entry: the file has -1; with 1 the claimed order 4 holds$' \
    odetape scheme check typo.tableau
sed 's/order = 4/order = 5/; s/-1$/1/' typo.tableau >label.tableau
check "or says that one change is not enough" \
    says 1 '^repair: no change of a single coefficient makes the claim true$' odetape scheme check label.tableau
cat >nearly.tableau <<EOF
scheme = nearly
order = 2
a2 = 1/2
b = 0, 4503599627370497/4503599627370496 + 3/4503599627370497
EOF
check "or names the tolerance with which rounded quotients hold" \
    says 1 '^repair: none is needed if the coefficients are rounded: with --tolerance 8.9e-16 the claim holds$' \
    odetape scheme check nearly.tableau
check "and with this tolerance the claim holds" odetape scheme check nearly.tableau --tolerance 8.9e-16
check "and nothing of a repair where no claim is false" \
    test -z "$(odetape scheme check rk4 | grep repair)"
check "check prints gains, intervals, buffers and dead stages" \
    says 0 '^ +12 .* 2306.96 +1036.04|embedded only$|^ +b .* 4.15624 +0.194413 +6$' \
    odetape scheme check verner89
check "check prints what gains do to float32, and the buffers of a step and of a pair" \
    says 0 '^gain: .* 1036 times .* stage 12$|^ +one .* 2307 times; .* 1.4e-04|^buffers: 6 .* b, 7 .* order9$' \
    odetape scheme check verner89
printf 'scheme = a\norder = 1\na2 = 1\na3 = 0, 1\nb = 1, 0, 0\nembedded e (order 1) = 0, 1, 0\n' >dead.tableau
check "check prints which stages have no effect" \
    says 0 '^ +2 .*embedded only$|^ +3 .*no effect$' odetape scheme check dead.tableau
check "check prints that the last stage of a step is the first of the next" \
    says 0 'last stage of a step is the first of the next$' odetape scheme check dormand_prince54

# ---- compare, diff ----

compares_all() {
    # shellcheck disable=SC2046 # names are words
    exits 0 odetape scheme compare $(cat names) && [ "$(wc -l <"$scratch/out")" -eq $(($(wc -l <names) + 1)) ]
}
check "compare has a line a scheme" compares_all
compares_a_claim() { # that is false: with a warning
    odetape scheme compare --wide rk4 "$wrong/gill_as_coded.tableau" >"$scratch/out" 2>"$scratch/err" &&
        cat "$scratch/out" "$scratch/err" && grep -Eq '^gill_as_coded +4 +[?] ' "$scratch/out" &&
        [ "$(wc -l <"$scratch/err")" -eq 1 ] && grep -q 'gill_as_coded claims .* few digits' "$scratch/err"
}
check "compare prints claim and order" compares_a_claim
check "compare needs a scheme" fails 64 'needs NAME' odetape scheme compare
check "diff of a scheme with itself is empty" exits 0 odetape scheme diff verner89 verner89
check "which means without a line" test ! -s "$scratch/out"
names_the_misprints() {
    says 1 '^a\[6,1\] |^a\[12,7\] |^a\[12,10\] |^b\[8\] +-27/140  .  27/140$|^stages +16  .  14$' \
        odetape scheme diff verner89 verner89_as_coded
}
check "diff names the four misprints" names_the_misprints
check "diff needs two" fails 64 'needs NAME' odetape scheme diff rk4

# ---- bad input ----

head='scheme = a\norder = 1\n'
bad() { # NAME PLACE-AND-WORDS CONTENTS of printf
    printf "$3" >bad.tableau
    check "$1" fails 65 "bad.tableau:$2" odetape scheme check bad.tableau
}
repeat() { # TEXT TIMES
    awk -v text="$1" -v n="$2" 'BEGIN { while (n-- > 0) printf "%s", text }'
}
bad "an empty file is reported" '1:1: there is no line' ''
bad "an implicit scheme is called one" '3:1: .*implicit scheme, and only explicit' "${head}a2 = 1/2, 1/2\nb = 0, 1\n"
bad "a tableau that is not square is reported" '4:1: b has 3 entries' "${head}a2 = 1\nb = 0, 0, 1\n"
bad "a zero denominator is reported" '3:6: division by zero' "${head}b = 1/0\n"
bad "a node that is not the sum of its row is reported" '3:1: node 2 of c is 0.5, but row a2 adds up to 1' \
    "${head}c = 0, .5\na2 = 1\nb = 0, 1\n"
bad "a decimal comma is recognised" '3:1: .*or is 0,5 meant as 0.5' "${head}a2 = 0,5\nb = 0, 1\n"
bad "a number of 10,000 digits is reported" '3:5: the number has 10000 digits' "${head}b = $(repeat 3 10000)\n"
bad "200 stages are reported" '3:.*: more than 64 entries' "${head}b = 1$(repeat ', 0' 199)\n"
bad "a zero byte is reported" '3:6: a control character .byte 0x00' "${head}b = 1\\0\n"
bad "a wrong line with Windows line ends is reported" '4:6: division by zero' \
    '\357\273\277scheme = a\r\n\r\norder = 1\r\nb = 1/0\r\n'
bad "parentheses without end are reported" '3:.*: nested more than 50 deep' "${head}b = $(repeat '(' 5000)\n"
bad "another format is reported" '1:1: byte 0xff is not UTF-8' '\377\376s\000c\000'
read_all_the_same() {
    printf '\357\273\277scheme = a\r\norder = 1\r\nb = 1\r\n' >good.tableau
    exits 0 odetape scheme check good.tableau --claim 1
}
check "a byte order mark and Windows line ends are read" read_all_the_same

# ---- plot ----

without_gnuplot() {
    code=0
    env PATH=/nonexistent "${PATH%%:*}/odetape" scheme plot rk4 -o no.svg >"$scratch/out" 2>"$scratch/err" || code=$?
    cat "$scratch/err"
    [ "$code" -eq 69 ] && grep 'apt install gnuplot' "$scratch/err" && [ -s no.gp ] && [ -s no.dat ] && [ ! -e no.svg ]
}
check "without gnuplot plot exits with 69 and leaves script and numbers" without_gnuplot
check "a picture that is neither SVG nor PNG is refused" \
    fails 64 'must end in .svg or .png' odetape scheme plot rk4 -o regions.pdf
check "a picture that cannot be made is reported" fails 73 'regions.dat' odetape scheme plot rk4 -o "$0/regions.svg"
draws() { # FILE BYTES: what it begins with
    exits 0 odetape scheme plot rk4 verner89 "$wrong/gill_as_coded.tableau" -o "$1" &&
        [ "$(head -c 4 "$1" | od -An -c | tr -d ' ')" = "$2" ] && ls ./*.tmp 2>/dev/null | wc -l | grep -qx 0
}
again() { # the script stands alone
    rm "it's.svg" && gnuplot "it's.gp" && grep -q '>verner89<' "it's.svg" && grep -q '>gill_as_coded<' "it's.svg"
}
if command -v gnuplot >/dev/null 2>&1; then
    check "plot draws an SVG, whatever its name" draws "it's.svg" '<?xm'
    check "whose script draws it again" again
    check "plot draws a PNG" draws regions.png '211PNG'
else
    skip "plot draws an SVG, whatever its name" "gnuplot is not installed"
    skip "whose script draws it again" "gnuplot is not installed"
    skip "plot draws a PNG" "gnuplot is not installed"
fi

# ---- files as schemes ----

make_small
odetape scheme show midpoint | sed 's/= midpoint/= mine/; s/1\/2/2\/3/; s/order  *= 2/order = 1/' >mine.tableau
check "an edited scheme is checked" says 0 '^mine: |^b: order 1: ' odetape scheme check ./mine.tableau
check "gradients of a network from a file pass" exits 0 odetape gradcheck --net './mine.tableau:x2, rk4x1'
check "a tape of it lists its blocks" says 0 'blocks.1.stages.1' odetape tape --net mine.tableau:x2 --width 4
check "an error in a file is reported with its place" \
    fails 65 'zero.tableau:3:6: division by zero' sh -c \
    'printf "scheme = a\norder = 1\nb = 1/0\n" >zero.tableau && exec odetape train --net ./zero.tableau:x2'
check "a file that is not there is reported" fails 66 'none.tableau' odetape tape --net ./none.tableau:x2

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

# ---- schemes without a tableau ----

other_schemes >others
nearest='the nearest scheme that has one is (euler|midpoint|kutta3)'
check "the list has schemes without a tableau" [ -s others ]
for command in 'check OTHER' 'compare rk4 OTHER' 'plot OTHER --out none.svg' 'diff rk4 OTHER' 'slope OTHER' \
    'integrate OTHER'; do
    while read -r scheme; do
        # shellcheck disable=SC2046 # words
        check "scheme ${command%% *} says that $scheme has no tableau, and what has one" \
            fails 64 "$scheme has no Runge-Kutta tableau.*; $nearest$" \
            odetape scheme $(printf '%s' "$command" | sed "s/OTHER/$scheme/")
    done <others
done
check "the list says what they compute and who found them" \
    says 0 '^lm +1  Lu et al. 2018 +y = \(1 - k\) s \+ k x_prev \+ f\(x\)$' odetape scheme list --wide
check "show has their attributes, with defaults and what may be said" \
    says 0 '^scheme +revnet$|^equation +y1 = |^reference +Gomez|^attribute +first=whole \(whole, bare\)$' \
    odetape scheme show revnet
trains_others() {
    # shellcheck disable=SC2086
    odetape train --net 'lm x2 + revnet(first=bare) x2 + rk4' --levels 4,6:2,8 $shapeless --epochs 1 \
        --out others.run >summary 2>progress && cat summary progress || return 1
    grep -q '^scheme    lm: y = ' progress && grep -q '^scheme    rk4: order 4, 4 stages' progress &&
        odetape report others.run >/dev/null && odetape eval others.run --data small &&
        grep -q '<h3>revnet(first=bare)</h3>' others.run/report.html
}
shapeless=$(printf '%s' "$tiny" | sed 's/--width 4//')
check "networks of them are trained, evaluated and reported" trains_others
finish
