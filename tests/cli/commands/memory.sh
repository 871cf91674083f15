#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# A batch that does not fit in memory is refused before anything is trained or evaluated.  The largest
# batch that the message names does fit.
# shellcheck source=tests/tap.sh
. "${srcdir:?}/tests/tap.sh"
# shellcheck source=tests/cli/lib.sh
. "$srcdir/tests/cli/lib.sh"
make_small

# The address space is 300 MB, more than half of which is left after the program has started.
limited() { # COMMAND...
    (
        # shellcheck disable=SC3045 # dash and bash have it
        ulimit -v 300000
        exec "$@"
    )
}
if ! limited odetape doctor >"$scratch/out" 2>&1; then # as with sanitizers
    skip "a batch that does not fit is refused" "the program does not start in 300 MB"
    finish
    exit
fi

# Every command that reads a data set refuses one that memory does not hold, before it reads it.  Files
# of zeros are a set of 10000 images each and take no room on the disk; 35 MB less than the test images
# need are left once the program has started.
mkdir big
for name in data_batch_1 data_batch_2 data_batch_3 data_batch_4 data_batch_5 test_batch; do
    truncate -s 30730000 "big/$name.bin"
done
# shellcheck disable=SC2086
odetape train --net rk4x1 $tiny --epochs 1 --out run >"$scratch/err" 2>&1
printf '[train]\nnet = rk4x1\nwidth = 4\n' >big.ini
left=$(sed -n 's/^memory *\([0-9]*\) MiB are left of the limit .*/\1/p' "$scratch/out")
command_line() { # COMMAND: with what else it needs
    case $1 in
        train) echo train --net rk4x1 --width 4 --out new ;;
        sweep) echo sweep big.ini --out new ;;
        eval) echo eval run/final.safetensors ;;
        report) echo report run -o page.html ;;
        verify) echo verify run ;;
        landscape) echo landscape run --out land ;;
        "data info") echo data info ;;
        "data make") echo data make new ;;
        "data sheet") echo data sheet sheet.png ;;
    esac
}
refuses_big() { # COMMAND LINE
    (
        # shellcheck disable=SC3045 # dash and bash have it
        ulimit -v $((300000 - left * 1024 + 25000))
        # shellcheck disable=SC2086
        fails 71 'the data set big needs [0-9.]+ MiB and [0-9.]+ MiB are left' odetape $1 --data big
    ) && [ "$(ls)" = "$there" ]
}
there=$(ls)
odetape --dump-options | awk -F '\t' '$1 == "command" { c = $2 } $3 == "--data" { print c }' >"$scratch/readers"
while read -r reader; do
    check "$reader refuses a data set that does not fit" refuses_big "$(command_line "$reader")"
done <"$scratch/readers"
check "train --resume refuses a data set that does not fit" refuses_big "train --resume run"
few_addresses() { # doctor works in less memory than it measures with, and names the limit
    (
        # shellcheck disable=SC3045 # dash and bash have it
        ulimit -v $((300000 - left * 1024 + 100000))
        odetape doctor
    ) >"$scratch/out" 2>&1
    code=$?
    cat "$scratch/out"
    [ "$code" -eq 0 ] && grep -q '^memory .* MiB are left of the limit .*; the machine has ' "$scratch/out" &&
        grep -q 'copies are not measured: .* needs 128 MiB and [0-9.]* MiB are left' "$scratch/out"
}
check "doctor names the limit that holds, and leaves out what it has no memory for" few_addresses

net='--net rk4x2 --width 16 --data small --epochs 1'
refused() { # train or eval and its options
    # shellcheck disable=SC2086
    fails 71 'a batch of 256 needs [0-9]+ MiB and [0-9]+ MiB are left .* largest .* is [0-9]+$' \
        limited odetape "$@" --batch 256
}
# shellcheck disable=SC2086
check "a batch that does not fit is refused with what it needs and what fits" \
    refused train $net --out large
