#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# odetape train under mpirun: the files of one process, resumed by other numbers of processes; faults of
# one process end all; what cannot be shared is refused.  FAULTS=N tries N random faults (make
# check-mpi).
# shellcheck source=tests/tap.sh
. "${srcdir:?}/tests/tap.sh"
# shellcheck source=tests/launch.sh
. "$srcdir/tests/launch.sh"
# shellcheck source=tests/cli/lib.sh
. "$srcdir/tests/cli/lib.sh"
odetape=$build/odetape

tiny="train --net rk4x1 $tiny --threads 1"
check "a small data set is made" make_small
sums() { # DIR: checksums of its weights, without the times
    (cd "$1" && sha256sum final.safetensors best.safetensors)
}

# ---- the same files ----

same_files() {
    # shellcheck disable=SC2086
    "$odetape" $tiny --epochs 2 --out one && launch 3 "$odetape" $tiny --epochs 2 --out three || return
    [ "$(sums one)" = "$(sums three)" ]
}
check "the weights of three processes are those of one" same_files

only_one_prints() {
    # shellcheck disable=SC2086
    launch 3 "$odetape" $tiny --epochs 1 --out print >out 2>err || return
    cat out err
    [ "$(grep -c '^accuracy' out)" = 1 ] && [ "$(grep -c '^epoch' err)" = 1 ] &&
        grep '^processes 3 share each batch: ' err
}
check "one process prints, and names the number of processes" only_one_prints

has_costs() {
    some='[1-9][0-9.]*'
    grep "\"sharing\":{\"processes\":3,\"bytes\":$some,\"exchanges\":$some,\"seconds\":[0-9.e-]*,\"hidden" \
        print/metrics.jsonl
}
check "the journal has what a step sends, and for how long" has_costs

newest() { # DIR: the step of its newest checkpoint, 0 if there is none
    find "$1" -name 'checkpoint-*' 2>/dev/null | sed 's/.*checkpoint-0*//; s/\..*//' | sort -n |
        awk '{ step = $1 } END { print step + 0 }'
}

# Sends SIGTERM to a process once the newest checkpoint has this step; the job must end with 130 or 143.
stop_at() { # JOB DIR STEP RANK
    for _ in $(seq 300); do
        [ "$(newest "$2")" -lt "$3" ] || break
        sleep 0.1
    done
    kill -TERM "$(cat "$pids/$4")"
    wait "$1"
    code=$?
    cat err
    [ "$code" = 130 ] || [ "$code" = 143 ]
}

# 4 processes are interrupted, 2 go on and are interrupted, and 1 ends the training.
resumed() {
    # shellcheck disable=SC2086
    "$odetape" $tiny --epochs 40 --out whole || return
    # shellcheck disable=SC2086
    launch 4 "$scratch/ranked" "$odetape" $tiny --epochs 40 --save-every 5 --out parts >out 2>err &
    stop_at $! parts 10 3 || return
    before=$(newest parts)
    launch 2 "$scratch/ranked" "$odetape" train --resume parts --save-every 5 --threads 2 >out 2>err &
    stop_at $! parts $((before + 10)) 1 || return
    "$odetape" train --resume parts --threads 3 && [ "$(sums whole)" = "$(sums parts)" ]
}
check "a run that four processes began and two went on with ends with the bytes of one" resumed

# Running statistics are then those of process 0, so that all processes evaluate alike.
apart() {
    # shellcheck disable=SC2086
    launch 2 "$odetape" $tiny --epochs 1 --sync none --out apart || return
    ! launch 3 "$odetape" train --resume apart --epochs 2 >out 2>err || return
    cat err
    grep 'was trained with processes 2, and is to go on with 3' err &&
        launch 2 "$odetape" train --resume apart --epochs 2 && [ "$(sums apart)" != "$(sums one)" ]
}
check "with --sync none another number of processes cannot go on, the same can" apart

# ---- faults ----

