#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# One rule holds for all journals: whole lines count, a damaged end is left out with a note, and a
# file that is no journal is refused by name.  Every command that reads journals is tried with every
# kind of damage.
# shellcheck source=tests/tap.sh
. "${srcdir:?}/tests/tap.sh"
# shellcheck source=tests/cli/lib.sh
. "$srcdir/tests/cli/lib.sh"
make_small
cat >one.ini <<'END'
[train]
net = euler x1
width = 4
stem-stride = 2
batch = 16
lr = 0.05
epochs = 3
data = small
END
odetape sweep one.ini --out sweep >out 2>&1 || cat out
member=$(basename "$(dirname sweep/*/metrics.jsonl)")
mkdir whole && cp -r "sweep/$member" whole/run
# A run that was killed after its second epoch of 16 steps.
rm whole/run/final.safetensors whole/run/checkpoint-00000048.safetensors
head -n 3 "sweep/$member/metrics.jsonl" >whole/run/metrics.jsonl
odetape landscape whole/run/best.safetensors --kind line --points 5 --images 8 --no-plot \
    --data small --out land >out 2>&1 || cat out

# ---- commands and their journals ------------------------------------------------------------------

# journal_of prints where each command's journal is in the directory `case`.
commands='compare plot report sweep train landscape results experiment'
journal_of() { # COMMAND
    case $1 in
    landscape) echo case/land/points.jsonl ;;
    results) echo case/results.jsonl ;;
    experiment) echo case/one.ini ;;
    *) echo "case/sweep/$member/metrics.jsonl" ;;
    esac
}
run_command() { # COMMAND
    case $1 in
    compare) odetape compare --wide "case/sweep/$member" ;;
    plot) odetape plot --terminal "case/sweep/$member" ;;
    report) odetape report "case/sweep/$member" --output case/page.html ;;
    sweep) odetape sweep case/one.ini --out case/sweep ;;
    train) odetape train --resume "case/sweep/$member" ;;
    landscape)
        odetape landscape whole/run/best.safetensors --kind line --points 5 --images 8 --no-plot \
            --data small --out case/land
        ;;
    results) odetape compare --wide case/results.jsonl ;;
    experiment) odetape sweep case/one.ini --dry-run ;;
    esac
}
prepare() {
    rm -rf case && mkdir -p case/sweep && cp one.ini case && ln -s ../small case/small &&
        cp -r whole/run "case/sweep/$member" && cp -r land case && cp sweep/results.jsonl case
}

# ---- damages --------------------------------------------------------------------------------------

half_line() { # FILE: as when a process is killed while it writes
    printf '{"event":"epo' >>"$1"
}
zeros() { # FILE: as after a loss of power
    head -c 5000 /dev/zero >>"$1"
}
begun_anew() { # FILE: as resumed without its lines of the first two epochs
    sed -n 1p "$1" >one_line
    printf '%s\n' '{"event":"resume","version":"0","epochs":2,"steps":0,"machine":{}}' >>one_line
    mv one_line "$1"
}
one_epoch_lost() { # FILE: as resumed without its line of the second epoch
    head -n 2 "$1" >two_lines
    printf '%s\n' '{"event":"resume","version":"0","epochs":2,"steps":0,"machine":{}}' >>two_lines
    mv two_lines "$1"
}
no_accuracy() { # FILE
    sed -e 's/"test_accuracy":[0-9.e-]*,//' "$1" >without && mv without "$1"
}
null_accuracy() { # FILE
    sed -e 's/"test_accuracy":[0-9.e-]*,/"test_accuracy":null,/' "$1" >without && mv without "$1"
}
pipe() { # FILE
    rm "$1" && mkfifo "$1"
}
long_line() { # FILE: of 40 MB
    head -c 40000000 /dev/zero | tr '\0' ' ' >"$1"
}
huge() { # FILE: of 3 GB, which no disk need have
    truncate -s 3G "$1"
}

