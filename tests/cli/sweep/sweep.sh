#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# Experiments from start to end: finished runs are kept however a sweep ends, and a run that was
# interrupted gives the same bytes as one that was not.
# shellcheck source=tests/tap.sh
. "${srcdir:?}/tests/tap.sh"
# shellcheck source=tests/cli/lib.sh
. "$srcdir/tests/cli/lib.sh"
make_small

experiment() { # FILE LINE...: of networks that take no time
    file=$1
    shift
    printf '%s\n' '[train]' 'data = small' 'width = 4' 'stem-stride = 2' 'batch = 32' "$@" >"$file"
}
experiment two.ini 'net = euler x2 | midpoint x1' 'epochs = 2' 'seed = 1 | 2'

# ---- from start to end -----------------------------------------------------------------------------

dry_run_starts_nothing() {
    odetape sweep two.ini --dry-run >"$scratch/out" 2>/dev/null && cat "$scratch/out" &&
        [ "$(grep -c '^odetape train --net' "$scratch/out")" -eq 4 ] && [ ! -e runs ]
}
check "a dry run prints the commands and starts nothing" dry_run_starts_nothing

sweeps() { # ARGUMENT...: and the table and its results are there
    odetape sweep --wide "$@" >"$scratch/out" 2>"$scratch/err"
    code=$?
    cat "$scratch/out" "$scratch/err"
    return "$code"
}
first_sweep() {
    sweeps two.ini --jobs 2 && [ "$(grep -c ' finished$' "$scratch/out")" -eq 4 ] &&
        [ "$(wc -l <runs/two/results.jsonl)" -eq 4 ] && [ "$(ls -d runs/two/*-seed-* | wc -l)" -eq 4 ]
}
check "a sweep trains all runs and writes a line for each" first_sweep

second_sweep() {
    ls -l --time-sort --full-time runs/two/*/final.safetensors runs/two/*/train.log >before
    sweeps two.ini && grep -q '^runs *4, 4 done' "$scratch/err" &&
        ls -l --time-sort --full-time runs/two/*/final.safetensors runs/two/*/train.log | diff before -
}
check "a second sweep runs nothing" second_sweep

grown_experiment() {
    experiment two.ini 'net = euler x2 | midpoint x1' 'epochs = 2' 'seed = 1 | 2' 'lr = 0.1 | 0.2'
    sweeps two.ini --dry-run && [ "$(grep -c 'lr 0.2' "$scratch/out")" -eq 4 ] &&
        ! grep -q 'lr 0.1' "$scratch/out"
}
check "an experiment that grows keeps what is done" grown_experiment

# The command in results.jsonl, in another directory, trains to the same weights.
command_is_exact() {
    command=$(sed -n '1s/.*"command":"\([^"]*\)".*/\1/p' runs/two/results.jsonl)
    run=${command##*--out }
    eval "odetape ${command#odetape } --force --out again" >/dev/null 2>&1 &&
        cmp "$run/final.safetensors" again/final.safetensors
}
check "the command of a result trains the same bytes" command_is_exact

facts_are_there() {
    for key in net layers seed status parameters convs flops_forward flops_backward epochs steps lr \
        best_accuracy final_accuracy epochs_to_0.80 epochs_to_0.85 accuracies seconds \
        images_per_second peak_bytes; do
        grep -vq "\"$key\":" runs/two/results.jsonl && echo "$key is missing" && return 1
    done
    # 256 images in batches of 32, two epochs.
    [ "$(grep -c '"steps":16[,}]' runs/two/results.jsonl)" -eq 4 ]
}
check "results have what a fair comparison needs" facts_are_there
facts_are_explained() {
    sed -n '1s/"accuracies":.*//p' runs/two/results.jsonl | grep -o '"[a-z0-9_.]*":' | tr -d '":' >keys
    [ "$(wc -l <keys)" -ge 20 ] && while read -r key; do
        sed -n '/^\.Ss Results/,/^\.El/p' "$srcdir/man/odetape-experiment.5" |
            grep -Eq "^\.It Cm (.* )?$key( |\$)" || { echo "$key is not explained"; return 1; }
    done <keys
}
check "the manual explains every key of results" facts_are_explained

# ---- interruptions ---------------------------------------------------------------------------------

# Images enough that a signal, sent when the first epoch is over, finds the second on its way.
mkdir many && cp small/* many && head -c $((1000 * 3073)) "$images/data_batch_1.bin" >many/data_batch_1.bin
experiment long.ini 'net = euler x2 | rk4 x1' 'epochs = 2' 'save-every = 5' '[grid]' 'batch = 1'
sed 's/data = small/data = many/' long.ini >more.ini && mv more.ini long.ini
epochs_of() { # DIR: that are in the journals
    cat "$1"/*/metrics.jsonl 2>/dev/null | grep -c '"event":"epoch"'
}
until_epochs() { # DIR N
    for _ in $(seq 300); do
        [ "$(epochs_of "$1")" -ge "$2" ] && return
        sleep 0.1
    done
    return 1
}
odetape sweep long.ini --out whole >/dev/null 2>&1

