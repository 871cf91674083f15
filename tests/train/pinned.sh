#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# Trainings of many kinds of networks leave the numbers that pinned.txt has for them, with the kernels
# of each CPU that this machine can act as.  Lines of other machines are skipped and counted.  With
# OT_ALL_BITS in the environment more settings are tried.  `pinned.sh record` prints the file anew: for
# a change that alters arithmetic on purpose, in a commit that says why.
# shellcheck source=tests/tap.sh
. "${srcdir:?}/tests/tap.sh"
pinned=${top_builddir:?}/tests/train/pinned

# BLIS_ARCH_TYPE: 0 skx, 3 haswell, 5 penryn (any x86-64).
run() { # CPU BLIS TIER...
    cpu=$1 blis=$2
    shift 2
    env ${cpu:+ODETAPE_CPU="$cpu"} ${blis:+BLIS_ARCH_TYPE="$blis"} "$pinned" "$@"
}

has() { # CPU FEATURE
    grep -qw "$1" /proc/cpuinfo
}

settings() {
    run '' '' portable reference
    ! has avx2 || run '' '' best
    [ -n "${OT_ALL_BITS-}" ] || return 0
    run baseline 5 portable
    ! has avx2 || run avx2 3 best portable
    ! has avx512f || run '' 0 best portable
}

if [ "${1-}" = record ]; then
    OT_ALL_BITS=1
    settings | sort -u
    exit
fi

settings >"$scratch/found"
head -n 1 "$scratch/found" >"$scratch/tools"
known=$srcdir/tests/train/pinned.txt
key() { # LINE without its digest
    echo "${1% *}"
}

if ! grep -qxFf "$scratch/tools" "$known"; then
    skip "trainings leave the pinned numbers" "pinned.txt has none for $(sed 's/^# //' "$scratch/tools")"
    finish
    exit
fi
has avx2 || skip "trainings with the best kernels leave the pinned numbers" "this CPU has no AVX2"
grep -v '^#' "$scratch/found" >"$scratch/lines"
while read -r line; do
    if grep -q "^$(key "$line") " "$known"; then
        check "the training $(key "$line") leaves the pinned numbers" grep -qxF "$line" "$known"
    else
        skip "the training $(key "$line") leaves the pinned numbers" "pinned.txt has no line for this CPU"
    fi
done <"$scratch/lines"
finish
