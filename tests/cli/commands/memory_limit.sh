#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# Trainings under a limit of memory, from the command line.
# shellcheck source=tests/tap.sh
. "${srcdir:?}/tests/tap.sh"
# shellcheck source=tests/cli/lib.sh
. "$srcdir/tests/cli/lib.sh"
make_small
train="train --net eulerx6 --width 16 --stem-stride 2 --data small --batch 32 --epochs 2"

# shellcheck disable=SC2086 # words
odetape $train --out whole 2>whole.err || cat whole.err
for limit in min 9M; do
    # shellcheck disable=SC2086 # words
    odetape $train --memory-limit $limit --out $limit 2>$limit.err || cat $limit.err
done
says() {
    cat whole.err min.err 9M.err
    ! grep recomputes whole.err && grep -A1 '^memory .* predicted$' min.err |
        grep 'recomputes [1-9][0-9]* values of stem.conv to .*: +[1-9][0-9]*% FLOPs;$' &&
        grep -A1 recomputes 9M.err | grep 'the least possible is [0-9.]* MiB$'
}
check "what is computed again is said before the training" says
keeps() {
    peak=$(sed -n 's/^memory  *\([0-9.]*\) MiB at the peak, predicted$/\1/p' 9M.err)
    echo "$peak" && awk "BEGIN { exit !($peak > 4 && $peak <= 9) }"
}
check "the predicted peak is within the limit" keeps
same() { # RUN
    odetape diff whole/final.safetensors "$1/final.safetensors" | grep 'same bits$'
}
check "the least memory gives the same bits" same min
check "a limit gives the same bits" same 9M
goes_on() {
    # shellcheck disable=SC2086 # words
    odetape $train --memory-limit min --max-seconds 0.001 --out on 2>err && grep recomputes err &&
        odetape train --resume on --epochs 2 --memory-limit 9M 2>err && cat err && grep recomputes err && same on
}
check "a run goes on under another limit" goes_on
check "too small a limit is refused with the least" fails 71 \
    "memory-limit is 1.00 MiB; the least that this training can run with is [0-9.]* MiB" \
    odetape train --net eulerx6 --width 16 --stem-stride 2 --data small --batch 32 --memory-limit 1M --out no
for limit in 0 1 x 5X -3 1.5G; do
    check "$limit is no limit" fails 64 "it must be a number of bytes such as 500M or 2G, or min" \
        odetape train --net eulerx1 --data small --memory-limit $limit
done

# ---- states that are rebuilt ----

revnet="train --net revnetx4 --width 16 --stem-stride 2 --data small --batch 32 --epochs 2"
# shellcheck disable=SC2086 # words
rebuilds() {
    odetape $revnet --rebuild --out rebuilt 2>err && cat err &&
        grep '^ *rebuilds or recomputes [1-9][0-9]* values of blocks.0 to blocks.3: +[1-9][0-9]*% FLOPs;$' err &&
        grep -c '^rebuilt   states of the first step differ by up to [1-9.]*e-[67] of' err | grep -x 1 &&
        grep '"rebuild":true' rebuilt/metrics.jsonl
}
check "states are rebuilt, and how exactly is printed once" rebuilds
# shellcheck disable=SC2086 # words
rebuilds_on() {
    odetape $revnet --rebuild --max-seconds 0.001 --out half 2>err && odetape train --resume half --epochs 2 2>err &&
        cat err && grep '^rebuilt ' err &&
        odetape diff rebuilt/final.safetensors half/final.safetensors | grep 'same bits$'
}
check "a run that rebuilds goes on to the same bits" rebuilds_on
needs() { # OPTION...: MiB that the plan predicts
    odetape plan --net revnetx20 --width 16 --batch 32 "$@" | sed -n 's/^peak \([0-9.]*\) MiB:.*/\1/p'
}
check "a plan shows what rebuilding saves" \
    sh -c "awk 'BEGIN { exit !($(needs --rebuild) * 4 < $(needs)) }'"
check "blocks that are not reversible are refused with those that are" \
    fails 64 'networks of revnet, leapfrog and hamiltonian' odetape plan --net rk4x2 --rebuild
check "so is a curve of states that are rebuilt" \
    fails 64 'leave one plan, and no curve' odetape plan --net revnetx4 --width 16 --rebuild --curve
check "so are learned coefficients" fails 64 'learned or zero' odetape plan --net hamiltonianx2 --step learned --rebuild
check "and controlled steps" fails 64 'controlled steps keep only their states' \
    odetape plan --net bogacki_shampine32x2 --step controlled --weights shared --rebuild

# ---- plan ----

plans() {
    odetape plan --net eulerx6 --width 16 --memory-limit min >out && cat out &&
        grep '100%   1.00  everything is kept' out && grep 'sqrt checkpoints$' out &&
        sed -n '/^memory against/,$p' out | awk '$1 + 0 > 0 { if (seen && $3 + 0 > seen) exit 1; seen = $3 + 0; n++ }
            END { exit n < 5 }'
}
check "plan prints memory against time" plans
draws() {
    odetape plan --net eulerx6 --width 16 -o curve.svg >out || [ $? -eq 69 ] || return
    [ "$(awk '!/^#/ && NF == 2' curve.dat | wc -l)" -gt 5 ] && grep fsteps curve.gp
}
check "and draws it" draws
controlled="plan --net bogacki_shampine32x1 --width 4 --step controlled --weights shared"
# shellcheck disable=SC2086 # words
check "controlled steps have a plan under a limit" odetape $controlled --memory-limit min
# shellcheck disable=SC2086 # words
check "and no curve" fails 64 'several programs, which have no common curve' odetape $controlled --curve --out c.svg
finish