interrupted() { # SIGNAL CODE: it ends within seconds, prints how to continue, and continues to the same
    rm -rf cut
    env "--default-signal=$1" odetape sweep long.ini --out cut >/dev/null 2>err &
    sweep=$!
    until_epochs cut 1
    kill "-$1" "$sweep"
    code=0
    wait "$sweep" || code=$?
    cat err
    [ "$code" -eq "$2" ] || return 1
    ! ls cut/rk4*/final.safetensors 2>/dev/null && grep -q 'continue with: odetape sweep long.ini --out cut$' err &&
        sweeps long.ini --out cut && went_on && same_weights
}
went_on() { # rather than from the start
    grep -l '"event":"resume"' cut/*/metrics.jsonl
}
same_weights() {
    for run in whole/*-seed-*; do
        cmp "$run/final.safetensors" "cut/${run#whole/}/final.safetensors" || return 1
    done
}
check "a sweep that gets SIGTERM continues to the same bytes" interrupted TERM 143
check "a sweep that gets SIGHUP continues to the same bytes" interrupted HUP 129

child_of() { # PID
    grep -l "^PPid:[^0-9]*$1\$" /proc/[0-9]*/status 2>/dev/null | head -n 1 | tr -dc '0-9'
}
# The sweep itself is killed and started again at once.  Its member still finishes a batch and saves;
# the next sweep waits for it, which may take less than the time after which it says so, and continues.
killed() {
    rm -rf cut
    env odetape sweep long.ini --out cut >/dev/null 2>&1 &
    sweep=$!
    until_epochs cut 1
    member=$(child_of "$sweep")
    kill -STOP "$member"
    kill -KILL "$sweep"
    wait "$sweep" 2>/dev/null
    { sleep 1 && kill -CONT "$member"; } &
    sweeps long.ini --out cut && grep interrupted cut/*/train.log && went_on && same_weights
}
check "a sweep that is killed takes no run with it" killed

# flock(1) stands for a training that another sweep has left running.
experiment few.ini 'net = euler x2' 'epochs = 1' 'seed = 1 | 2'
few_member=euler-x2-width-4-stem-stride-2-data-small-epochs-1-batch-32-seed-1
hold() { # DIR SECONDS: a member's; sets holder
    mkdir -p "$1/$few_member" && : >"$1/$few_member/.lock"
    flock --close "$1/$few_member/.lock" sleep "$2" &
    holder=$!
    for _ in $(seq 100); do
        flock --nonblock "$1/$few_member/.lock" true || return 0
        sleep 0.05
    done
    return 1
}
held() { # for a second
    hold held 1 && sweeps few.ini --out held && [ "$(grep -c ' finished$' "$scratch/out")" -eq 2 ] &&
        grep -q "^odetape: held/$few_member is locked by another process; waiting" "$scratch/err"
}
check "a sweep waits for a run that is locked for a second" held
held_for_ever() { # the other one is trained; the next sweep does the rest
    hold ever 30 || return 1
    sweeps few.ini --out ever
    code=$?
    kill "$holder"
    [ "$code" -eq 1 ] && [ "$(grep -c ' finished$' "$scratch/out")" -eq 1 ] &&
        grep -q "^odetape: ever/$few_member: another process is training here; wait for it" "$scratch/err" &&
        sweeps few.ini --out ever && [ "$(grep -c ' finished$' "$scratch/out")" -eq 2 ]
}
check "a run that stays locked is left out" held_for_ever
ended_while_waiting() {
    hold ended 30 || return 1
    env odetape sweep few.ini --out ended >out 2>err &
    sweep=$!
    for _ in $(seq 300); do
        grep -q 'waiting up to' err && break
        sleep 0.1
    done
    kill -TERM "$sweep"
    code=0
    wait "$sweep" || code=$?
    kill "$holder"
    cat err
    [ "$code" -eq 143 ] && grep -q 'continue with' err && ! grep -q 'another process is training' err
}
check "a sweep that waits for a lock can be ended" ended_while_waiting

# Another directory takes the name of the sweep's: nothing is written into it, and the run saves.
experiment endless.ini 'net = euler x2' 'epochs = 100000'
replaced() {
    timeout 60 odetape sweep endless.ini --out gone >out 2>err &
    sweep=$!
    until_epochs gone 1
    mv gone old && mkdir gone
    code=0
    wait "$sweep" || code=$?
    cat out err
    [ "$code" -eq 74 ] && [ -z "$(ls -A gone)" ] && grep interrupted old/*/train.log &&
        ls old/*/checkpoint-* && grep -q 'continue with' err &&
        [ "$(grep -c 'the directory was moved, replaced or removed' err)" -eq 1 ]
}
check "a sweep whose directory is replaced asks its runs to save, and stops" replaced

member_killed() { # one crashes, the other is trained, the next sweep finishes the first
    rm -rf cut
    env odetape sweep long.ini --out cut >out 2>err &
    sweep=$!
    until_epochs cut 1
    kill -KILL "$(child_of "$sweep")"
    code=0
    wait "$sweep" || code=$?
    cat out err
    [ "$code" -eq 1 ] && grep -q 'ended by signal 9' err && grep -q ' failed$' out &&
        grep -q ' finished$' out && [ "$(grep -c '"status":"failed"' cut/results.jsonl)" -eq 1 ] &&
        sweeps long.ini --out cut && went_on && same_weights
}
check "a member that is killed is reported, and continues in the next sweep" member_killed

# Files may not grow beyond 4 kB: the run cannot save, as on a full disk.
full() {
    rm -rf cut
    (
        ulimit -f 8
        odetape sweep long.ini --out cut
    ) >out 2>err
    code=$?
    cat out err
    [ "$code" -eq 74 ] && ! grep -q ' finished$' out && grep -q 'continue with' err &&
        sweeps long.ini --out cut && same_weights
}
check "a sweep that cannot write stops, and continues when it can" full

locked() {
    env odetape sweep long.ini --out busy >/dev/null 2>&1 &
    sweep=$!
    until_epochs busy 1
    fails 75 'busy' odetape sweep long.ini --out busy
    result=$?
    kill "$sweep"
    wait "$sweep"
    return "$result"
}
check "two sweeps do not share a directory" locked

# ---- divergence ------------------------------------------------------------------------------------

diverges() { # the other one is trained, and neither is run again
    experiment wild.ini 'net = euler x2' 'epochs = 2' 'lr = 1e12 | 0.01'
    sweeps wild.ini && grep -q '1000000000000 .* diverged$' "$scratch/out" &&
        grep -q '0.01 .* finished$' "$scratch/out" &&
        grep -q '"status":"diverged"' runs/wild/results.jsonl && sweeps wild.ini &&
        grep -q '^runs *2, 2 done' "$scratch/err"
}
check "a run that diverges is marked, and the sweep continues" diverges

# Journals with losses as a training would write them.
journal() { # DIR LOSS...
    dir=$1
    n=0
    shift
    mkdir -p "$dir"
    {
        sed -n 1p runs/two/euler-x2-*-seed-1/metrics.jsonl
        for loss; do
            n=$((n + 1))
            echo "{\"event\":\"epoch\",\"epoch\":$n,\"lr\":0.1,\"train_loss\":$loss,\"test_accuracy\":0.5}"
        done
    } >"$dir/metrics.jsonl"
}
status_of() { # STATUS DIR
    odetape compare --wide "$2" >"$scratch/out" && cat "$scratch/out" && grep -q " 1 $1\$" "$scratch/out"
}
journal low 2.4 2.35 2.30 2.2
journal guessing 2.4 2.35 2.31 1.2
journal high 2.4 23.1 1.0 0.5
journal peak 2.4 23.0 1.0 0.5
journal null 2.4 null
check "a loss below that of guessing after three epochs has not diverged" status_of unfinished low
check "a loss of guessing after three epochs has diverged" status_of diverged guessing
check "a loss of more than ten times guessing has diverged" status_of diverged high
check "a loss of ten times guessing has not" status_of unfinished peak
check "a loss that is no number has diverged" status_of diverged null

# ---- comparisons -----------------------------------------------------------------------------------

check "networks of unequal cost are not compared" \
    fails 65 'has 4 convolutions .* has 8; --convs 4 .* --unequal' odetape compare --wide runs/two whole
unequal() {
    odetape compare --wide --unequal runs/two whole >"$scratch/out" && cat "$scratch/out" &&
        [ "$(wc -l <"$scratch/out")" -ge 4 ]
}
check "unless asked for" unequal

# Mean and deviation of 0.5 and 0.7, and an accuracy reached by one seed of two only.
spread() {
    for seed in 1 2; do
        sed -e 's/"best_accuracy":[0-9.e-]*/"best_accuracy":0.'$((3 + 2 * seed))/ \
            -e 's/"epochs_to_0.80":0/"epochs_to_0.80":'$((4 + seed))/ \
            -e 's/"epochs_to_0.85":0/"epochs_to_0.85":'$((9 * seed - 9))/ \
            runs/two/results.jsonl | grep '"net":"euler x2","layers":6,"seed":"'$seed'"'
    done >spread.jsonl
    odetape compare --wide spread.jsonl >"$scratch/out" && cat "$scratch/out" &&
        grep -q ' 1,2  *60.00 +- 14.14 .* 5.50 +- 0.71  *- .* 2 finished$' "$scratch/out"
}
check "runs that differ in their seed are a row with mean and deviation" spread

