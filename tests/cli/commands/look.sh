#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# odetape plot: curves of trainings, drawn and printed, and errors for what is not a run.
# shellcheck source=tests/tap.sh
. "${srcdir:?}/tests/tap.sh"
# shellcheck source=tests/cli/lib.sh
. "$srcdir/tests/cli/lib.sh"
make_small

trains() { # NAME OPTION...
    into=$1
    shift
    # shellcheck disable=SC2154,SC2086
    odetape train $tiny --epochs 3 "$@" --out "$into" >/dev/null 2>"$into.err" || cat "$into.err"
}
for seed in 1 2 3; do
    trains "rk4-$seed" --net rk4x1 --seed "$seed"
done
trains euler --net euler --lr 0.05
# A PATH with everything except gnuplot: the command may be a script that needs other programs.
mkdir all_but_gnuplot
for program in /bin/* /usr/bin/*; do
    [ "${program##*/}" = gnuplot ] || [ -e "all_but_gnuplot/${program##*/}" ] ||
        ln -s "$program" all_but_gnuplot/
done
without_gnuplot() { # COMMAND...
    env PATH="$PWD/all_but_gnuplot" "${PATH%%:*}/odetape" "$@"
}

prints_within() { # WIDTH
    COLUMNS=$1 without_gnuplot plot --terminal rk4-1/ rk4-2 rk4-3 euler | tee text
    [ "$(grep -c 'accuracy, %\|loss$' text)" -eq 4 ] &&
        awk -v most="$1" 'length > most { long = 1 } END { exit long }' text
}
check "curves are printed within 48 columns, without gnuplot" prints_within 48
check "and within 80" prints_within 80
check "and within 200" prints_within 200
check "a pipe has 80 columns" sh -c 'odetape plot --terminal euler | awk "length == 80 { seen = 1 }
    length > 80 { long = 1 } END { exit long || !seen }"'
seeds_are_one_line() {
    grep '^a  rk4 x1, lr 0.1$' text && grep '3 seeds$' text && grep '^b  euler x1, lr 0.05$' text
}
check "seeds become one line, named by what differs" seeds_are_one_line

# From the journals, by awk: mean, least, greatest and standard deviation of test_accuracy.
seeds_are_averaged() {
    odetape plot rk4-1 rk4-2 rk4-3 euler --out curves.svg >/dev/null 2>&1
    for epoch in 1 2 3; do
        sed -n "s/.*\"epoch\":$epoch,.*\"test_accuracy\":\([0-9.e-]*\).*/\1/p" rk4-?/metrics.jsonl |
            awk -v e="$epoch" '{ v[NR] = 100 * $1; sum += v[NR] }
                END { mean = sum / NR; low = high = v[1]
                    for (i in v) { d += (v[i] - mean) ^ 2; if (v[i] < low) low = v[i]
                        if (v[i] > high) high = v[i] }
                    printf "%d %.5f %.5f %.5f %.5f %d\n", e, mean, low, high, sqrt(d / (NR - 1)), NR }'
    done >expected
    grep -v '^#' curves.dat | head -n 3 |
        awk '{ printf "%d %.5f %.5f %.5f %.5f %d\n", $1, $2, $3, $4, $5, $6 }' | diff expected -
}
check "the numbers are mean, range and deviation over the seeds" seeds_are_averaged

drawn() {
    odetape plot rk4-1 rk4-2 rk4-3 euler --out "it's.svg" && grep -q 'Test accuracy' "it's.svg" &&
        grep -q 'rk4 x1, lr 0.1, mean and range of 3 seeds' "it's.svg" &&
        grep -q '>euler x1, lr 0.05, 1 seed<' "it's.svg" &&
        rm "it's.svg" && gnuplot "it's.gp" && grep -q 'Training loss' "it's.svg" &&
        odetape plot euler -o one.png && [ "$(head -c 4 one.png | tail -c 3)" = PNG ]
}
if command -v gnuplot >/dev/null 2>&1; then
    check "curves are drawn as SVG and PNG, and again by their script" drawn
else
    skip "curves are drawn as SVG and PNG, and again by their script" "gnuplot is not installed"
fi
leaves_the_script() {
    fails 69 'apt install gnuplot' without_gnuplot plot euler -o no.svg && [ -s no.gp ] &&
        [ -s no.dat ] && [ ! -e no.svg ]
}
check "without gnuplot the exit is 69, with script and numbers" leaves_the_script

copy() { # NAME: a run to damage
    rm -rf "$1" && mkdir "$1" && cp euler/metrics.jsonl "$1"
}
check "what is not a run is reported" fails 66 "'small' is not the directory of a run" \
    odetape plot --terminal small
copy empty && : >empty/metrics.jsonl
check "a run without an epoch is reported" fails 65 'no epoch yet' odetape plot --terminal empty
copy damaged && sed '3s/:/;/' euler/metrics.jsonl >damaged/metrics.jsonl
check "a damaged line is reported by its number" fails 65 'damaged/metrics.jsonl:3: .*damaged' \
    odetape plot --terminal damaged
copy gap && sed 3d euler/metrics.jsonl >gap/metrics.jsonl
check "so is a line that is missing" fails 65 'gap/metrics.jsonl:3: ' odetape plot --terminal gap
copy cut && head -c -20 euler/metrics.jsonl >cut/metrics.jsonl
check "a last line that is being written is left out" odetape plot --terminal cut
copy strange && sed '2s/:[0-9.]*,/:null,/3' euler/metrics.jsonl >strange/metrics.jsonl
check "a number that is not finite leaves a gap" odetape plot --terminal strange
copy steer && sed '1s/euler x1/\\u001b[31m\\n/' euler/metrics.jsonl >steer/metrics.jsonl
cannot_steer() {
    odetape plot --terminal steer >out && grep -F '?[31m?' out && ! grep "$(printf '\033')" out
}
check "a name cannot steer the terminal" cannot_steer
copy diverged
{
    head -n 2 euler/metrics.jsonl | sed '1s/"seed":1,/"seed":9,/'
    echo '{"event":"end","status":"a number is not finite","message":"","epochs":1}'
} >diverged/metrics.jsonl
check "a run that diverged is counted" sh -c \
    'odetape plot --terminal euler diverged | grep "1 seed; 1 DIVERGED"'
says_left_out() { # REGEX COMMAND...
    left_out=$1
    shift
    odetape "$@" >out 2>err && [ -s out ] && cat err && grep -Eq "^odetape: note: left out: .*$left_out" err
}
check "a run does not count twice" says_left_out 'same training with the same seed' \
    plot --terminal euler euler/
mkdir mixed mixed/sweep && cp -R euler mixed/a && : >mixed/sweep/results.jsonl &&
    echo '<html></html>' >mixed/page.html && cp -R damaged mixed/b
code=66 # of the page, which plot cannot open as a run; compare names it as no results
for command in 'plot --terminal' compare; do
    # shellcheck disable=SC2086 # words of a command
    check "odetape $command takes what are runs, and names a page" says_left_out 'mixed/page.html' \
        $command mixed/*
    # shellcheck disable=SC2086
    check "odetape $command names a damaged run" says_left_out 'mixed/b/metrics.jsonl:3: ' $command mixed/*
    # shellcheck disable=SC2086
    check "odetape $command fails if nothing is left" fails $code 'mixed/page.html' \
        odetape $command mixed/page.html mixed/b
    code=65
done
check "a sweep among runs is named" says_left_out "'mixed/sweep' is not the directory of a run" \
    plot --terminal mixed/*
check "a report leaves a damaged run out" says_left_out 'mixed/b/metrics.jsonl:3: ' \
    report mixed --no-images --output page.html
check "where to is a question of usage" fails 64 'either --out FILE.svg or --terminal' \
    odetape plot euler
check "so is an ending" fails 64 'must end in .svg or .png' odetape plot euler -o curves.pdf
finish