# A fault at a process of three, at some time; the run ends with the code within 10 seconds, says why,
# and goes on with fewer processes.
fault() { # SIGNAL RANK CODE SENTENCE DELAY
    rm -rf faulty "${pids:?}"/*
    # shellcheck disable=SC2086
    launch_loud 3 "$scratch/ranked" "$odetape" $tiny --epochs 100000 --save-every 5 --out faulty >out 2>err &
    job=$!
    for _ in $(seq 100); do
        [ "$(newest faulty)" = 0 ] || break
        sleep 0.1
    done
    sleep "$5"
    start=$(date +%s)
    kill -"$1" "$(cat "$pids/$2")" || return
    wait "$job"
    code=$?
    seconds=$(($(date +%s) - start))
    tail -n 12 err
    echo "code $code after $seconds s"
    [ "$code" = "$3" ] && [ "$seconds" -le 10 ] && grep -q "$4" err && "$odetape" verify faulty || return
    before=$(newest faulty)
    launch 2 "$scratch/ranked" "$odetape" train --resume faulty --save-every 5 --threads 1 >out 2>err &
    stop_at $! faulty $((before + 5)) 0
}
launch_loud() {
    n=$1
    shift
    limited mpirun -n "$n" "$@"
}

check "a process that is killed ends the run, and two go on" fault KILL 1 137 'rank 1 .*Killed' 1
check "a process that is stopped ends the run in ten seconds, named" \
    fault STOP 2 76 '^odetape: .*process 2 on .* has not answered for' 1
random() { # N
    od -An -N2 -tu2 /dev/urandom | awk -v n="$1" '{ print $1 % n }'
}
for i in $(seq "${FAULTS-0}"); do
    rank=$(random 3) delay=$(random 4).$(random 10)
    case $((i % 2)) in
    0) set -- KILL "$rank" 137 "rank $rank .*Killed" ;;
    1) set -- STOP "$rank" 76 "^odetape: .*process $rank on .* has not answered for" ;;
    esac
    check "fault $i: $1 of process $2 after $delay s" fault "$@" "$delay"
done

not_finite() {
    # shellcheck disable=SC2086
    launch 3 "$odetape" $tiny --epochs 2 --lr 1e30 --out nan >out 2>err
    code=$?
    cat err
    [ "$code" = 79 ] && [ "$(grep -c '^odetape: ' err)" = 1 ] && grep '^odetape: .*not finite: first in the' err
}
check "a NaN ends the run with its address, once" not_finite

# rm -rf fails when a file is made while it deletes, so it is tried again.  To rename the directory would
# not do: a training holds it open.
lost_disk() {
    # shellcheck disable=SC2086
    launch 2 "$scratch/ranked" "$odetape" $tiny --epochs 100000 --save-every 5 --out lost >out 2>err &
    job=$!
    for _ in $(seq 300); do
        [ "$(newest lost)" -lt 10 ] || break
        sleep 0.1
    done
    for _ in $(seq 100); do
        rm -rf lost && break
    done
    wait "$job"
    code=$?
    cat err
    { [ "$code" = 73 ] || [ "$code" = 74 ] || [ "$code" = 66 ]; } && [ "$(grep -c '^odetape: ' err)" = 1 ]
}
check "a process that loses its disk ends the run" lost_disk

# ---- what is refused ----

# shellcheck disable=SC2086
differ() { # SENTENCE OPTION...: process 1 has the options too
    sentence=$1
    shift
    set -- : -n 1 "$odetape" $tiny --epochs 1 --out differ "$@"
    limited mpirun -q -n 1 "$odetape" $tiny --epochs 1 --out differ "$@" >out 2>err
    code=$?
    cat err
    [ "$code" != 0 ] && grep "^odetape: .*$sentence" err && ! [ -e differ/metrics.jsonl ]
}
check "a process with another option is named" differ 'another momentum than' --momentum 0.8
check "a process with another network is named" differ 'process 1 has another' --width 6
check "a process with other data is named" differ 'process 1 .*No such file' --data "$srcdir/tests/data/none"

refused() { # CODE SENTENCE N COMMAND...
    code=$1 sentence=$2
    shift 2
    launch "$@" >out 2>err
    is=$?
    cat err
    [ "$is" = "$code" ] && [ "$(grep -c '^odetape: ' err)" = 1 ] && grep "^odetape: $sentence" err
}
# shellcheck disable=SC2086
check "more processes than a batch has parts are refused" \
    refused 64 '17 processes are more than .*; at most 16' 17 "$odetape" $tiny --epochs 1 --out many
# shellcheck disable=SC2086
ODETAPE_MPI_MODULE=$scratch/none check "a module that is not there is named" \
    refused 64 '.*/none, which calls MPI, cannot be loaded' 2 "$odetape" $tiny --epochs 1 --out none
# shellcheck disable=SC2086
ODETAPE_KERNELS=reference check "the double kernels cannot share a batch" \
    refused 64 '.*several processes cannot share a batch with the reference kernels' 2 \
    "$odetape" $tiny --epochs 1 --out double

doctor() {
    launch 2 "$odetape" doctor >out && cat out &&
        [ "$(grep -c '^processes 2 share trainings, each with [0-9]* thread.* CPU.*: .*MPI' out)" = 1 ]
}
check "doctor says what MPI is joined" doctor
finish