# Half of the images are classified after the second epoch of one seed and the first of the other; 70 %
# after the fourth of one only.
reach() {
    sed -e '1s/"accuracies":[^]]*/"accuracies":[0.3,0.5,0.6,0.7/' \
        -e '2s/"accuracies":[^]]*/"accuracies":[0.55,0.4,0.5,0.6/' spread.jsonl >reach.jsonl
    odetape compare --wide reach.jsonl --reach 0.5,0.7 --relative >"$scratch/out" && cat "$scratch/out" &&
        grep -q ' epochs to 50%  *epochs to 70% .* to 50%  *to 70% ' "$scratch/out" &&
        grep -q ' 1.50 +- 0.71  *- .* 1.00x  *-  2 finished$' "$scratch/out" &&
        odetape compare --wide --convs 4 runs/two/euler-x2-*-seed-1 --reach 0.01,1 >"$scratch/out" &&
        grep -q ' 1.00  *- ' "$scratch/out"
}
check "epochs are counted to the accuracies that are asked for" reach
older() {
    sed 's/"accuracies":[^]]*],* *//' spread.jsonl >older.jsonl
    odetape compare --wide older.jsonl >"$scratch/out" && grep -q ' 5.50 +- 0.71 ' "$scratch/out" &&
        fails 65 'no accuracies of its epochs, .* odetape sweep again' \
            odetape compare --wide older.jsonl --reach 0.5,0.7
}
check "results without accuracies are compared, but not by others" older
check "an accuracy above 1 is a usage error" fails 64 'reach is' odetape compare --wide runs/two --reach 80,85

# The same run with two lists of milestones.
milestones() {
    grep '"net":"euler x2","layers":6,"seed":"1"' runs/two/results.jsonl | sed -e p \
        -e 's/"milestones":\(\[[^]]*\]\|"[^"]*"\)/"milestones":[7,9]/' >milestones.jsonl
    odetape compare --wide milestones.jsonl >"$scratch/out" && cat "$scratch/out" &&
        [ "$(grep -c milestones "$scratch/out")" = 2 ] && grep -q 'milestones \[7,9\]' "$scratch/out"
}
check "rows that differ only in their milestones are named by them" milestones
check "a file that is not of results is refused with its line" \
    fails 65 'two.ini:1: ' odetape compare --wide two.ini
check "a directory without a run is reported" fails 66 'small has neither' odetape compare --wide small
finish