check "such a run leaves nothing" test ! -e large
# shellcheck disable=SC2086
check "a batch that does not fit is refused in a directory of directories too" \
    refused train $net --out new/large
check "whose parents are taken away with it" test ! -e new
mkdir -p mine
# shellcheck disable=SC2086
check "and in a directory that was there before" refused train $net --out mine
check "which stays" test -d mine

largest() {
    sed -n 's/.*the largest batch that fits is \([0-9]*\)$/\1/p' "$scratch/err"
}
# shellcheck disable=SC2086
fits() {
    refused train $net --out large || return
    batch=$(largest)
    echo "the largest batch is $batch"
    limited odetape train $net --batch "$batch" --out fits >"$scratch/out" 2>"$scratch/err" || {
        cat "$scratch/err"
        return 1
    }
    # The message keeps a megabyte back, which is less than two images more need.
    fails 71 'a batch of' limited odetape train $net --batch $((batch + 2)) --out more
}
check "the largest batch that is said to fit can be trained, and two images more are refused" fits

odetape train --net rk4x2 --width 64 --data small --epochs 1 --batch 16 --stem-stride 2 \
    --max-seconds 0.001 --out wide >"$scratch/out" 2>&1
evaluation() {
    fails 71 'a batch of 2048 needs .* the largest batch that fits is [0-9]+$' \
        limited odetape eval wide/final.safetensors --data small --batch 2048 || return
    limited odetape eval wide/final.safetensors --data small --batch "$(largest)"
}
check "so it is in evaluation" evaluation

# BLIS takes blocks for packing during its first products, of a size that depends on its kernels and
# one set a thread, and ends the process if they are missing.  In a larger space, since every thread
# has a stack of 8 MB.
limited_widely() { # COMMAND...
    (
        # shellcheck disable=SC3045 # dash and bash have it
        ulimit -v 700000
        exec "$@"
    )
}
# A command is done or refuses with a sentence, and names a largest batch with which it is done.
never_ends_in_blis() { # COMMAND...
    batch=2048
    for try in 1 2; do
        code=0
        limited_widely env BLIS_ARCH_TYPE="$arch" "$@" --batch "$batch" --threads "$threads" \
            >"$scratch/out" 2>"$scratch/err" || code=$?
        echo "arch $arch, $threads threads, batch $batch: exit $code"
        cat "$scratch/err"
        [ "$code" -ne 0 ] || return 0
        [ "$code" -eq 71 ] && [ "$try" -eq 1 ] && batch=$(largest) && [ -n "$batch" ] || return 1
    done
}
trains() {
    rm -rf out
    never_ends_in_blis odetape train --net rk4x1 --width 24 --data small --epochs 1 --out out
}
draws() {
    rm -rf land
    never_ends_in_blis odetape landscape wide/final.safetensors --data small --kind line \
        --points 2 --images 256 --no-plot --out land
}
has() { # CPU FEATURE
    grep -qw "$1" /proc/cpuinfo
}
# Numbers of BLIS 0.9 for skx, haswell, zen3 and penryn; with OT_ALL_BITS also zen2, zen and sandybridge.
kinds_of_blis() {
    ! has avx512f || echo 0
    ! has fma || echo 3 6 ${OT_ALL_BITS:+7 8}
    ! has avx || echo ${OT_ALL_BITS:+4}
    echo 5
}
for arch in $(kinds_of_blis); do
    for threads in 1 ${OT_ALL_BITS:+2} 8; do
        check "with kernels $arch of BLIS and $threads threads a training ends by itself" trains
        check "with kernels $arch of BLIS and $threads threads an evaluation ends by itself" \
            never_ends_in_blis odetape eval wide/final.safetensors --data small
        check "with kernels $arch of BLIS and $threads threads a landscape ends by itself" draws
    done
done
check "without a limit the same batch is taken" \
    odetape eval wide/final.safetensors --data small --batch 2048
check "a plan describes a network that no machine could train" \
    sh -c "odetape plan --net 'euler x28' --batch 16000 | grep -E '^peak [0-9]{6} MiB'"
finish
