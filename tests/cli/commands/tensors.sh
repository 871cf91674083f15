#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# Commands on safetensors files: inspect, diff, verify.
# shellcheck source=tests/tap.sh
. "${srcdir:?}/tests/tap.sh"
# shellcheck source=tests/cli/lib.sh
. "$srcdir/tests/cli/lib.sh"
make_small

# A file of one tensor "x", made by hand: its header is padded to 72 bytes.
hand_made() { # FILE DTYPE ELEMENTS BYTES DATA-FOR-PRINTF
    header=$(printf '{"x":{"dtype":"%s","shape":[%s],"data_offsets":[0,%s]}}' "$2" "$3" "$4")
    # shellcheck disable=SC2059 # the data is a format
    { printf '\110\0\0\0\0\0\0\0%-72s' "$header" && printf "$5"; } >"$1"
}

prints() { # REGEX COMMAND...
    regex=$1
    shift
    "$@" >"$scratch/out" 2>"$scratch/err"
    cat "$scratch/out" "$scratch/err"
    [ ! -s "$scratch/err" ] && grep -Eq "$regex" "$scratch/out"
}
differs() { # LINE-REGEX: of the tensor x in a and b
    code=0
    odetape diff a b >"$scratch/out" || code=$?
    cat "$scratch/out"
    [ "$code" -eq 1 ] && grep -Eq "^x +$1" "$scratch/out" && grep '^1 tensor differs$' "$scratch/out"
}

# ---- units in the last place; the bytes are little-endian, written in octal ----

one_ulp() { # 1, 1, -2 and 1, 1 + 2^-23, -2
    hand_made a F32 3 12 '\0\0\200\77\0\0\200\77\0\0\0\300' &&
        hand_made b F32 3 12 '\0\0\200\77\1\0\200\77\0\0\0\300' && differs '3 +1 +1 +1.19209e-07$'
}
check "neighbours differ by one unit in the last place" one_ulp
around_zero() { # 2^-149 and -2^-149
    hand_made a F32 1 4 '\1\0\0\0' && hand_made b F32 1 4 '\1\0\0\200' && differs '1 +1 +2 +2.8026e-45$'
}
check "the smallest numbers of both signs are two units apart" around_zero
zeros() {
    hand_made a F32 1 4 '\0\0\0\0' && hand_made b F32 1 4 '\0\0\0\200' && differs '1 +1 +0 +0$'
}
check "the two zeros differ in their bits and by no unit" zeros
not_a_number() {
    hand_made a F32 2 8 '\0\0\300\177\0\0\0\0' && hand_made b F32 2 8 '\0\0\0\0\0\0\0\0' &&
        differs '2 +1 +not finite +0$'
}
check "what is not finite is reported" not_a_number
doubles() { # 1 and 1 + 2^-52
    hand_made a F64 1 8 '\0\0\0\0\0\0\360\77' && hand_made b F64 1 8 '\2\0\0\0\0\0\360\77' &&
        differs '1 +1 +2 +4.44089e-16$'
}
check "doubles are compared" doubles
halves() { # 1 and 1 + 2^-10
    hand_made a F16 1 2 '\0\74' && hand_made b F16 1 2 '\1\74' && differs '1 +1 +1 +0.000976562$'
}
check "16-bit floats are compared" halves
brain() { # 1 and 1 - 2^-8
    hand_made a BF16 1 2 '\200\77' && hand_made b BF16 1 2 '\177\77' && differs '1 +1 +1 +0.00390625$'
}
check "bfloat16 is compared" brain
integers() {
    hand_made a I64 1 8 '\0\0\0\0\0\0\0\0' && hand_made b I64 1 8 '\0\0\0\0\0\0\0\1' &&
        differs '1 +1 +0 +0$'
}
check "integers are compared as bits" integers
other_shape() {
    hand_made a F32 2 8 '\0\0\0\0\0\0\0\0' && hand_made b F32 1 4 '\0\0\0\0' &&
        differs 'is F32 \[2\], and F32 \[1\]$'
}
check "another shape is reported" other_shape
check "a file has the bits of itself" prints '^all tensors have the same bits$' odetape diff a a
check "a file of integers can be listed" sh -c \
    "cd '$scratch/work' && odetape inspect b --wide | grep -E '^x +F32 +\[1\] +4 +80 +0$'"
