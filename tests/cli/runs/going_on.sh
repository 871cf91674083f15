#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# Trainings that start from the weights of a file or a run, that are prolonged, and that have frozen
# parameters.
# shellcheck source=tests/tap.sh
. "${srcdir:?}/tests/tap.sh"
# shellcheck source=tests/cli/lib.sh
. "$srcdir/tests/cli/lib.sh"

check "a small data set is made" make_small
# shellcheck disable=SC2086,SC2154 # words of options, from lib.sh
start() { # WORD...: trains, with what it says in `says`
    odetape train $tiny "$@" >out 2>says || { cat says; return 1; }
}
has() { # FILE REGEX...: a line for each
    file=$1
    shift
    for regex; do
        grep -Eq "$regex" "$file" || { echo "no line with $regex"; cat "$file"; return 1; }
    done
}
same_weights() {
    odetape diff "$1" "$2" >/dev/null
}

# --init

check "a run is trained" start --net eulerx2 --epochs 2 --out first
deeper() {
    start --net eulerx3 --epochs 1 --out deeper --init first &&
        has says "^init      /.*/first/final\.safetensors\$" '^ *27 taken: ' \
            '^ *10 not in the file, .*: blocks\.2\.' &&
        ! grep -q 'only in the file' says
}
check "a deeper network takes what fits of a run, and lists the rest" deeper
shallower() {
    start --net eulerx1 --epochs 1 --out shallower --init first --weights-of best &&
        has says 'init  .*/first/best\.safetensors$' '^ *17 taken' '^ *10 only in the file: blocks\.1\.'
}
check "a shallower one too, and --weights-of chooses" shallower
wider() {
    start --net eulerx2 --width 6 --epochs 1 --out wider --init first/final.safetensors &&
        has says '^ *1 taken: head.fc.bias' '^ *26 of another shape or type: '
}
check "tensors of another shape are listed" wider
recorded() {
    sum=$(sed -n 's/.*init-checksum":"\([0-9a-f]*\)".*/\1/p' deeper/metrics.jsonl)
    [ ${#sum} -eq 32 ] && odetape inspect deeper/final.safetensors >tensors && has tensors "$sum" &&
        grep -q "\"init\":\"$PWD/first/final.safetensors\"" deeper/metrics.jsonl
}
check "path and checksum are in the journal and in the weights" recorded
check "the run is verified" odetape verify deeper
cp -R deeper moved && mv first elsewhere
resumes() {
    odetape train --resume moved >out 2>says &&
        has says 'is not there, so its checksum was not compared'
}
check "a resume does without the file, with a note" resumes
unverified() {
    fails 66 'first/final.safetensors: the file of --init, .* is missing, so .* cannot be verified; put it' \
        odetape verify moved && ! odetape verify moved 2>/dev/null | grep 'same bits'
}
check "verify refuses to do without the file" unverified
mkdir first && cp elsewhere/best.safetensors first/final.safetensors && printf 'x' >>first/final.safetensors
check "verify refuses another file in its place" fails 78 'its checksum is [0-9a-f]*, and the training' \
    sh -c 'odetape verify deeper 2>err; code=$?; grep -v "^replay\|^  to" err >&2; exit $code'
check "and so does a resume" fails 78 'its checksum is' odetape train --resume deeper
rm -rf first && mv elsewhere first
# shellcheck disable=SC2086
refused() { # CODE REGEX WORD...
    code=$1 regex=$2
    shift 2
    fails "$code" "$regex" odetape train --net eulerx2 $tiny --epochs 1 --out never "$@" && [ ! -e never ]
}
check "a checksum that does not fit is refused" \
    refused 64 'start from a file with the checksum 00' --init first --init-checksum 00
check "a file that is missing is refused" refused 66 'nothing' --init nothing
check "--weights-of needs --init" refused 64 'weights-of .* --init is not given' --weights-of best
printf '\34\0\0\0\0\0\0\0{"__metadata__":{"a":"b"}}  ' >empty.safetensors
check "a file of which nothing fits is refused" refused 65 'none of its tensors fits' --init empty.safetensors

# --resume with --epochs

# shellcheck disable=SC2086
prolong() {
    start --net eulerx1 --epochs 3 --milestones 1 --out whole &&
        start --net eulerx1 --epochs 2 --milestones 1 --out parts &&
        cp parts/final.safetensors shorter && odetape train --resume parts --epochs 3 >out 2>says &&
        same_weights whole/final.safetensors parts/final.safetensors &&
        ! same_weights shorter parts/final.safetensors && odetape verify parts
}
check "a finished run is prolonged to the bits of a run with all epochs" prolong
for file in final checkpoint-00000024; do
    check "$file is the same file" cmp "whole/$file.safetensors" "parts/$file.safetensors"
done
told() {
    has parts/metrics.jsonl '"prolonged":\{"epochs":3,"milestones":\[1\]\}' &&
        odetape compare --wide parts >table && has table ' 24 +1 .* finished$'
}
check "journal and tables have the new number of epochs" told
check "fewer epochs are refused" fails 78 'it can be prolonged, not shortened' odetape train --resume parts --epochs 2
check "a milestone that is past cannot be taken back" fails 78 'milestones \[1\], and .* past are \[\]' \
    odetape train --resume parts --epochs 4 --milestones none
check "other options keep their values" fails 64 'lr cannot be given with --resume' odetape train --resume parts --lr 1
later() {
    odetape train --resume parts --epochs 5 --milestones 1,4 >out 2>&1 &&
        has parts/metrics.jsonl '"epoch":5,.*"lr":0.001[,}0]'
}
check "a milestone that is still to come can be given" later

# --freeze

frozen() {
    start --net eulerx2 --epochs 2 --out frozen --init first --freeze 'stem.*' --freeze 'blocks.0.*' &&
        has says 'params .*; 412 are frozen' 'freeze stem\.\*,blocks\.0\.\*' &&
        ! odetape diff first/final.safetensors frozen/final.safetensors >differences 2>&1 || return 1
    ! grep -E '^(stem|blocks\.0)\.' differences && has differences '^blocks\.1\.' '^head\.fc\.weight'
}
check "frozen parameters and statistics keep their bits, the others move" frozen
check "a run with frozen parameters is verified" odetape verify frozen
less_work() { # the cost of the backward half
    start --net eulerx2 --epochs 1 --out all &&
        a=$(sed -n 's/.*"flops_backward":\([0-9]*\).*/\1/p' all/metrics.jsonl) &&
        b=$(sed -n 's/.*"flops_backward":\([0-9]*\).*/\1/p' frozen/metrics.jsonl) &&
        echo "$a $b" && [ $((2 * b)) -lt "$a" ]
}
check "a frozen beginning has no backward half" less_work
check "a pattern that matches nothing is refused with the nearest" \
    refused 64 "no parameter matches 'stm\.\*'; did you mean 'stem\.\*'" --freeze 'stm.*'
check "freezing everything is refused" refused 64 'at least one must be left' --freeze '*'
finish
