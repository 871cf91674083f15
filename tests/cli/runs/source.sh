#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# Weights are evaluated on the data set that they were trained with, with the same normalisation.
# Every command that takes a file works on every kind of network, or refuses with a sentence.
# shellcheck source=tests/tap.sh
. "${srcdir:?}/tests/tap.sh"
# shellcheck source=tests/cli/lib.sh
. "$srcdir/tests/cli/lib.sh"
make_small

# Other images of the same format.
mkdir others && cp "$images/batches.meta.txt" others &&
    tail -c $((256 * 3073)) "$images/data_batch_1.bin" >others/data_batch_1.bin &&
    tail -c $((128 * 3073)) "$images/test_batch.bin" >others/test_batch.bin

# shellcheck disable=SC2086,SC2154 # tiny is options
odetape train --net rk4x1 $tiny --epochs 1 --out run >/dev/null 2>&1
cp -r small moved

eval_says() { # REGEX ARGUMENTS...
    regex=$1
    shift
    odetape eval run/final.safetensors "$@" >"$scratch/out" 2>"$scratch/err" || return
    cat "$scratch/out" "$scratch/err"
    grep -Eq "$regex" "$scratch/out" "$scratch/err"
}
check "a file is evaluated on the data set that it names" eval_says '^data +small, test'
check "the same images in another directory need no word" eval_says '^data +moved, test' --data moved
silent() {
    eval_says 'data +moved' --data moved && [ ! -s "$scratch/err" ]
}
check "and get none" silent
check "other images that are asked for are used with a note" \
    eval_says "note: the test images in 'others' are not those" --data others
check "built-in images are others too" eval_says 'note: the test images' --data builtin
mv small away
check "a data set that is not there is named, and so is --data" \
    fails 66 "'small', which is not there .*--data" odetape eval run/final.safetensors
cp -r others small
check "other images in its place are refused" \
    fails 65 'are not those that .* was trained with .*--data' odetape eval run/final.safetensors
check "a landscape refuses them too" \
    fails 65 'are not those' odetape landscape run --no-plot --out land
rm -r small && mv away small

stored() { # the same numbers in the file, in eval and in eval --json
    odetape inspect run/final.safetensors >"$scratch/out" &&
        mean=$(sed -n 's/^ *mean *=* *//p' "$scratch/out" | head -n 1) &&
        eval_says "^mean +$mean\$" && eval_says '"deviation": \[0\.[0-9]*, ' --json &&
        eval_says "^mean +$mean\$" --data others
}
check "mean and deviation are stored with the weights, and used on other images too" stored

# ---- every command on every kind of network ----
network() { # KIND: its options
    case $1 in
    fixed) echo '--net rk4x1' ;;
    several) echo '--net "euler x1, midpoint x1"' ;;
    learned) echo '--net rk4x1 --step learned' ;;
    channel) echo '--net rk4x1 --step channel --step-clamp' ;;
    tableau) echo '--net midpointx1 --learn-tableau --project-order 1' ;;
    shared) echo '--net rk4x1 --weights shared' ;;
    theta) echo '--net rk4x1 --weights theta' ;;
    last) echo '--net rk4x1 --output last' ;;
    plain) echo '--net eulerx1 --head pool --block-relu --subnet vgg' ;;
    controlled)
        echo '--net bogacki_shampine32x1 --weights shared --step controlled --step-tolerance 0.5'
        ;;
    esac
}
# The command ends by itself: with success, with the answer no (1), or with a documented code and a
# sentence.
ends() { # COMMAND...
    code=0
    "$@" >"$scratch/out" 2>"$scratch/err" || code=$?
    echo "exit $code: $*"
    tail -n 2 "$scratch/err"
    [ "$code" -le 1 ] || { [ "$code" -ge 64 ] && [ "$code" -le 79 ] && [ -s "$scratch/err" ]; }
}
every_command() { # KIND
    rm -rf net land
    eval "odetape train $(network "$1") $tiny --epochs 1 --out net" >"$scratch/out" 2>&1 || return
    ends odetape eval net/final.safetensors && ends odetape eval net/best.safetensors --json &&
        ends odetape report net && ends odetape report net --data others --output other.html &&
        ends odetape plot net --terminal && ends odetape compare net && ends odetape verify net &&
        ends odetape inspect net/final.safetensors &&
        ends odetape diff net/final.safetensors net/best.safetensors &&
        ends odetape landscape net --kind line --points 2 --images 32 --no-plot --out land &&
        ends odetape train --resume net || return
    for command in plan tape gradcheck; do
        eval "ends odetape $command $(network "$1") --width 4" || return
    done
}
for kind in fixed several learned channel tableau shared theta last plain controlled; do
    check "every command ends by itself on a network of kind $kind" every_command "$kind"
done
finish
