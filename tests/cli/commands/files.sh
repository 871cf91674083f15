#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# Files that are missing or malformed or cannot be made, and the output of commands for good files.
# shellcheck source=tests/tap.sh
. "${srcdir:?}/tests/tap.sh"
# shellcheck source=tests/cli/lib.sh
. "$srcdir/tests/cli/lib.sh"

made_and_cut() {
    make_images && cut_small
}
check "data make writes a data set that can be cut" made_and_cut
: >file # nothing can be created below it, not even by root

broken() { # NAME: a copy of small, to be spoiled
    mkdir "$1" && cp small/* "$1"
}
broken truncated && head -c 3000 small/data_batch_1.bin >truncated/data_batch_1.bin
broken cut && head -c $((128 * 3073 - 1)) small/test_batch.bin >cut/test_batch.bin
broken label && printf '\012' | dd of=label/data_batch_1.bin bs=1 seek=$((7 * 3073)) conv=notrunc 2>/dev/null
broken oversized && cat all/*.bin all/*.bin >oversized/data_batch_1.bin
broken empty && : >empty/data_batch_1.bin

for command in 'data info' 'train --net rk4x1 --out never' 'data sheet never.png'; do
    # shellcheck disable=SC2086 # words of a command
    {
        check "odetape $command: a file that is cut within a record is reported with its offset" \
            fails 65 'truncated/data_batch_1.bin:3000' odetape $command --data truncated
        check "odetape $command: a label above 9 is reported with its offset" \
            fails 65 'label/data_batch_1.bin:21511: label 10' odetape $command --data label
        check "odetape $command: a file that is too long is refused" \
            fails 65 'oversized/data_batch_1.bin' odetape $command --data oversized
        check "odetape $command: an empty file is refused" \
            fails 65 'empty/data_batch_1.bin' odetape $command --data empty
        check "odetape $command: a missing directory is reported" \
            fails 66 'nowhere' odetape $command --data nowhere
        check "odetape $command: a file is no data directory" \
            fails 66 'file' odetape $command --data file
    }
done
check "odetape data info: a cut test file is reported" \
    fails 65 "cut/test_batch.bin:$((128 * 3073 - 1))" odetape data info --data cut
check "a training that was refused leaves nothing" test ! -e never -a ! -e runs

check "a sheet that cannot be made is reported" fails 73 'file/x.png' odetape data sheet file/x.png
half_a_set() { # refused also by commands that read one split only
    mkdir half && cp small/data_batch_1.bin half &&
        fails 66 'test_batch.bin: missing' odetape data info --data half &&
        fails 66 'test_batch.bin: missing' odetape data sheet never.png --data half &&
        fails 66 'test_batch.bin: missing' odetape landscape --net eulerx1 --data half --out never
}
check "half a data set is refused" half_a_set
goes_on() { # what a killed data make has left
    cp -r small unfinished && rm unfinished/test_batch.bin && : >unfinished/.unfinished-set &&
        fails 66 'has not finished' odetape data info --data unfinished &&
        odetape data make --data small unfinished && odetape data info --data unfinished &&
        cmp small/test_batch.bin unfinished/test_batch.bin && [ ! -e unfinished/.unfinished-set ]
}
check "data make begins again where it was killed" goes_on
check "a data set is not overwritten" fails 73 'small.* holds a data set' odetape data make small
check "a data set that cannot be made is reported" fails 73 'file/x' odetape data make file/x

check "a tableau that is not there is reported" fails 66 'none.tableau' odetape scheme show ./none.tableau
printf 'a2 = 1/0\nb = 0, 1\n' >zero.tableau
check "a malformed tableau is reported with its line" \
    fails 65 'zero.tableau:1' odetape scheme show zero.tableau
printf 'b = 1\0\n' >nul.tableau
check "a tableau with a zero byte is refused" fails 65 'nul.tableau' odetape scheme show nul.tableau

round_trip() {
    odetape scheme show rk4_38 >a.tableau && odetape scheme show ./a.tableau >b.tableau &&
        cmp a.tableau b.tableau
}
check "what scheme show prints can be read again" round_trip
every_scheme_shows() {
    { tableaux && other_schemes; } >names && [ "$(wc -l <names)" -ge 18 ] &&
        while read -r scheme; do
            odetape scheme show "$scheme" >"$scratch/out" && grep -Eq "^scheme +(= )?$scheme$" "$scratch/out" ||
                return 1
        done <names
}
check "every scheme of the list shows itself" every_scheme_shows

prints() { # REGEX COMMAND...
    regex=$1
    shift
    "$@" >"$scratch/out" 2>"$scratch/err" && [ ! -s "$scratch/err" ] && grep -E "$regex" "$scratch/out"
}
check "data info counts the images" prints '256 training and 128 test' odetape data info --data small
check "data sheet writes a PNG" prints 'x.png: 7 x 3' odetape data sheet --rows 3 --columns 7 --data small x.png
check "which begins as one" test "$(head -c 4 x.png | od -An -tx1 | tr -d ' ')" = 89504e47
sheet() { # FILE.png OPTIONS...
    odetape data sheet --data small "$@"
}
different_sheets() { # all of them, by epoch, kind and cutout
    for kind in standard autoaugment autoaugment-dv autoaugment-tf; do
        sheet $kind-1.png --augment $kind && sheet $kind-2.png --augment $kind --epoch 2 &&
            sheet $kind-cut.png --augment $kind --cutout 16 || return 1
    done
    sheet stored.png && sheet none.png --augment none && cmp stored.png none.png &&
        sheet none-cut.png --cutout 8 && rm none.png || return 1
    [ "$(cksum ./*-1.png ./*-2.png ./*-cut.png stored.png | cut -d ' ' -f 1 | sort -u | wc -l)" -eq 14 ]
}
check "sheets show each augmentation and each epoch as it is" different_sheets
check "an unknown augmentation is refused with those that there are" \
    fails 64 "augment is 'auto'; it must be one of standard, autoaugment, autoaugment-dv," \
    odetape data sheet --data small --augment auto x.png
check "so is a cutout that is larger than any image" \
    fails 64 "cutout is '65'; it must be a whole number from 0 to 64" \
    odetape train --net rk4x1 --cutout 65
check "a tape lists the stages of each block" \
    prints 'blocks\.1\.stages\.3' odetape tape --net rk4x2 --width 4 --batch 2
check "a plan counts the calls and kernels of each op" \
    prints '^conv2d  *9 .*9 portable' odetape plan --net rk4x1 --width 5 --image 8 --batch 2
check "a plan prints the fullest step of the arena" \
    prints 'arena is fullest at step' odetape plan --net rk4x1 --width 5 --image 8 --batch 2
check "a plan of every record names the block" \
    prints 'blocks\.1\.stages\.3' odetape plan --records --net rk4x2 --width 4 --batch 2 --evaluate
check "a plan needs a network" fails 64 'net' odetape plan
check "a tape is a graph" prints '^digraph' odetape tape --net rk4x1 --width 4 --dot
check "a tape that evaluates has no backward calls" \
    prints 'evaluat' odetape tape --net rk4x1 --width 4 --evaluate
json_is_valid() {
    odetape tape --net rk4x1 --width 4 --json >"$scratch/out" && python3 -m json.tool "$scratch/out"
}
if command -v python3 >/dev/null 2>&1; then
    check "a tape as JSON is JSON" json_is_valid
else
    skip "a tape as JSON is JSON" "there is no python3"
fi
check "gradients of a network pass" prints '^passed$' odetape gradcheck --net 'euler x1, rk4x1'
check "gradients in evaluation mode pass" prints '^passed$' odetape gradcheck --net rk4x1 --evaluate
check "gradients of every op pass" prints ' 0 failed$' odetape gradcheck --ops
too_strict() {
    code=0
    odetape gradcheck --net rk4x1 --tolerance 1e-15 >"$scratch/out" || code=$?
    [ "$code" -eq 1 ] && grep '^FAILED$' "$scratch/out"
}
check "a gradient check that fails exits with 1" too_strict
ops_too_strict() {
    code=0
    odetape gradcheck --ops --tolerance 1e-15 >"$scratch/out" || code=$?
    [ "$code" -eq 1 ] && grep -q ' FAILED$' "$scratch/out" && ! grep ' 0 failed$' "$scratch/out"
}
check "a gradient check of ops that fails exits with 1" ops_too_strict
every_example() { # op_avg_pool.c has eight
    odetape gradcheck --ops >"$scratch/out" && [ "$(grep -c '^avg_pool ' "$scratch/out")" -eq 8 ]
}
check "the gradient check has every example of an op" every_example

out_of_memory() { # the address space ends before the network does
    fails 71 'the program needs [0-9]+ MiB and [0-9]+ MiB are left' sh -c 'ulimit -v 1000000 && exec "$@"' sh \
        odetape plan --measure --net verner89x4 --width 128 --batch 4096 --threads 1
}
no_threads() { # each wants its stack
    fails 71 '1000 threads cannot be started' sh -c 'ulimit -v 1000000 && exec "$@"' sh \
        odetape tape --net rk4x1 --threads 1000
}
case ${CFLAGS-} in
*-fsanitize*)
    skip "threads that the system does not give are reported" "sanitizers need the address space"
    skip "running out of memory exits with 71" "sanitizers need the address space"
    ;;
*)
    check "threads that the system does not give are reported" no_threads
    check "running out of memory exits with 71" out_of_memory
    ;;
esac
finish
