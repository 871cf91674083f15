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
        [ -s run/final.safetensors ] && [ -s run/best.safetensors ] &&
        [ -s run/checkpoint-00000024.safetensors ] && [ -s run/checkpoint-00000016.safetensors ] &&
        [ ! -e run/checkpoint-00000008.safetensors ] &&
        [ "$(grep -c '"event":"epoch"' run/metrics.jsonl)" -eq 3 ]
}
check "a training leaves its weights and a line an epoch" ends_well

says_what_runs() {
    for word in 'euler x1, rk4 x1' 'euler: order 1' 'rk4: order 4, 4 stages' 'params' 'head' 'FLOP' \
        'predicted' 'thread' 'BLIS' 'small: 256' 'seed 1,' 'output run ' 'milestones 1,2,'; do
        tr -s ' \n' ' ' <progress | grep -Eq "$word" || {
            echo "no '$word' in what it said"
            return 1
        }
    done
}
check "before the first batch it says what is going to run" says_what_runs
check "a summary prints accuracy, time, memory, files and what is next" \
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
check "weights that are not there are reported" fails 66 'none' odetape eval none.safetensors
check "a text is no weights" fails 65 'summary' odetape eval summary
spoiled net.safetensors 's/euler x1, rk4 x1/eulex x1, rk4 x1/'
check "an unknown network in a file is bad data" fails 65 'euler' odetape eval net.safetensors
spoiled width.safetensors 's/"width":"4"/"width":"x"/'
check "a width that is no number in a file is bad data" \
    fails 65 "width is 'x'" odetape eval width.safetensors
spoiled key.safetensors 's/"net":/"nut":/'
check "a file that does not describe its network is bad data" fails 65 'net' odetape eval key.safetensors

# ---- where it goes ----

