#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# Every command that takes a network takes one with controlled steps, which is several programs, as it
# takes one that is one program.  None refuses either, except that the gradient check takes no
# continuous adjoint.
# shellcheck source=tests/tap.sh
. "${srcdir:?}/tests/tap.sh"
# shellcheck source=tests/cli/lib.sh
. "$srcdir/tests/cli/lib.sh"
make_small

network() { # KIND: its options
    steps='--weights shared --step controlled --step-tolerance 0.5'
    case $1 in
    one) echo '--net midpointx1 --width 4' ;;
    controlled) echo "--net bogacki_shampine32x1 --width 4 $steps" ;;
    levels) echo "--net heun2x1 --levels 4,6:2 --down connector $steps" ;;
    equal) echo '--net rk4_38x1 --width 4 --subnet timed --weights shared --step controlled --step-count 2' ;;
    adjoint) echo "--net heun2x1 --levels 4,6:2 --down connector $steps --gradient backsolve" ;;
    esac
}

# shellcheck disable=SC2034,SC2154 # training is in commands
training='--stem-stride 2 --data small --batch 32 --epochs 1 --seed 3'
# One command a line; `net` becomes the options, `run` the directory of a training.
commands='tape net --batch 2
tape net --batch 2 --json
tape net --batch 2 --dot
plan net --batch 2
plan net --batch 2 --records
plan net --batch 2 --measure
plan net --batch 2 --evaluate --measure
gradcheck net
gradcheck net --evaluate
gradcheck net --float32
train net training --profile --out profiled
eval run
report run
compare run
verify run
landscape run --kind line --points 2 --images 32 --no-plot --out land
inspect run/final.safetensors
sweep experiment --dry-run
sweep experiment --out swept'

experiment() { # KIND: an experiment of one run
    echo '[train]'
    # shellcheck disable=SC2046 # the options are several words
    set -- $(network "$1")
    while [ $# -gt 0 ]; do
        echo "${1#--} = $2"
        shift 2
    done
    printf '%s\n' 'stem-stride = 2' 'epochs = 1' 'data = small' 'batch = 32'
}

takes() { # KIND COMMAND
    rm -rf profiled land swept
    words=" $2 "
    words=$(echo "$words" | sed "s| net | $(network "$1") |; s| training | $training |
        s| run| run-$1|; s| experiment | $1.ini |")
    # shellcheck disable=SC2086 # words are several
    odetape $words >"$1.out" 2>"$1.err" && return
    echo "odetape$words"
    cat "$1.out" "$1.err"
    return 1
}

for kind in one controlled levels equal adjoint; do
    experiment "$kind" >"$kind.ini"
    # shellcheck disable=SC2046,SC2086
    check "a network of kind $kind trains" \
        odetape train $(network "$kind") $training --out "run-$kind"
    echo "$commands" >list
    while IFS= read -r command; do
        case $kind:$command in adjoint:gradcheck*) continue ;; esac
        check "a network of kind $kind is taken by: $command" takes "$kind" "$command" </dev/null
    done <list
done

has() { # REGEX COMMAND...: what it prints
    regex=$1
    shift
    odetape "$@" >"$scratch/out" 2>&1
    grep -E "$regex" "$scratch/out" || {
        cat "$scratch/out"
        return 1
    }
}
not_replayed() {
    # shellcheck disable=SC2046
    odetape gradcheck $(network one) >"$scratch/out" && ! grep replayed "$scratch/out"
}
refuses_adjoint() {
    # shellcheck disable=SC2046
    ! odetape gradcheck $(network adjoint) 2>"$scratch/err" && grep 'check the gradient discrete' "$scratch/err"
}
check "the continuous adjoint is no gradient of steps, and is not checked as one" refuses_adjoint
both_ways() { # KIND: evaluations forward and backward in the journal
    grep -q '"train_backward_evaluations": *[1-9]' "run-$1/metrics.jsonl"
}
for kind in controlled equal adjoint; do
    check "the journal of kind $kind counts evaluations both ways" both_ways "$kind"
done
# shellcheck disable=SC2046 # the options are several words
{
    check "plan counts evaluations both ways" \
        has '^evaluations of f in one step of each block: 4 forward, 3 backward$' plan $(network controlled) --batch 2
    check "and those of all equal steps" \
        has '4 forward, 4 backward; in all 2 steps: 8 and 8$' plan $(network equal) --batch 2
    check "the adjoint makes as many with an estimate of its error" \
        has '4 forward, 4 backward$' plan $(network adjoint) --batch 2
    check "its program is one evaluation" \
        has '^; blocks\.1, one evaluation, and backward$' tape $(network adjoint) --batch 2
    check "the gradient check says that steps are replayed" \
        has '^replayed +[1-9][0-9]* controlled steps' gradcheck $(network controlled)
    check "but none of fixed steps are" not_replayed
    check "tape shows the stem" has '^; stem$' tape $(network levels) --batch 2
    check "and one step of a block" has '^; blocks\.1, one step$' tape $(network levels) --batch 2
    check "and what lies between levels" has '^; levels\.1$' tape $(network levels) --batch 2
    check "plan has the cost of a step" \
        has '^blocks\.0, one step +[0-9.]+ [kM] +0 ' plan $(network controlled) --batch 2
    check "and that of the head" has '^head +[0-9.]+ k +[0-9.]+ k' plan $(network levels) --batch 2
}
programs() { # KIND: the entries of tape --json
    # shellcheck disable=SC2046
    odetape tape $(network "$1") --batch 2 --json | grep -c '"steps_forward"'
}
counts() {
    [ "$(programs one)" -eq 1 ] && [ "$(programs controlled)" -eq 4 ] && [ "$(programs levels)" -eq 7 ]
}
check "tape --json has all programs" counts
finish
