#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# odetape predict: images from files, folders, lists and standard input, data sets, and what it writes.
# shellcheck source=tests/tap.sh
. "${srcdir:?}/tests/tap.sh"
# shellcheck source=tests/cli/lib.sh
. "$srcdir/tests/cli/lib.sh"
make_small
# shellcheck disable=SC2086,SC2154 # several words, from lib.sh
odetape train $tiny --net rk4x1 --epochs 2 --out run >/dev/null 2>&1

# PNG files of test images: a red and a blue one, and one of 40 x 40 pixels.
write_images() {
    "$python" - <<'END'
import os
import struct
import zlib

def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

def write(path, side, colour):
    rows = (b"\0" + bytes(colour) * side) * side
    with open(path, "wb") as file:
        file.write(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)))
        file.write(chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b""))

os.makedirs("folder")
write("folder/b.png", 32, (255, 0, 0))
write("folder/a.png", 32, (0, 0, 255))
write("large.png", 40, (0, 0, 255))
END
    printf 'folder/a.png\n\nfolder/b.png\n' >list
}
python=python3
check "images are written" write_images

same_in_all_forms() {
    odetape predict run folder/a.png folder/b.png >files 2>/dev/null &&
        odetape predict run folder >folder.out 2>/dev/null && sed 's/^/# /' folder.out &&
        odetape predict run @list >list.out 2>/dev/null &&
        odetape predict run - <list >input.out 2>/dev/null &&
        cmp files folder.out && cmp files list.out && cmp files input.out &&
        [ "$(wc -l <files)" -eq 3 ] && head -n 1 files | grep '^image  *class  *p  *second'
}
check "files, a folder, a list and standard input give the same predictions" same_in_all_forms

has_names() {
    odetape predict run folder --csv out.csv >/dev/null 2>&1 && cat out.csv &&
        head -n 1 out.csv | grep '^index,image,class,probability,second,' &&
        grep -E '^0,folder/a.png,(disc|ring|square|frame|triangle|cross|star|heart|moon|bars),0\.[0-9]+,' out.csv
}
check "class names are those in the weights" has_names

keeps_names_through_fuse() {
    odetape train --net 'euler x1' --subnet vgg --width 4 --stem-stride 2 --data small --batch 32 --epochs 1 \
        --out vgg >/dev/null 2>&1 && odetape fuse vgg --out fused >/dev/null 2>&1 &&
        odetape inspect fused | grep '^class-names  *disc'
}
check "fused weights have the names too" keeps_names_through_fuse

sums_up_a_set() {
    odetape predict run small --json >set.json 2>/dev/null &&
        accuracy=$(odetape eval run --data small --json 2>/dev/null | sed -n 's/.*"accuracy": \([0-9.e-]*\).*/\1/p') &&
        grep "\"accuracy\": $accuracy" set.json && "$python" - <<'END'
import json
set_ = json.load(open("set.json"))
rows, count = set_["predictions"], set_["confusion"]["count"]
assert len(rows) == set_["images"] == sum(map(sum, count)) == 128
assert sum(row["class"] == row["label"] for row in rows) == sum(count[k][k] for k in range(10))
for row in rows:
    p = [one[1] for one in row["top"]]
    assert p == sorted(p, reverse=True) and len(p) == 3 and 0 < sum(p) <= 1 + 1e-12
    assert row["class"] == row["top"][0][0]
END
}
check "the confusion and accuracy of a set are those of its predictions" sums_up_a_set

is_an_array() { # FILE SHAPE
    head -c 128 "$1" | tr -d '\0' | grep -a "'descr': '<f4', 'fortran_order': False, 'shape': ($2)"
}
writes_arrays() {
    odetape predict run small --npy logits.npy --features features.npy >/dev/null 2>&1 &&
        is_an_array logits.npy '128, 10' && is_an_array features.npy '128, 4' &&
        [ "$(wc -c <features.npy)" -eq $((128 + 128 * 4 * 4)) ]
}
check "logits and features are arrays of NumPy" writes_arrays

follows_the_linear_layer() {
    mkdir arrays && odetape export run --to npy arrays >/dev/null 2>&1 && "$numpy" - <<'END'
import numpy
w, b = numpy.load("arrays/head.fc.weight.npy"), numpy.load("arrays/head.fc.bias.npy")
logits = numpy.load("features.npy") @ w.T + b
assert abs(logits - numpy.load("logits.npy")).max() < 1e-5
END
}
numpy=
for candidate in python3 /usr/bin/python3; do
    [ -n "$numpy" ] || ! $candidate -c 'import numpy' 2>/dev/null || numpy=$candidate
done
if [ -n "$numpy" ]; then
    check "the linear layer makes the logits of the features" follows_the_linear_layer
else
    skip "the linear layer makes the logits of the features" "no python3 with numpy"
fi

resizes() {
    fails 65 'large.png:16: the image is 40 pixels wide' odetape predict run large.png &&
        odetape predict run large.png --resize >/dev/null 2>&1
}
check "an image of another size is refused, or scaled" resizes
check "a file that is missing is refused" fails 66 'none.png: No such file' odetape predict run none.png
: >empty
check "an empty list is refused" fails 66 'empty has no names' odetape predict run @empty
check "a data set stands alone" fails 64 'a data set must be the only operand' odetape predict run small folder
printf 'folder/a.png\0b\n' >zero
check "a name with a zero byte is refused" fails 65 'name 1 has a zero byte' odetape predict run @zero
finish
