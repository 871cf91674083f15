#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# Processes that share a training leave the same bits as one: the networks of pinned.c, with portable
# and special kernels.  With OT_ALL_BITS in the environment all networks are tried, with more
# processes and threads.
# shellcheck source=tests/tap.sh
. "${srcdir:?}/tests/tap.sh"
# shellcheck source=tests/launch.sh
. "$srcdir/tests/launch.sh"
pinned=$build/tests/train/pinned
few='rk4 lm revnet levels-a learn-tableau controlled dense osa tv-norm backsolve mixup smooth vit'
[ -z "${OT_ALL_BITS-}" ] || few='' job_seconds=7200

# shellcheck disable=SC2086 # names are several words
one() {
    "$pinned" portable best $few >"$scratch/one" && [ "$(wc -l <"$scratch/one")" -gt 20 ]
}

# shellcheck disable=SC2086
same_bits() { # PROCESSES THREADS
    OMP_NUM_THREADS=$2 launch "$1" "$pinned" portable best $few >"$scratch/many" || return
    diff "$scratch/one" "$scratch/many"
}

check "one process trains the networks" one
check "three processes of two threads leave the same bits" same_bits 3 2
if [ -n "${OT_ALL_BITS-}" ]; then
    for processes in 2 3 4 8; do
        for threads in 1 2 3 4; do
            check "$processes processes of $threads threads leave the same bits" \
                same_bits "$processes" "$threads"
        done
    done
    check "16 processes leave the same bits" same_bits 16 1
fi
finish
