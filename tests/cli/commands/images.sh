#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# Images of one's own: from PNG files to a training, what is refused on the way, and what data info
# says about them.
# shellcheck source=tests/tap.sh
. "${srcdir:?}/tests/tap.sh"
# shellcheck source=tests/cli/lib.sh
. "$srcdir/tests/cli/lib.sh"
png=$srcdir/tests/fuzz/png

says() { # REGEX COMMAND...: on stdout or stderr
    regex=$1
    shift
    "$@" >"$scratch/out" 2>&1
    code=$?
    cat "$scratch/out"
    [ "$code" -eq 0 ] && grep -Eq "$regex" "$scratch/out"
}

# Classes of the PNG files of 7 x 5 pixels that the corpus of the fuzz target has.
mkdir -p tree/train/dog tree/train/'a cat' tree/test/dog tree/test/'a cat'
cp "$png/rgb8.png" tree/train/dog/1.png
cp "$png/rgb8text.png" tree/train/dog/2.png
cp "$png/grey1.png" tree/train/'a cat'/x.png
cp "$png/grey16i.png" tree/test/'a cat'/y.PNG
cp "$png/rgb8.png" tree/test/dog/9.png
cp "$png/palette2.png" tree/test/dog/10.png

check "folders of PNG files become an image set" \
    says '^5x7.set: 3 training and 3 test images of 5x7 pixels and 3 channels in 2 classes$' \
    odetape data import tree --out 5x7.set --size 5x7
check "the same import writes the same bytes" sh -c \
    'odetape data import tree -o again.set --size 5x7 >out && cmp 5x7.set again.set'
check "images of another size are scaled on request" says '16x16 pixels and 1 channel in 2' \
    odetape data import tree --out 16.set --size 16 --resize --channels 1
check "data info names the classes" says '^ +1  dog +2 +2$' odetape data info --data 16.set
check "data info warns of test images that are training images" \
    says 'warning: 5x7.set: 1 of 3 test images are training images too, .*test = train: 2 = 1\)' \
    odetape data info --data 5x7.set
no_warning() {
    odetape data info --data builtin 2>err >out && [ ! -s err ] && [ -s out ]
}
check "the built-in set has none" no_warning
check "its sheet shows two classes" says 'x.png: 3 x 2 images' \
    odetape data sheet x.png --data 5x7.set --split train --columns 3
trains() {
    odetape train --net eulerx1 --width 4 --data 16.set --epochs 2 --batch 2 --augment none --out run \
        >out 2>&1 && odetape eval run/final.safetensors | grep -q '16.set'
}
check "a training runs on it, and its weights remember it" trains

# What is refused; nothing is written.
import() { odetape data import "$1" --out never.set --size 5x7; }
check "without --out nothing is imported" fails 64 '\-\-out' odetape data import tree
check "a size that is none is refused" fails 64 "size is '5x'" odetape data import tree --out never.set --size 5x
check "so is one of zero" fails 64 "size is '0'" odetape data import tree --out never.set --size 0
check "so are two channels" fails 64 'channels is 2; it must be 1 or 3' \
    odetape data import tree --out never.set --channels 2
check "so is a fraction beside train and test" fails 64 'has the folders train and test' \
    odetape data import tree --out never.set --test-fraction 0.2
check "so is a directory that needs one" fails 64 'a test fraction is needed' import tree/train
check "so is one that is not there" fails 66 'none: No such file' \
    odetape data import none --out never.set --test-fraction 0.2
check "so is an image of another size, with both" \
    fails 65 '[12]\.png:16: the image is 7 pixels wide and 5 high; 32 and 32' \
    sh -c 'cd tree && rm -rf two && mkdir two two/c && cp train/dog/*.png two/c &&
        odetape data import two --out never.set --test-fraction 0.5'
spoiled() { # REGEX FILE: as the image of a class
    rm -rf bad && mkdir -p bad/c && cp "$png/rgb8.png" bad/c/1.png && cp "$2" "bad/c/${3-2.png}" &&
        fails 65 "$1" odetape data import bad --out never.set --size 5x7 --test-fraction 0.5
}
check "a transparent pixel is refused" spoiled 'c/2.png: pixel [0-9] of row [0-9] has an opacity' "$png/rgb8t.png"
check "a cut file is refused with its offset" spoiled 'c/2.png:70: not a good PNG file' "$png/cut"
check "a huge image is refused" spoiled 'c/2.png:16: the image is 16384 pixels' "$png/huge"
check "a file of another kind is refused" spoiled 'c/2.jpg: the folder of a class has PNG files only' \
    "$png/cut" 2.jpg
escaped=$(printf 'x\033[2J.png')
check "a name cannot steer the terminal" spoiled 'c/x\?\[2J.png:70:' "$png/cut" "$escaped"
check "a background makes transparent pixels opaque" says '1 training and 1 test images' sh -c \
    "cp '$png/rgb8t.png' '$png/palette8t.png' tree/two/c && rm tree/two/c/[12].png &&
        odetape data import tree/two --out back.set --size 5x7 --background white --test-fraction 0.5"
check "a set that cannot be made is reported" fails 73 'none/x.set' \
    odetape data import tree --out none/x.set --size 5x7
check "nothing was written" test ! -e never.set

# Damaged image sets.
head -c 200 5x7.set >cut.set
{ head -c 150 5x7.set && printf 'x' && tail -c +152 5x7.set; } >changed.set
check "a cut set is refused with its offset" fails 65 'cut.set:200: the file has 200 bytes' \
    odetape data info --data cut.set
check "so is a changed one" fails 65 'changed.set:[0-9]*: damaged: the checksum' odetape data info --data changed.set
check "so is a file of another kind" fails 65 'x.png: this is a PNG image; a data set is expected' \
    odetape data info --data images:x.png
check "a file that no source accepts is refused" \
    fails 66 'x.png: this is a PNG image; a data set is expected: odetape data import' \
    odetape data info --data x.png
finish
