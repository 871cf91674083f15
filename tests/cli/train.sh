#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# A training from start to end: its files, its progress, its signals.
# shellcheck source=tests/tap.sh
. "${srcdir:?}/tests/tap.sh"
# shellcheck source=tests/cli/lib.sh
. "$srcdir/tests/cli/lib.sh"
make_small
: >file
cr=$(printf '\r')
esc=$(printf '\033')

train() { # NET OPTIONS...
    net=$1
    shift
    # shellcheck disable=SC2086 # tiny is options
    odetape train --net "$net" $tiny "$@"
}

# ---- a run ----

ends_well() {
    train 'euler x1, rk4x1' --epochs 3 --out run >summary 2>progress && cat summary progress &&
        [ -s run/final.safetensors ] && [ ! -e run/interrupted.safetensors ] &&
        [ "$(grep -c '"event":"epoch"' run/metrics.jsonl)" -eq 3 ]
}
check "a training leaves its weights and a line an epoch" ends_well

says_what_runs() {
    for word in 'euler x1, rk4 x1' 'euler: order 1' 'rk4: order 4, 4 stages' 'params' 'head' 'FLOP' \
        'predicted' 'thread' 'BLIS' 'small: 256' 'seed      1' 'run$' 'after epochs 1, 2;'; do
        grep -Eq "$word" progress || {
            echo "no '$word' in what it said"
            return 1
        }
    done
}
check "before the first batch it says what is going to run" says_what_runs
check "a summary tells accuracy, time, memory, files and what is next" \
    test "$(grep -cE '^(accuracy|time|memory|files|next) ' summary)" -eq 5

plain() { # FILE: made for a log
    ! grep -q "[$cr$esc]" "$1" && [ "$(grep -c '^epoch ' "$1")" -eq 3 ] &&
        ! grep '^epoch' "$1" | grep -E '^.{121}'
}
check "in a file the progress is a plain line an epoch" plain progress

evaluates() {
    odetape eval run/final.safetensors --data small >"$scratch/out" && cat "$scratch/out" &&
        last=$(sed -n 's/^accuracy *\([0-9.]*\)%.*/\1/p' summary) &&
        [ -n "$last" ] && grep -Fx "accuracy  $last%" "$scratch/out"
}
check "eval finds the accuracy that the training ended with" evaluates
check "eval prints JSON" sh -c \
    "odetape eval run/final.safetensors --data small --json | grep -E '^\{\"loss\": [0-9.]+, .*\}$'"
long_net() { # as long as the library takes
    group='euler                                                   x1'
    net=$group,$group,$group,$group,$group,$group
    net=$net,$net
    train "$net" --epochs 1 --out long >/dev/null 2>&1 &&
        odetape eval long/final.safetensors --data small | grep '^accuracy'
}
check "a long description of a network comes back whole" long_net
same_accuracy() {
    for batch in 1 37 4096; do
        odetape eval run/final.safetensors --data small --batch $batch --threads $((batch % 2 + 1)) |
            sed -n '/^accuracy/p'
    done | sort -u | tee "$scratch/accuracies"
    [ "$(wc -l <"$scratch/accuracies")" -eq 1 ]
}
check "eval does not depend on batch and threads" same_accuracy

same_bits() {
    train 'euler x1, rk4x1' --epochs 3 --out again --threads 3 >/dev/null 2>&1 &&
        cmp run/final.safetensors again/final.safetensors
}
check "three threads give the same file" same_bits

# ---- what is in the file is what is evaluated ----

# Change the header, keeping its length, and hide the checksums, as a file from elsewhere has none.
spoiled() { # NAME SED-SCRIPT
    LC_ALL=C sed -e "$2" -e 's/"xxh3/"none/g' run/final.safetensors >"$1"
}
LC_ALL=C sed 's/"lr":"0.1"/"lr":"0.2"/' run/final.safetensors >lr.safetensors
check "a changed header is noticed" fails 65 'checksum' odetape eval lr.safetensors
head -c 400 run/final.safetensors >cut.safetensors
check "weights that are cut are refused" fails 65 'cut.safetensors' odetape eval cut.safetensors
check "weights that are not there are told" fails 66 'none' odetape eval none.safetensors
check "a text is no weights" fails 65 'summary' odetape eval summary
spoiled net.safetensors 's/euler x1, rk4 x1/eulex x1, rk4 x1/'
check "an unknown network in a file is bad data" fails 65 'euler' odetape eval net.safetensors
spoiled width.safetensors 's/"width":"4"/"width":"x"/'
check "a width that is no number in a file is bad data" \
    fails 65 "width is 'x'" odetape eval width.safetensors
spoiled key.safetensors 's/"net":/"nut":/'
check "a file that does not tell its network is bad data" fails 65 'net' odetape eval key.safetensors

# ---- where it goes ----

check "a run is not overwritten" fails 73 'holds a run already' train rk4x1 --out run
replaces() {
    train eulerx1 --epochs 1 --out again --force >/dev/null 2>&1 &&
        [ "$(grep -c '"event":"epoch"' again/metrics.jsonl)" -eq 1 ]
}
check "unless it is forced" replaces
check "a directory that cannot be made is told before the training" \
    fails 73 'file/run' train rk4x1 --epochs 1000000 --out file/run
check "a file in its place is told" fails 73 "'file'" train rk4x1 --epochs 1000000 --out file
new_names() {
    train 'euler x1' --epochs 1 --seed 7 >/dev/null 2>&1 &&
        train 'euler x1' --epochs 1 --seed 7 >/dev/null 2>&1 &&
        [ -s runs/euler-x1-7/final.safetensors ] && [ -s runs/euler-x1-7-2/final.safetensors ]
}
check "without --out each run gets a new directory" new_names

