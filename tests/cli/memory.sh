#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# A batch that does not fit in memory is refused before anything is trained or evaluated, and the
# largest one that is said to fit does.
# shellcheck source=tests/tap.sh
. "${srcdir:?}/tests/tap.sh"
# shellcheck source=tests/cli/lib.sh
. "$srcdir/tests/cli/lib.sh"
make_small

# In 300 MB of addresses, more than half of which are left once the program has started.
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
check "a batch that does not fit is refused in a folder of folders too" \
    refused train $net --out new/large
check "whose parents are taken away with it" test ! -e new
mkdir -p mine
# shellcheck disable=SC2086
check "and in a folder that was there before" refused train $net --out mine
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
    fails 71 'a batch of' limited odetape train $net --batch $((batch + 1)) --out more
}
check "the largest batch that is said to fit can be trained, and one more is refused" fits

evaluation() {
    odetape train --net rk4x2 --width 64 --data small --epochs 1 --batch 16 --stem-stride 2 \
        --max-seconds 0.001 --out wide >"$scratch/out" 2>&1 || return
    fails 71 'a batch of 2048 needs .* the largest batch that fits is [0-9]+$' \
        limited odetape eval wide/final.safetensors --data small --batch 2048 || return
    limited odetape eval wide/final.safetensors --data small --batch "$(largest)"
}
check "so it is in evaluation" evaluation
check "without a limit the same batch is taken" \
    odetape eval wide/final.safetensors --data small --batch 2048
check "a plan tells of a network that no machine could train" \
    sh -c "odetape plan --net 'euler x28' --batch 16000 | grep -E '^peak [0-9]+ GB'"
finish