check "a run is not overwritten" fails 73 'already holds a run' train rk4x1 --out run
replaces() {
    train eulerx1 --epochs 1 --out again --force >/dev/null 2>&1 &&
        [ "$(grep -c '"event":"epoch"' again/metrics.jsonl)" -eq 1 ]
}
check "unless it is forced" replaces
refused_keeps() { # a batch that memory does not hold is refused after everything else
    ls -A again >before && cksum again/* >sums &&
        fails 71 'the largest batch that fits' \
            sh -c 'ulimit -v 700000 && OMP_NUM_THREADS=1 exec odetape train --net rk4x4 --width 64 \
                --stem-stride 2 --data small --batch 2048 --epochs 1 --out again --force' &&
        ls -A again | diff before - && cksum again/* | diff sums -
}
check "a training that is refused has removed nothing of the run that it would replace" refused_keeps
check "a directory that cannot be made is reported before the training" \
    fails 73 'file/run' train rk4x1 --epochs 1000000 --out file/run
check "a file in its place is reported" fails 73 "'file'" train rk4x1 --epochs 1000000 --out file
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
        tail -n 1 "$scratch/err" |
        grep -E '^odetape: .*epoch 1.*step [0-9]+.*record %[0-9]+, [a-z_0-9]+ in .*within .* \.\. '
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

# ---- interruptions ----

until_true() { # COMMAND...: within 30 s
    for _ in $(seq 300); do
        "$@" 2>/dev/null && return 0
        sleep 0.1
    done
    return 1
}

# A shell starts background jobs with SIGINT ignored, which the program would respect.
in_background() { # OPTIONS...: sets pid
    env --default-signal=INT odetape train "$@" >"$scratch/summary" 2>"$scratch/told" &
    pid=$!
}

epochs_of() { # RUN: how many its journal has
    grep -c '"event":"epoch"' "$1/metrics.jsonl"
}
has_checkpoint() { # RUN: any, as old ones go
    ls "$1"/checkpoint-*.safetensors >"$scratch/listed"
}
more_epochs() { # RUN N
    [ "$(epochs_of "$1")" -gt "$2" ]
}

interrupted() { # SIGNAL CODE: then the command that it prints continues
    # shellcheck disable=SC2086
    in_background --net eulerx1 $tiny --epochs 1000000 --keep 3 --out "$1"
    until_true more_epochs "$1" 0 || return 1
    kill -s "$1" $pid
    code=0
    wait $pid || code=$?
    tail -n 2 "$scratch/told"
    [ "$code" -eq "$2" ] && [ ! -e "$1/final.safetensors" ] && [ ! -s "$scratch/summary" ] || return 1
    next=$(tail -n 1 "$scratch/told" | sed -n \
        's/^odetape: interrupted after [0-9]* of 1000000 epochs; continue with: odetape \(.*\)$/\1/p')
    [ "$next" = "train --resume $1 --keep 3" ] || return 1
    epochs=$(epochs_of "$1")
    # shellcheck disable=SC2086
    in_background ${next#train }
    until_true more_epochs "$1" "$epochs" || return 1
    kill -s "$1" $pid
    wait $pid
    odetape eval "$1/best.safetensors" --data small && grep -q '"event":"resume"' "$1/metrics.jsonl"
}
check "SIGINT ends it after the step, saves, prints how to resume and exits with 130" interrupted INT 130
check "SIGTERM ends it after the step, saves, prints how to resume and exits with 143" interrupted TERM 143

saves_on_usr1() {
    # shellcheck disable=SC2086
    in_background --net verner89x1 $tiny --epochs 2 --keep 100 --out usr1
    until_true has_checkpoint usr1 || return 1
    kill -s USR1 $pid && wait $pid || return 1
    ls usr1
    [ -s usr1/final.safetensors ] && [ "$(find usr1 -name 'checkpoint-*' | wc -l)" -eq 4 ]
}
check "SIGUSR1 saves and continues" saves_on_usr1

# The same run without interruption, and interrupted and resumed many times with other numbers of
# threads.
same_after_interruptions() {
    train 'euler x1, rk4x1' --epochs 3 --out whole >/dev/null 2>&1 || return 1
    # shellcheck disable=SC2086
    in_background --net 'euler x1, rk4x1' $tiny --epochs 3 --out pieces --save-every 3
    until_true has_checkpoint pieces || return 1
    for threads in 2 3 1 4 2 3 1 8 2 3; do
        sleep 0.15
        kill -s TERM $pid 2>/dev/null
        wait $pid
        [ -e pieces/final.safetensors ] && break
        in_background --resume pieces --threads $threads --save-every 3
    done
    wait $pid
    [ -e pieces/final.safetensors ] || odetape train --resume pieces >"$scratch/out" 2>&1 || return 1
    cmp whole/final.safetensors pieces/final.safetensors &&
        cmp whole/best.safetensors pieces/best.safetensors &&
        cmp whole/checkpoint-00000024.safetensors pieces/checkpoint-00000024.safetensors
}
check "interrupted and resumed it ends with the same files" same_after_interruptions
augmented() { # a policy and a cutout come back with the run; without them files do not have them
    train eulerx1 --epochs 2 --augment autoaugment --cutout 16 --out cut --save-every 3 >/dev/null 2>&1 ||
        return 1
    rm cut/final.safetensors
    cp -r cut resumed && rm resumed/checkpoint-00000016.safetensors &&
        odetape train --resume resumed --threads 3 >"$scratch/out" 2>"$scratch/err" || return 1
    tr -s ' \n' ' ' <"$scratch/err" | grep 'augment autoaugment, crop 4, cutout 16 ' &&
        cmp cut/checkpoint-00000016.safetensors resumed/checkpoint-00000016.safetensors &&
        grep -aq '"augment":"autoaugment"' cut/checkpoint-00000016.safetensors &&
        ! grep -aEq '"(augment|cutout)"' whole/final.safetensors
}
check "an augmented run that is resumed is augmented on" augmented
mixed() { # NAME OPTIONS...: smoothing and mixup come back with the run
    name=$1
    shift
    odetape train $tiny --epochs 2 --label-smoothing 0.1 --mixup 0.4 --out "$name" --save-every 3 \
        --net "$@" >/dev/null 2>&1 || return 1
    rm "$name/final.safetensors"
    cp -r "$name" "$name-2" && rm "$name-2/checkpoint-00000016.safetensors" &&
        odetape train --resume "$name-2" --threads 3 >"$scratch/out" 2>"$scratch/err" || return 1
    tr -s ' \n' ' ' <"$scratch/err" | grep 'label-smoothing 0.1 .*mixup 0.4' &&
        cmp "$name/checkpoint-00000016.safetensors" "$name-2/checkpoint-00000016.safetensors" &&
        grep -aq '"mixup":"0.4' "$name/checkpoint-00000016.safetensors" &&
        grep -aq '"second-labels":"true"' "$name/checkpoint-00000016.safetensors" &&
        ! grep -aEq '"(mixup|label-smoothing|second-labels)":"' whole/final.safetensors
}
check "a run with smoothed and mixed labels that is resumed goes on with them" mixed mixed eulerx1
check "so is one with controlled steps" mixed steered bogacki_shampine32x1 --step controlled \
    --weights shared
takes_mixed() { # what reads a run reads these too
    for run in mixed-2 steered-2; do
        for command in eval verify report \
            "landscape --kind line --points 3 --images 40 --no-plot --out $run-l"; do
            # shellcheck disable=SC2086 # a command and its options
            case $command in
            landscape* | eval) set -- $command "$run/final.safetensors" --data small ;;
            *) set -- $command "$run" ;;
            esac
            odetape "$@" >"$scratch/out" 2>&1 || {
                cat "$scratch/out"
                echo "odetape $*"
                return 1
            }
        done
    done
}
check "other commands take these runs" takes_mixed
records_smoothed() {
    for command in tape plan gradcheck 'tape --evaluate' 'gradcheck --evaluate'; do
        # shellcheck disable=SC2086 # a command and its option
        odetape $command --net eulerx1 --width 4 --label-smoothing 0.2 >"$scratch/out" 2>&1 || {
            cat "$scratch/out"
            return 1
        }
    done
}
check "tape, plan and gradcheck take a network with smoothed labels" records_smoothed
check "a smoothing of 1 is refused" fails 64 "label smoothing is 1; it must be at least 0 and below 1" \
    odetape train --net eulerx1 --label-smoothing 1
check "so is an alpha below 0" fails 64 "mixup is '-1'; it must be a decimal number from 0 to 1000000" \
    odetape train --net eulerx1 --mixup -1
check "and mixup in batches of one image" fails 64 "the batch is 1 image" \
    odetape train --net eulerx1 --width 2 --batch 1 --mixup 0.2 --out one
resumes_finished() {
    before=$(cksum <whole/final.safetensors)
    odetape train --resume whole/ >"$scratch/out" 2>&1 && grep '^accuracy' "$scratch/out" &&
        [ "$before" = "$(cksum <whole/final.safetensors)" ]
}
check "a finished run that is resumed is finished at once" resumes_finished
check "what comes from the run cannot be given beside --resume" \
    fails 64 '.-width cannot be given with --resume' odetape train --resume whole --width 8
check "a run without checkpoints cannot continue" fails 66 'no checkpoint' odetape train --resume small
check "a directory that is not there cannot continue" fails 66 'nowhere' odetape train --resume nowhere
other_data() {
    cp -r small other && printf '\005' | dd of=other/data_batch_1.bin conv=notrunc 2>/dev/null &&
        fails 78 'training images in .other. are not those' odetape train --resume pieces --data other
}
check "other data are refused" other_data
waits_in_vain() { # DIR COMMAND...: for some seconds, and says so before it is refused
    dir=$1
    shift
    code=0
    "$@" >"$dir.out" 2>"$dir.err" || code=$?
    cat "$dir.err"
    [ "$code" -eq 75 ] && [ ! -s "$dir.out" ] && [ "$(wc -l <"$dir.err")" -eq 2 ] &&
        sed -n 1p "$dir.err" | grep -q "^odetape: $dir is locked by another process; waiting up to 5 s$" &&
        sed -n 2p "$dir.err" | grep -q "^odetape: $dir: another process is training here; wait for it"
}
locked() { # the two that wait do it at the same time
    # shellcheck disable=SC2086
    in_background --net eulerx1 $tiny --epochs 1000000 --out locked
    training=$pid
    until_true has_checkpoint locked || return 1
    ln -s locked locked-too
    waits_in_vain locked-too odetape train --resume locked-too &
    resuming=$!
    waits_in_vain locked train eulerx1 --out locked --force &&
        fails 75 'another process is training here' train eulerx1 --out locked && wait $resuming
    result=$?
    kill -s KILL $training
    wait $training
    return $result
}
check "two trainings in one directory are refused" locked
lets_go() { # COMMAND...: of the directory of a run that another process lets go after a second
    flock --close whole/.lock sleep 1 &
    until_true is_locked whole || return 1
    "$@" >"$scratch/out" 2>"$scratch/err"
    code=$?
    cat "$scratch/err"
    [ "$code" -eq 0 ] && grep -q '^odetape: whole is locked by another process; waiting' "$scratch/err"
}
is_locked() {
    ! flock --nonblock "$1/.lock" true
}
check "a run that is locked for a second is resumed" lets_go odetape train --resume whole
ends_while_waiting() {
    flock --close whole/.lock sleep 30 &
    holder=$!
    until_true is_locked whole || return 1
    env odetape train --resume whole 2>"$scratch/err" &
    pid=$!
    until_true grep -q 'waiting up to' "$scratch/err" && kill -s TERM $pid
    code=0
    wait $pid || code=$?
    kill $holder
    [ "$code" -eq 143 ] && [ "$(wc -l <"$scratch/err")" -eq 1 ]
}
check "a command that waits for a lock can be ended" ends_while_waiting
falls_back() {
    cp -r whole damaged && rm damaged/final.safetensors &&
        printf x | dd of=damaged/checkpoint-00000024.safetensors bs=1 seek=9000 conv=notrunc 2>/dev/null &&
        odetape train --resume damaged >"$scratch/out" 2>"$scratch/err" || return 1
    cat "$scratch/err"
    grep -q '^odetape: warning: damaged/checkpoint-00000024.safetensors:.*damaged' "$scratch/err" &&
        cmp whole/final.safetensors damaged/final.safetensors
}
check "a damaged checkpoint falls back to the one before, with a warning" falls_back
none_is_whole() {
    cp -r whole broken && for file in broken/checkpoint-*; do : >"$file"; done &&
        odetape train --resume broken >"$scratch/out" 2>"$scratch/err"
    code=$?
    cat "$scratch/err"
    [ "$code" -eq 65 ] && [ "$(grep -c warning "$scratch/err")" -eq 2 ]
}
check "when none is whole it exits with 65" none_is_whole
german() {
    LOCPATH=$scratch LC_ALL=de_DE.UTF-8 train 'euler x1, rk4x1' --epochs 3 --out german >/dev/null 2>&1 &&
        cmp whole/final.safetensors german/final.safetensors
}
if localedef -i de_DE -f UTF-8 "$scratch/de_DE.UTF-8" >/dev/null 2>&1; then
    check "a German locale gives the same file" german
else
    skip "a German locale gives the same file" "localedef cannot make one"
fi
full_disk() { # really full
    mount -t tmpfs -o size=96k none disk || return 1
    code=0
    train eulerx1 --width 12 --epochs 3 --out disk/run >"$scratch/out" 2>"$scratch/err" || code=$?
    ls -l disk/run
    umount disk
    cat "$scratch/err"
    [ "$code" -eq 74 ] && grep -q 'no room for its [0-9.]* [KM]*i*B:' "$scratch/err"
}
mkdir disk && if mount -t tmpfs none disk 2>/dev/null && umount disk; then
    check "a disk that gets full is found out before anything is written" full_disk
else
    skip "a disk that gets full is found out before anything is written" "nothing can be mounted here"
fi
no_large_files() {
    code=0
    (ulimit -f 8 && train eulerx1 --epochs 3 --out limited >"$scratch/out" 2>"$scratch/err") || code=$?
    cat "$scratch/err"
    [ "$code" -eq 74 ] && [ -z "$(find limited -name '*.tmp')" ]
}
check "a limit on the size of files is an error, not the end by a signal" no_large_files

# The reference kernels take minutes for this batch.
ends_at_once() {
    env --default-signal=INT ODETAPE_KERNELS=reference odetape train --net verner89x2 --width 128 \
        --stem-stride 2 --data small --batch 32 --out slow >"$scratch/out" 2>"$scratch/err" &
    pid=$!
    until_true test -e slow/checkpoint-00000000.safetensors || return 1
    kill -s INT $pid
    sleep 1
    kill -s INT $pid || return 1 # it was still in its batch
    sh -c "sleep 20; kill -s KILL $pid" >/dev/null 2>&1 & # if it does not
    code=0
    wait $pid || code=$?
    kill $! 2>/dev/null
    [ "$code" -eq 130 ] && [ "$(find slow -name '*.safetensors')" = slow/checkpoint-00000000.safetensors ]
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
same_bits_on_terminal() {
    train rk4x1 --epochs 2 --out no-screen-run >/dev/null 2>&1 && on_terminal &&
        cmp no-screen-run/final.safetensors screen-run/final.safetensors &&
        cmp no-screen-run/checkpoint-00000016.safetensors screen-run/checkpoint-00000016.safetensors
}
# In some environments script(1) starts but shows no output; then there is no terminal to test on.
if script -qec true /dev/null >/dev/null 2>&1 &&
    { on_terminal >first 2>&1 || true; } && [ -s screen ]; then
    check "on a terminal it draws a bar in colour" draws
    check "which fits the terminal" fits
    check "and leaves the bytes that it leaves without one" same_bits_on_terminal
    check "NO_COLOR takes the colour away" no_colour
    check "a narrow terminal gets no bar and no wrapped line" narrow
    check "a dumb terminal gets plain lines" dumb
    check "a terminal without UTF-8 gets a bar of ASCII" ascii
else
    skip "progress on a terminal" "script cannot make a terminal here"
fi
finish
