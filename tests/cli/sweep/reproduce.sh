#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# experiments/reproduce: a figure from training to its page by one command.
# shellcheck source=tests/tap.sh
. "${srcdir:?}/tests/tap.sh"
# shellcheck source=tests/cli/lib.sh
. "$srcdir/tests/cli/lib.sh"
make_small
reproduce=$srcdir/experiments/reproduce

cat >figure4.ini <<'END'
[train]
width = 4
stem-stride = 2
batch = 32
epochs = 1
[scale tiny]
net = euler x4 | rk4x1 | euler x1
END
figure() {
    LANDSCAPE='--points 3 --images 32' "$reproduce" figure4.ini --data small >out 2>err
}
whole() {
    figure || { cat err; return 1; }
    runs=runs/figure4-tiny
    [ "$(ls -d $runs-landscapes/*-before $runs-landscapes/*-after | wc -l)" -eq 6 ] &&
        [ "$(grep -c '^net .* status$' out)" -eq 3 ] && grep -q '^rk4 x1 .* 1 finished$' out &&
        grep -q '3 runs: 3 finished' $runs/report.html && grep -q '>true class<' $runs/report.html
}
# The sweep has a table, and networks of two and of eight convolutions one each.
check "a figure is trained, compared by its convolutions, and has landscapes and a page" whole
if command -v gnuplot >/dev/null; then
    check "its page has the twelve pictures" sh -c \
        '[ "$(grep -c "image/svg+xml" runs/figure4-tiny/report.html)" -eq 12 ]'
else
    skip "its page has the twelve pictures" "gnuplot is not installed"
fi
again() {
    cp runs/figure4-tiny/report.html first.html && touch mark && figure &&
        cmp first.html runs/figure4-tiny/report.html &&
        [ -z "$(find runs -newer mark -name '*.safetensors')" ]
}
check "once more it trains nothing and gives the same page" again
only_listed() {
    "$reproduce" figure4.ini --data small --out new --dry-run >list 2>/dev/null &&
        [ "$(grep -c '^odetape train ' list)" -eq 3 ] && [ ! -e new ]
}
check "--dry-run starts nothing" only_listed
every_file() {
    for file in "$srcdir"/experiments/*.ini; do
        figure=$(basename "$file" .ini)
        for scale in reduced paper; do
            "$reproduce" "$figure" --data small --scale $scale --dry-run >list 2>err &&
                grep -q '^odetape train ' list || { cat err; return 1; }
        done
    done
    [ ! -e runs/table3-reduced ]
}
check "every file of the paper has its commands at both scales" every_file
check "no name is a usage error" sh -c "'$reproduce' 2>err; [ \$? -eq 64 ] && grep -q ^usage err"
check "an error of the sweep is reported and ends it" fails 66 'gone.ini: No such file' \
    "$reproduce" gone.ini --data small
finish
