#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# Training of steps, tableaux and shared weights: what is printed, and that odetape eval rebuilds such
# networks.  Also scheme slope and scheme integrate.
# shellcheck source=tests/tap.sh
. "${srcdir:?}/tests/tap.sh"
# shellcheck source=tests/cli/lib.sh
. "$srcdir/tests/cli/lib.sh"
make_small

trains_and_evaluates() { # NAME OPTION...: the accuracy of eval is that of the journal
    into=$1
    shift
    # shellcheck disable=SC2154,SC2086
    odetape train --net rk4x1 $tiny --epochs 1 "$@" --out "$into" --wide >"$into.out" 2>"$into.err" || {
        cat "$into.err"
        return 1
    }
    odetape eval "$into/final.safetensors" --data small --json | tee "$into.json"
    loss=$(sed -n 's/.*"test_loss":\([0-9.]*\).*/\1/p' "$into/metrics.jsonl")
    awk -v a="$loss" -F '[:,]' '{ d = $2 - a; exit !(a > 0 && d < 1e-5 && d > -1e-5) }' \
        "$into.json"
}
check "a learned step trains and is evaluated" trains_and_evaluates h --step learned --step-clamp
summary_has() { # RUN OPTIONS
    tr -s ' \n' ' ' <"$1.err" | grep -q "$2"
}
check "the summary prints it" summary_has h 'step learned, step-clamp'
check "and the journal" grep -q '"step":"learned","step-clamp":true' h/metrics.jsonl
check "a step a channel, after a ReLU, trains and is evaluated" \
    trains_and_evaluates channel --step channel --block-relu
check "a step of the output, of the last stage, trains and is evaluated" \
    trains_and_evaluates out --step learned-output --output last
check "shared weights train and are evaluated" trains_and_evaluates shared --weights shared
check "theta(c) trains and is evaluated" trains_and_evaluates theta --weights theta

residuals() { # NAME: those of the journal, one a line
    sed -n 's/.*"order_residuals":\[\([^]]*\)\].*/\1/p' "$1/metrics.jsonl" | tr ',' '\n'
}
free_ones_move() {
    trains_and_evaluates free --learn-tableau --lr 1 --weight-decay 0 || return 1
    residuals free
    [ "$(residuals free | wc -l)" -eq 4 ] && grep -q 'order residuals [0-9.e+-]* ' free.err &&
        residuals free | awk 'NR == 1 && $1 > 1e-4 { moved = 1 } END { exit !moved }'
}
check "a learned tableau trains, is evaluated, and prints how far it is from its order" free_ones_move
kept_ones_stay() {
    trains_and_evaluates kept --learn-tableau --project-order 2 --lr 1 --weight-decay 0 || return 1
    residuals kept
    residuals kept | awk 'NR <= 2 && $1 > 1e-6 { bad = 1 } NR == 3 && $1 > 1e-5 { moved = 1 }
        END { exit bad || !moved }'
}
check "a projected one keeps orders 1 and 2, and only those" kept_ones_stay
controlled="--net verner89x1 --weights shared --step controlled --step-tolerance 0.05"
controls() { # f is evaluated 16 times a step, and eval with the same batch finds the same loss
    # shellcheck disable=SC2154,SC2086
    odetape train $controlled $tiny --epochs 2 --out stepped --wide >stepped.out 2>stepped.err || {
        cat stepped.err
        return 1
    }
    summary_has stepped 'step controlled, step-tolerance 0.05, first-step 1,' &&
        grep -q ' steps [0-9]*+[0-9]* f [0-9]*+[0-9]* back, test steps [0-9]*+[0-9]* f [0-9]*$' stepped.err || return 1
    odetape eval stepped/final.safetensors --data small --batch 32 --json | tee stepped.json
    tail -n 2 stepped/metrics.jsonl | head -n 1 | tr ',{}' '\n\n\n' >epoch
    tr ',{}' '\n\n\n' <stepped.json >result
    for key in accepted rejected evaluations; do
        a=$(sed -n "s/^\"test_$key\"://p" epoch)
        b=$(sed -n "s/^ *\"$key\": //p" result)
        [ -n "$a" ] && [ "$a" = "$b" ] || return 1
    done
    awk -F : '/^"train_accepted"/ { n += $2 } /^"train_rejected"/ { n += $2 }
        /^"train_evaluations"/ { f = $2 } END { exit !(n >= 8 && f == 16 * n) }' epoch
}
check "controlled steps train, are evaluated, and are counted" controls
prints_steps() {
    odetape eval stepped/final.safetensors --data small | tee stepped.eval
    grep -q '^steps  *[0-9]* accepted, [0-9]* rejected, of .* with batches of 128$' stepped.eval
}
check "eval prints them" prints_steps
check "a run with controlled steps is verified" odetape verify stepped --data small
refuses_controlled() {
    fails 64 'weights must be shared' odetape train --net verner89 --step controlled --out no &&
        fails 64 'rk4 has no embedded' odetape train --net rk4 --weights shared --step controlled \
            --out no
}
check "controlled steps that cannot be are usage errors" refuses_controlled
check "a step that cannot be clamped is a usage error" \
    fails 64 'fixed step cannot be clamped' odetape train --net rk4 --step-clamp
check "an order that a scheme does not have is a usage error" fails 64 'euler claims order 1' \
    odetape gradcheck --net euler --learn-tableau --project-order 2

# Those of decimals have leading errors so small that the next order shows until rounding dominates.
slopes_are_orders() { # SYSTEM
    tableaux >schemes
    while read -r scheme; do
        odetape scheme slope "$scheme" --ode "$1" | tail -n 1
    done <schemes | tee slopes
    [ "$(wc -l <slopes)" -eq "$(wc -l <schemes)" ] &&
        awk '{ sub(/,/, "", $5); d = $5 - $7; if (d > (/within/ ? 1.5 : 0.1) || d < -0.1) bad = 1 }
            END { exit bad }' slopes
}
check "slopes of all schemes are their orders on a body that turns" slopes_are_orders rigid
check "and on prey and predator" slopes_are_orders lotka
a_file_has_a_slope() {
    odetape scheme show rk4 >mine.tableau && odetape scheme slope ./mine.tableau | grep 'slope [34]\.'
}
check "a file is taken where a name is" a_file_has_a_slope
integrates() {
    odetape scheme integrate verner89 --tolerance 1e-9 | tee pair
    awk '/^steps/ { steps = $2 + $4 } /^evaluations/ { f = $2 } /^error/ { error = $2 }
        END { exit !(steps > 1 && f == 16 * steps && error < 1e-9) }' pair
}
check "the full pair of Verner integrates with 16 evaluations a step" integrates
check "a scheme without an embedded method is refused" fails 64 'rk4 has no embedded method' \
    odetape scheme integrate rk4
finish