# The commands must not need this much memory.
bounded() { # COMMAND
    (
        # shellcheck disable=SC3045 # dash has it
        [ -n "${ODETAPE_SANITIZED-}" ] || ulimit -v 1500000
        OMP_NUM_THREADS=1 run_command "$1"
    ) >"$scratch/out" 2>"$scratch/err"
}
reads() { # COMMAND DAMAGE NOTES
    prepare && "$2" "$(journal_of "$1")"
    code=0
    bounded "$1" || code=$?
    echo "exit $code"
    cat "$scratch/out" "$scratch/err"
    [ "$code" -eq 0 ] &&
        [ "$(grep -c 'the last [0-9]* bytes are not a whole line' "$scratch/err")" -eq "$3" ] &&
        ! grep -qi 'nan' "$scratch/out"
}
refuses() { # COMMAND DAMAGE CODES
    prepare && "$2" "$(journal_of "$1")"
    code=0
    bounded "$1" || code=$?
    echo "exit $code"
    cat "$scratch/out" "$scratch/err"
    echo "$3" | grep -qw "$code" && grep -q "^odetape: .*${4-}" "$scratch/err" &&
        grep -qF "$(journal_of "$1")" "$scratch/err"
}

for damage in half_line zeros; do
    for command in compare plot report sweep train landscape results; do
        check "$command reads a journal that ends in $damage" reads $command $damage 1
    done
done
for damage in begun_anew one_epoch_lost no_accuracy null_accuracy; do
    for command in compare plot report sweep train; do
        check "$command reads a journal with $damage" reads $command $damage 0
    done
done
for command in $commands; do
    check "$command refuses a pipe in place of a file" refuses $command pipe '66 65' 'not a regular file'
    [ "$command" = train ] ||
        check "$command refuses a line that has no end" refuses $command long_line '65 78' 'bytes'
    check "$command refuses 3 GB" refuses $command huge '65 78' 'bytes'
done

# A damaged journal does not prevent a resume.
goes_on() { # DAMAGE
    prepare && "$1" "$(journal_of train)" && cp "$(journal_of train)" before && bounded train
    code=$?
    cat "$scratch/err"
    [ "$code" -eq 0 ] && grep -q 'its old content is in' "$scratch/err" &&
        cmp before "$(journal_of train).damaged"
}
check "a training continues without the line that has no end, and keeps it aside" goes_on long_line

# ---- what is missing ------------------------------------------------------------------------------

says_missing() { # DAMAGE
    prepare && "$1" "$(journal_of train)"
    odetape train --resume "case/sweep/$member" >out 2>&1 || { cat out; return 1; }
    odetape sweep case/one.ini --out case/sweep --wide >table 2>&1 && cat table case/sweep/results.jsonl &&
        grep -q '"accuracies":\[\([0-9.]*\|null\),null,[0-9.]*\]' case/sweep/results.jsonl &&
        grep -q ' finished$' table && odetape compare --wide "case/sweep/$member" >compared &&
        cat compared && ! grep -qi nan compared table && odetape plot "case/sweep/$member" --terminal
}
check "epochs that a resume lost are null, and the others count" says_missing begun_anew
check "so is one epoch" says_missing one_epoch_lost
all_missing() {
    prepare && no_accuracy "$(journal_of plot)"
    odetape compare --wide "case/sweep/$member" >compared && cat compared &&
        grep -Eq ' - +- +- +- .* 1 unfinished$' compared &&
        odetape plot --terminal "case/sweep/$member" >plotted && cat plotted &&
        grep -q 'test accuracy missing, 0 seeds' plotted
}
check "an accuracy that is missing is said to be missing" all_missing

# The checkpoint that was found is removed before it is read.
looks_again() {
    odetape train --net euler --width 4 --stem-stride 2 --data small --batch 16 --epochs 12 \
        --save-every 1 --keep 1 --out running >/dev/null 2>running.err &
    training=$!
    for _ in $(seq 100); do
        [ -s running/metrics.jsonl ] && break
        sleep 0.1
    done
    looks=0
    while kill -0 $training 2>/dev/null; do
        odetape report running --output x.html >/dev/null 2>err || { cat err; break; }
        looks=$((looks + 1))
    done
    kill -0 $training 2>/dev/null
    failed=$?
    wait $training
    echo "$looks pages"
    [ "$failed" -ne 0 ] && [ "$looks" -gt 0 ]
}
check "a training that is running has a page at any time" looks_again
finish
