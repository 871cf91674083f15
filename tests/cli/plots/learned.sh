#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# odetape plot --learned and the report draw learned numbers and evaluations per batch, with the
# values of the journal.
# shellcheck source=tests/tap.sh
. "${srcdir:?}/tests/tap.sh"
# shellcheck source=tests/cli/lib.sh
. "$srcdir/tests/cli/lib.sh"
make_small
# shellcheck disable=SC2086,SC2154 # tiny is options
trains() { # NAME OPTION...
    into=$1
    shift
    odetape train $tiny --epochs 3 "$@" --out "$into" >"$into.out" 2>"$into.err" || cat "$into.err"
}
trains plain --net 'euler x1'
trains h --net 'rk4 x2' --step learned --learn-tableau
trains h2 --net 'rk4 x2' --step learned --learn-tableau --seed 2
trains k --net 'lm x3'
trains alpha --net 'euler x2' --branch rezero
trains controlled --net 'verner89 x1' --weights shared --step controlled --step-tolerance 0.05
trains deep --net 'euler x100' --width 2 --step learned --epochs 2

draws() { # PANELS RUN...
    want=$1
    shift
    code=0
    odetape plot "$@" --learned --out picture.svg >out 2>err || code=$?
    cat out err
    [ $code -eq 69 ] && ! command -v gnuplot >/dev/null && return
    [ $code -eq 0 ] && [ ! -s err ] && grep -q "^picture.svg: $want panels\{0,1\};" out && [ -s picture.svg ]
}
# The numbers of the picture are those of the journal, line by line.
values() { # RUN NAME: of the parameter
    sed -n "s/.*\"scalars\":{.*\"$2\":\([-0-9.e]*\).*/\1/p" "$1/metrics.jsonl" >want
    sed -n "/^# .*: $2\$/,/^\$/p" picture.dat | awk 'NF == 6 { print $2 }' >got
    [ -s want ] && paste want got | awk '{ d = $1 - $2; print; if (NF != 2 || d > 1e-7 || d < -1e-7) bad = 1 }
        END { exit bad || NR < 2 }'
}
check "learned steps and tableaux have panels for h, a and b" draws 3 h
check "with the step of the journal" values h blocks.0.h
check "with the coefficient of the journal" values h blocks.1.a.1.0
check "k of lm has a panel" draws 1 k
check "with the k of the journal" values k blocks.1.k
check "alpha of rezero has a panel" draws 1 alpha
check "two networks have panels of their own" draws 4 h k
check "a hundred steps have one panel" draws 1 deep
named() {
    [ "$(grep -c ' title ' picture.gp)" -le 10 ] && grep -q "'blocks.0.h'" picture.gp &&
        grep -q "'blocks.99.h'" picture.gp && grep -q '100 lines, 8 named' picture.gp
}
check "of which eight are named" named
seeds() {
    draws 3 h h2 && for run in h h2; do sed -n 's/.*"blocks.0.h":\([-0-9.e]*\).*/\1/p' "$run/metrics.jsonl" |
        tail -n 1; done >both && sed -n '/^# .*: blocks.0.h$/,/^$/p' picture.dat | tail -n 2 | head -n 1 >got &&
        cat both got && awk 'FNR == NR { s += $1 / 2; next }
            { d = s - $2; exit d > 1e-6 || d < -1e-6 || $6 != 2 }' both got
}
check "two seeds are drawn as their mean" seeds
# 256 training images in batches of 32, of which each is counted in the journal's sum.
evaluations() {
    draws 1 controlled && sed -n 's/.*"train_evaluations":\([0-9]*\).*/\1/p' controlled/metrics.jsonl >want &&
        sed -n '/evaluations per batch, training images$/,/^$/p' picture.dat | awk 'NF == 6 { print $2 * 8 }' >got &&
        cat want got && [ "$(wc -l <want)" -eq 3 ] && diff want got
}
check "controlled steps have evaluations per batch" evaluations

as_text() {
    odetape plot h deep --learned --terminal >out && cat out && grep -q '^h, step sizes$' out &&
        grep -Eq '^a  blocks.0.h [0-9.]+$' out && grep -q '^h, step sizes: 100 lines, 8 named$' out &&
        grep -Eq '^h  blocks.99.h [0-9.]+$' out && ! grep -E '^.{161}' out
}
check "they are printed as text" as_text
check "a run without learned numbers is refused" \
    fails 64 'no learned numbers and no controlled steps; leave out --learned' odetape plot plain --learned --terminal
noted() { # RUN
    odetape plot "$1" --terminal >out 2>err && cat err && grep -q -- '--learned draws them' err
}
check "without --learned a note says what it would draw" noted h
silent() {
    odetape plot plain --terminal >out 2>err && [ ! -s err ]
}
check "which is not there if nothing was learned" silent

reported() { # RUN TEXT...
    run=$1
    shift
    odetape report "$run" --no-images || return
    for text; do grep -qF -- "$text" "$run/report.html" || { echo "no $text"; return 1; }; done
}
check "the report draws learned numbers" reported h '>Learned numbers and evaluations<' \
    '>h, step sizes<' '>a, coefficients of tableaux<' 'blocks.1.b.3'
check "and evaluations" reported controlled '>evaluations of f per batch<' 'training images'
check "and nothing if there is nothing" sh -c 'odetape report plain --no-images && ! grep Learned plain/report.html'

# Names of parameters come from a file that anybody may have written.
hostile() {
    rm -rf forged && mkdir forged && sed 's/"blocks.0.h"/"it'"'"'s <b>\&`touch PWNED`\\u001b[31m @dat.h"/' \
        h/metrics.jsonl >forged/metrics.jsonl && draws 3 forged && odetape plot forged --learned --terminal >out &&
        odetape report forged --no-images >/dev/null && [ ! -e PWNED ] &&
        ! grep "$(printf '\033')" out picture.dat picture.gp forged/report.html &&
        grep -q 's &lt;b&gt;&amp;' forged/report.html
}
check "names in a journal are text" hostile
finish
