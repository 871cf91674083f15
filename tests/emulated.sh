#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# The tests of kernels for AVX2 on a CPU that lacks it, under qemu-x86_64, whose emulated CPU has AVX2
# and no AVX-512.  On a CPU with AVX2 they run with AVX-512 hidden, so that the kernels for vectors of
# 16 numbers that are compiled for AVX2 are tested too.  OT_EMULATE=1 takes qemu in any case.
# `make check-emulated` runs this; it is no part of make check.
# shellcheck source=tests/tap.sh
. "${srcdir:?}/tests/tap.sh"
tests=${top_builddir:?}/tests
CK_TAP_LOG_FILE_NAME=-
export CK_TAP_LOG_FILE_NAME

# The cases of a program, of which none may be skipped because the CPU lacks AVX2.
lacks='# SKIP this CPU \(has no\|does not support.*\(avx2\|wide\)\)'
run_case() { # RUNNER PROGRAM CASE
    CK_RUN_CASE=$3 CK_DEFAULT_TIMEOUT=3600 OMP_NUM_THREADS=2 OMP_WAIT_POLICY=passive \
        ODETAPE_CPU=avx2 $1 "$tests/$2" >"$scratch/$3" 2>&1
    code=$?
    grep "^not ok\|$lacks" "$scratch/$3"
    [ "$code" -eq 0 ] && grep -q '^ok' "$scratch/$3" && ! grep -q "$lacks" "$scratch/$3"
}

if grep -qw avx2 /proc/cpuinfo && [ -z "${OT_EMULATE-}" ]; then
    runner='env'
elif command -v qemu-x86_64 >/dev/null; then
    runner="qemu-x86_64 -cpu max"
else
    skip "the kernels for AVX2 are right" "this CPU lacks AVX2, and qemu-x86_64 is missing (apt install qemu-user)"
    finish
    exit
fi
for case in conv2d_best chunk_sums views; do
    check "the case $case of the kernels for AVX2 passes" run_case "$runner" ops/ops $case
done
check "views of the kernels for AVX2 give gradients" run_case "$runner" autograd/autograd access
finish
