#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# Curves: drops of the learning rate are marked at the milestones, legends say once what all lines have
# in common, equal regions of stability are one curve, and charts in characters have round numbers.  The
# journals are written here, so nothing is trained.
# shellcheck source=tests/tap.sh
. "${srcdir:?}/tests/tap.sh"
# shellcheck source=tests/cli/lib.sh
. "$srcdir/tests/cli/lib.sh"

journal() { # DIRECTORY SEED MILESTONE MILESTONE
    mkdir "$1" && awk -v seed="$2" -v first="$3" -v second="$4" 'BEGIN {
        printf "{\"event\":\"run\",\"version\":\"0.1.0\",\"net\":{\"net\":\"rk4 x2\",\"convs\":16,\"params\":9},"
        printf "\"options\":{\"epochs\":9,\"batch\":32,\"lr\":0.1,\"milestones\":[%d,%d],", first, second
        printf "\"seed\":%d},\"machine\":{},\"images\":{\"train\":256,\"test\":128,\"classes\":10}}\n", seed
        for (e = 0; e < 9; e++) {
            lr = 0.1 ^ (1 + (e >= first) + (e >= second))
            printf "{\"event\":\"epoch\",\"epoch\":%d,\"lr\":%g,\"train_loss\":%g,", e + 1, lr, 2 / (e + 1)
            printf "\"train_accuracy\":%g,\"test_loss\":%g,", 0.1 + e / 11, 2 / (e + 1)
            printf "\"test_accuracy\":%g,\"seconds\":1}\n", e / 11 + seed / 100
        }
    }' >"$1/metrics.jsonl"
}
journal one 1 3 6 && journal two 2 3 6

drops() { # SCRIPT: the epochs between which the lines stand
    sed -n 's/^set arrow from \([0-9.]*\), graph 0.*/\1/p' "$1" | sort -nu | paste -s -d ' '
}
if command -v gnuplot >/dev/null 2>&1; then
    marks_milestones() {
        odetape plot one two -o curves.svg >/dev/null && [ "$(drops curves.gp)" = '3.5 6.5' ]
    }
    check "drops of the learning rate are marked at the milestones" marks_milestones
    says_once() {
        [ "$(grep -c 'mean and range of 2 seeds; dotted' curves.gp)" -eq 1 ] && ! grep -q milestones curves.gp
    }
    check "the legend says once what all lines have in common" says_once
    merges_equal_regions() {
        odetape scheme plot rk4 euler gill4 rk4_38 midpoint heun2 -o regions.svg >out && grep -q ': 3 regions' out &&
            grep -q "title 'rk4, gill4, rk4_38'" regions.gp && grep -q "title 'midpoint, heun2'" regions.gp
    }
    check "schemes with equal polynomials are one curve" merges_equal_regions
else
    skip "drops of the learning rate are marked at the milestones" "gnuplot is not installed"
fi
report_marks_milestones() {
    odetape report one --no-images -o page.html >/dev/null && [ "$(grep -c 'class="drop"' page.html)" -eq 8 ] &&
        ! grep -q http-equiv page.html
}
check "so they are in the four charts of a report, which does not refresh itself" report_marks_milestones
# The chart of test accuracies from 1 to 74 per cent.
has_round_numbers() {
    odetape plot one --terminal >chart && sed -n '2,/+--/p' chart | awk '$1 ~ /^[0-9]/ { print $1 }' |
        paste -s -d ' ' >axis && cat axis && [ "$(cat axis)" = '80 70 60 50 40 30 20 10 0' ]
}
check "the axis of a chart in characters has round numbers" has_round_numbers
finish