diverges() {
    code=0
    train rk4x1 --lr 1e30 --epochs 5 --out diverged >"$scratch/out" 2>"$scratch/err" || code=$?
    cat "$scratch/err"
    [ "$code" -eq 79 ] && [ ! -e diverged/final.safetensors ] &&
        tail -n 1 "$scratch/err" | grep -E '^odetape: .*epoch 1.*step [0-9]+'
}
check "a loss that is not finite ends it with 79, epoch and step, and no weights" diverges
check "--max-seconds ends it early" sh -c \
    "odetape train --net eulerx1 $tiny --epochs 1000000 --max-seconds 0.2 --out short &&
     test -s short/final.safetensors"

summary_to_full() {
    code=0
    train eulerx1 --epochs 1 --out full >/dev/full 2>"$scratch/err" || code=$?
    [ "$code" -eq 74 ] && [ -s full/final.safetensors ]
}
check "a summary that cannot be written exits with 74, and the weights are there" summary_to_full

# ---- signals ----

until_true() { # COMMAND...: within 30 s
    for _ in $(seq 300); do
        "$@" 2>/dev/null && return 0
        sleep 0.1
    done
    return 1
}

interrupted() { # SIGNAL CODE
    # A shell starts background jobs with SIGINT ignored, which the program would respect.
    # shellcheck disable=SC2086
    env --default-signal=INT odetape train --net eulerx1 $tiny --epochs 1000000 \
        --out "$1" >"$scratch/out" 2>"$scratch/err" &
    pid=$!
    until_true grep -q '"event":"epoch"' "$1/metrics.jsonl" || return 1
    kill -s "$1" $pid
    code=0
    wait $pid || code=$?
    tail -n 2 "$scratch/err"
    [ "$code" -eq "$2" ] && [ ! -e "$1/final.safetensors" ] && [ ! -s "$scratch/out" ] &&
        tail -n 1 "$scratch/err" | grep -E '^odetape: interrupted after [0-9]+ of 1000000 epochs' &&
        odetape eval "$1/interrupted.safetensors" --data small
}
check "SIGINT ends it after the batch, saves and exits with 130" interrupted INT 130
check "SIGTERM ends it after the batch, saves and exits with 143" interrupted TERM 143

# The reference kernels take minutes for this batch.
ends_at_once() {
    env --default-signal=INT ODETAPE_KERNELS=reference odetape train --net verner89x2 --width 128 \
        --stem-stride 2 --data small --batch 32 --out slow >"$scratch/out" 2>"$scratch/err" &
    pid=$!
    until_true grep -q '^output' "$scratch/err" || return 1
    kill -s INT $pid
    sleep 1
    kill -s INT $pid || return 1 # it was still in its batch
    sh -c "sleep 20; kill -s KILL $pid" >/dev/null 2>&1 & # if it does not
    code=0
    wait $pid || code=$?
    kill $! 2>/dev/null
    [ "$code" -eq 130 ] && [ ! -e slow/interrupted.safetensors ]
}
check "a second SIGINT ends it at once" ends_at_once

# ---- a terminal ----

on_terminal() { # ENVIRONMENT...: what goes to a terminal, in the file screen
    # shellcheck disable=SC2086
    script -qec "env TERM=xterm COLUMNS=100 LC_ALL=C.UTF-8 $* odetape train --net rk4x1 $tiny \
        --epochs 2 --force --out screen-run" /dev/null </dev/null >screen 2>&1
    tr "$cr" '\n' <screen | tail -n 5
}
draws() {
    on_terminal && grep -q "$esc\[K" screen && grep -q "$esc\[32m" screen && grep -q 'ETA' screen &&
        grep -q '█' screen
}
fits() { # no drawn line is wider than the terminal
    tr "$cr" '\n' <screen | sed "s/$esc\[[0-9]*[mK]//g" | grep ETA >drawn
    [ -s drawn ] && ! LC_ALL=C.UTF-8 grep -E '^.{100}' drawn
}
no_colour() {
    on_terminal NO_COLOR=1 && grep -q "$esc\[K" screen && ! grep -q "$esc\[32m" screen
}
narrow() {
    on_terminal COLUMNS=30 && tr "$cr" '\n' <screen | sed "s/$esc\[[0-9]*[mK]//g" | grep '%' |
        grep -v 'test loss\|on the test' >drawn
    [ -s drawn ] && ! LC_ALL=C.UTF-8 grep -E '^.{30}' drawn
}
dumb() {
    on_terminal TERM=dumb && ! grep -q "$esc" screen && ! tr -d '\n' <screen | grep -q "$cr$cr"
}
ascii() {
    on_terminal LC_ALL=C && grep -q '#' screen && ! grep -q '█' screen
}
# Some places let script start but never show what it ran: there is no terminal to test on there.
if script -qec true /dev/null >/dev/null 2>&1 &&
    { on_terminal >first 2>&1 || true; } && [ -s screen ]; then
    check "on a terminal it draws a bar in colour" draws
    check "which fits the terminal" fits
    check "NO_COLOR takes the colour away" no_colour
    check "a narrow terminal gets no bar and no wrapped line" narrow
    check "a dumb terminal gets plain lines" dumb
    check "a terminal without UTF-8 gets a bar of ASCII" ascii
else
    skip "progress on a terminal" "script cannot make a terminal here"
fi
finish
