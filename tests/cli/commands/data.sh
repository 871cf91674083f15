#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# Every command that takes --data accepts a place of every source of data sets.
# shellcheck source=tests/tap.sh
. "${srcdir:?}/tests/tap.sh"
# shellcheck source=tests/cli/lib.sh
. "$srcdir/tests/cli/lib.sh"

# A folder of CIFAR-100: images of the built-in set, each with a label in front of the one it has.
records() { # FILE COUNT LABEL: so many records of 3074 bytes
    for i in $(seq 0 $(($2 - 1))); do
        printf '%b' "\\0$3"
        tail -c +$((i * 3073 + 1)) "$1" | head -c 3073
    done
}
make_hundred() {
    make_small && mkdir hundred && records small/data_batch_1.bin 64 3 >hundred/train.bin &&
        records small/test_batch.bin 32 5 >hundred/test.bin &&
        [ "$(wc -c <hundred/train.bin)" -eq $((64 * 3074)) ]
}
check "there are data sets" make_hundred

# A folder of MNIST, with images of 32 x 32: bytes of the built-in set under a header.
idx() { # NAME COUNT, in octal: so many images and labels
    n=$(printf '%d' "0$2")
    {
        printf '\0\0\10\3\0\0\0%b\0\0\0\40\0\0\0\40' "\\0$2"
        head -c $((n * 1024)) small/data_batch_1.bin
    } >"digits/$1-images-idx3-ubyte"
    {
        printf '\0\0\10\1\0\0\0%b' "\\0$2"
        for i in $(seq 1 "$n"); do printf '%b' "\\0$((i % 8))"; done
    } >"digits/$1-labels-idx1-ubyte"
}
make_digits() {
    mkdir digits && idx train 100 && idx t10k 40 &&
        [ "$(wc -c <digits/t10k-images-idx3-ubyte)" -eq $((16 + 32 * 1024)) ]
}
check "there is one of MNIST" make_digits

# Pictures of one class, and of two.
make_set() {
    mkdir -p pictures/one pictures/two && for i in 1 2 3 4 5 6 7 8; do
        odetape data sheet "pictures/one/$i.png" --rows 1 --columns 1 --augment standard --epoch "$i" &&
            odetape data sheet "pictures/two/$i.png" --rows 2 --columns 1 --augment standard --epoch "$i" ||
            return 1
    done && odetape data import pictures --out my.set --resize --test-fraction 0.25
}
check "there is an image set" make_set

# The places that --help names.  WHAT:DIR is asked with a folder of its kind, DIR alone with it too,
# and so is WHAT:FILE.
odetape data info --help >help
names=$(sed -n 's/^ *- \([a-z0-9-]*\):\(DIR\|FILE\).*/\1/p' help)
places="builtin small hundred digits my.set"
for name in $names; do
    case $name in
    cifar10) places="$places $name:small" ;;
    cifar100*) places="$places $name:hundred" ;;
    mnist) places="$places $name:digits" ;;
    images) places="$places $name:my.set" ;;
    *) places="$places $name:unknown" ;;
    esac
done
check "--help names the places of all sources" test "$(grep -c '^ *- ' help)" -eq 6 -a \
    "$(echo "$names" | wc -l)" -eq 5
manual_names_them() {
    for name in $names builtin; do
        sed 's/\\-/-/g' "$srcdir/man/options.mdoc" | grep -q "^\.Cm $name\b" || {
            echo "$name is not in the manual"
            return 1
        }
    done
}
check "the manual names them too" manual_names_them