value_is_told() {
    hand_made a F32 1 4 '\0\0\240\277' && odetape inspect a --wide | grep -E '^x +F32 +\[1\] +4 +80 +-1.25$' &&
        hand_made a F32 2 8 '\0\0\240\277\0\0\0\0' && odetape inspect a --wide |
            grep -E '^x +F32 +\[2\] +8 +80 +-$'
}
check "a single number is listed with its value" value_is_told

# ---- runs ----

# shellcheck disable=SC2086
odetape train --net rk4x1 $tiny --epochs 2 --keep 3 --save-every 5 --out run >/dev/null 2>&1
lists() {
    odetape inspect run/checkpoint-00000016.safetensors >"$scratch/out" && cat "$scratch/out" &&
        grep -E '^net +rk4 x1$' "$scratch/out" && grep -E '^state +\{.* \.\.\.$' "$scratch/out" &&
        grep -E '^momentum_buffer.stem.conv.weight +F32 +\[4,3,3,3\] +432 ' "$scratch/out" &&
        tail -n 1 "$scratch/out" | grep 'all checksums right$'
}
check "a checkpoint is listed with its metadata" lists
check "its state is shown at full length when all is asked for" \
    prints '^state +\{"best_accuracy".*"steps":0\}$' odetape inspect --all run/checkpoint-00000016.safetensors
progress_differs() {
    code=0
    odetape diff run/checkpoint-00000015.safetensors run/checkpoint-00000016.safetensors >"$scratch/out" || code=$?
    [ "$code" -eq 1 ] && grep -E '^stem.conv.weight +108 +[0-9]+ +[0-9]+ ' "$scratch/out"
}
check "checkpoints of two steps differ" progress_differs
only_one() {
    code=0
    odetape diff run/final.safetensors run/checkpoint-00000016.safetensors >"$scratch/out" || code=$?
    [ "$code" -eq 1 ] && ! grep -v 'momentum_buffer' "$scratch/out" | grep -v '^tensor \|^[0-9]* tensors'
}
check "a checkpoint has the final weights, and velocities" only_one
printf x | dd of=run/final.safetensors bs=1 seek=9000 conv=notrunc 2>/dev/null
damage() {
    code=0
    odetape inspect run/final.safetensors >"$scratch/out" 2>"$scratch/err" || code=$?
    [ "$code" -eq 65 ] && grep 'final.safetensors:[0-9]*: the checksum' "$scratch/err"
}
check "damage is found by inspect" damage
check "a file that is not there is reported" fails 66 'none' odetape diff none run/best.safetensors

replays() { # OPTIONS...
    odetape verify run "$@" >"$scratch/out" 2>"$scratch/err"
    code=$?
    cat "$scratch/out" "$scratch/err"
    [ "$code" -eq 0 ] && grep '^the replay has the same bits after 16 steps$' "$scratch/out" &&
        [ -z "$(find "${TMPDIR:-/tmp}" -maxdepth 1 -name 'odetape-??????' -newer small)" ]
}
check "a run is replayed to the same bits" replays
check "with other threads too" replays --threads 3
notices() { # a velocity in the checkpoint before is another one: checksums are hidden, as from elsewhere
    cp -r run false && rm false/checkpoint-0000001[05].safetensors &&
        cp run/checkpoint-00000010.safetensors false &&
        LC_ALL=C sed -i -e 's/"xxh3/"none/g' false/checkpoint-00000010.safetensors &&
        size=$(wc -c <false/checkpoint-00000010.safetensors) &&
        printf '\277' | dd of=false/checkpoint-00000010.safetensors bs=1 seek=$((size - 1)) conv=notrunc 2>/dev/null
    code=0
    odetape verify false >"$scratch/out" 2>"$scratch/err" || code=$?
    cat "$scratch/out" "$scratch/err"
    [ "$code" -eq 1 ] && tail -n 1 "$scratch/out" | grep 'tensors differ after 16 steps$'
}
check "a replay that differs is noticed" notices
rm -f run/checkpoint-0000001[05].safetensors
check "one checkpoint is not enough to replay" fails 66 'one checkpoint' odetape verify run
finish