# A command with the place as its data.  "run" was trained on the same place.
runs() { # COMMAND PLACE RUN
    case $1 in
    'data info') odetape data info --data "$2" ;;
    'data sheet') odetape data sheet sheet.png --data "$2" ;;
    'data make') odetape data make "made-$3" --data "$2" ;;
    train)
        odetape train --net eulerx1 --width 2 --stem-stride 2 --epochs 2 --seed 2 \
            --save-every 1 --max-seconds 0.001 --data "$2" --out "$3"
        ;;
    eval) odetape eval "$3/final.safetensors" --data "$2" ;;
    verify) odetape verify "$3" --data "$2" ;;
    report) odetape report "$3" --data "$2" --out "$3.html" ;;
    landscape)
        odetape landscape --net eulerx1 --width 2 --stem-stride 2 --points 3 --images 16 \
            --data "$2" --out "$3-landscape" || test $? -eq 69 # no gnuplot
        ;;
    sweep)
        printf '[train]\nnet = eulerx1\nwidth = 2\nstem-stride = 2\nepochs = 1\n' >one.ini
        printf 'max-seconds = 0.001\n[grid]\nseed = 1\n' >>one.ini
        odetape sweep one.ini --data "$2" --out "$3-sweep"
        ;;
    *) echo "no test here runs $1" && return 1 ;;
    esac
}
takes_it() { # COMMAND PLACE RUN
    runs "$@" >"$scratch/out" 2>"$scratch/err" && return
    code=$?
    cat "$scratch/err"
    # Only CIFAR-10's format is written.
    [ "$1" = 'data make' ] && [ "$code" -eq 64 ] &&
        grep -q 'the set has [0-9]* classes of images of 32x32x[13]; the CIFAR-10 format' "$scratch/err"
}
odetape --dump-options | awk -F '\t' '
    $1 == "command" { command = $2 }
    $3 == "--data" { print (command == "train" ? 0 : 1) "\t" command }' | sort | cut -f 2 >commands
for place in $places; do
    run=$(echo "$place" | tr ':' '-')-run
    while IFS= read -r command; do
        check "odetape $command takes $place" takes_it "$command" "$place" "$run"
    done <commands
done
check "these are several commands" test "$(wc -l <commands)" -ge 8

shape_of() { # RUN REGEX
    odetape inspect "$1/final.safetensors" | grep -Eq "$2"
}
check "a network gets the classes of its data set" shape_of cifar100-hundred-run 'classes *100'
check "and so does one with coarse labels" shape_of cifar100-coarse-hundred-run 'classes *20'

refused() { # PLACE REGEX: after the note that these are other images
    code=0
    odetape eval cifar100-hundred-run/final.safetensors --data "$1" 2>"$scratch/err" || code=$?
    cat "$scratch/err"
    [ "$code" -eq 64 ] && grep -q "$2" "$scratch/err"
}
check "a network is refused a data set with other classes" \
    refused small 'the network has 100 classes; the data set has 10$'
check "and with other labels of the same images" \
    refused cifar100-coarse:hundred 'the network has 100 classes; the data set has 20$'
damaged() { # PLACE REGEX: train.bin is what stdin says
    mkdir -p hurt && cat >hurt/train.bin && cp hundred/test.bin hurt &&
        fails 65 "$2" odetape train --net eulerx1 --data "$1" --out never
}
cut_file() { head -c 6000 hundred/train.bin | damaged hurt 'hurt/train.bin:6000: the file ends within'; }
empty_file() { damaged hurt 'hurt/train.bin:0: the file is empty' </dev/null; }
wrong_label() {
    { printf '\024' && head -c 3073 hundred/train.bin; } |
        damaged cifar100-coarse:hurt 'hurt/train.bin:0: coarse label 20 > 19'
}
check "a cut file is refused in a sentence" cut_file
check "so is an empty one" empty_file
check "so is a label out of range" wrong_label
check "so is a folder that is not there" fails 66 'none/train.bin: no such file; a folder with' \
    odetape data info --data cifar100:none
check "so is a source without a folder" fails 66 'cifar100-coarse:DIR' \
    odetape data info --data cifar100-coarse:
two_labels() {
    printf '[train]\nnet = eulerx1\nwidth = 2\nstem-stride = 2\nepochs = 1\n[grid]\n' >two.ini
    printf 'data = cifar100:hundred | cifar100-coarse:hundred\n' >>two.ini
    odetape sweep two.ini --dry-run --out both | grep -q 'data-cifar100-coarse-hundred'
}
check "the runs of a sweep over both labels have names of their own" two_labels
finish
