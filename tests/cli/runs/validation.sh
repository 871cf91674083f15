#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# odetape train --validation, --average and --crop-fill, and where their results are shown.
# shellcheck source=tests/tap.sh
. "${srcdir:?}/tests/tap.sh"
# shellcheck source=tests/cli/lib.sh
. "$srcdir/tests/cli/lib.sh"
make_small

trains() { # NAME OPTION...
    into=$1
    shift
    # shellcheck disable=SC2154,SC2086 # words of options, from lib.sh
    odetape train $tiny --net eulerx1 --epochs 2 --wide "$@" --out "$into" >"$into.out" 2>"$into.err" ||
        { cat "$into.err"; return 1; }
}
check "a training without held-out images" trains plain
check "a training with both" trains both --validation 56 --average 0.9 --crop-fill mean
check "a training with another seed" trains second --validation 56 --average 0.9 --crop-fill mean --seed 2

# The value of a key of the line of an epoch, as a percentage with two digits.
percent() { # RUN EPOCH KEY
    sed -n "s/.*\"epoch\":$2,.*\"$3\":\([0-9.e-]*\).*/\1/p" "$1/metrics.jsonl" |
        awk '{ printf "%.2f\n", 100 * $1 }'
}
# The first epoch with the greatest validation accuracy.
chosen() { # RUN
    for epoch in 1 2; do
        echo "$epoch $(percent "$1" "$epoch" validation_accuracy)"
    done | awk '$2 > most { most = $2; epoch = $1 } END { print epoch }'
}

plain_names_no_best() {
    cat plain.out
    grep -x "accuracy  $(percent plain 2 test_accuracy)% on the test images" plain.out &&
        ! cat plain.out plain.err | grep -v '^machine ' | grep -iE 'best|validation|average'
}
check "without held-out images nothing is called the best" plain_names_no_best

summary_names_the_chosen_epoch() {
    cat both.out
    epoch=$(chosen both)
    held_out=$(percent both "$epoch" validation_accuracy)
    grep -x "accuracy  $(percent both 2 test_accuracy)% on the test images" both.out &&
        grep "^ *$(percent both "$epoch" test_accuracy)% after epoch $epoch, the best by validation with $held_out%\$" \
            both.out &&
        grep -x "          $(percent both 2 average_accuracy)% with the moving average of the weights" both.out
}
check "with them the summary has the chosen epoch, and the average" summary_names_the_chosen_epoch

head_has_the_options() {
    cat both.err
    grep -q '^data      small: 200 training images, 128 test images$' both.err &&
        grep -q "^          56 of the training set's images are held out for validation\$" both.err &&
        tr -s ' \n' ' ' <both.err | grep -q 'crop 4, crop-fill mean, validation 56, average 0.9 ' &&
        [ "$(grep -c 'validation loss .* average test loss .* validation loss' both.err)" -eq 2 ]
}
check "head and epochs show both" head_has_the_options

evaluates() { # WORD PERCENT
    odetape eval both --weights-of "$1" 2>err >out || { cat err; return 1; }
    cat out err
    grep -q "^accuracy  $2%" out && grep -q "^weights   both/$1.safetensors\$" err
}
check "--weights-of average has the accuracy of the average" \
    evaluates average "$(percent both 2 average_accuracy)"
check "--weights-of best has that of the chosen epoch" \
    evaluates best "$(percent both "$(chosen both)" test_accuracy)"
check "there is no average without --average" fails 66 "'plain' has no average.safetensors" \
    odetape eval plain --weights-of average

columns_are_there() {
    odetape compare --wide both second >table || return 1
    cat table
    grep -Eq 'best test % +final % +validation % +chosen % +average % ' table || return 1
    mean=$(for run in both second; do percent $run "$(chosen $run)" test_accuracy; done |
        awk '{ sum += $1 } END { printf "%.2f", sum / NR }')
    grep -q "^euler x1 .* $mean +- " table
}
check "compare has columns for them" columns_are_there
plain_columns() {
    odetape compare --wide plain >table && cat table && grep -q 'best test %' table &&
        ! grep -Eq 'validation|chosen|average' table
}
check "a table of runs without them has not" plain_columns

resumes() {
    odetape train --resume both >out 2>err || { cat err; return 1; }
    grep 'the best by validation' out && odetape verify both
}
check "a run goes on and verifies with its images held out" resumes

curves_are_drawn() {
    odetape plot both --terminal >text && cat text
    [ "$(grep -c '^Validation accuracy\|^Test accuracy, average of weights\|^Validation loss, average' text)" -eq 4 ] &&
        odetape plot plain --terminal | grep -Eq 'Test accuracy' &&
        ! odetape plot plain --terminal | grep -Eq 'alidation|average'
}
check "plot draws their curves" curves_are_drawn
on_the_page() {
    odetape report both --output page.html --no-images >/dev/null 2>err || { cat err; return 1; }
    for what in 'Validation accuracy' 'Test loss, average of weights' '>chosen epoch<' '>average %<'; do
        grep -q "$what" page.html || { echo "no $what"; return 1; }
    done
}
check "the report has curves and columns" on_the_page

sweeps() {
    cat >swept.ini <<END
[train]
data = small
net = eulerx1
width = 4
stem-stride = 2
batch = 32
epochs = 2
validation = 20 | 40
END
    odetape sweep swept.ini --out swept --wide >out 2>err || { cat err; return 1; }
    cat out
    head -n 1 out | grep -q 'validation % chosen % ' && ! grep -q average out &&
        [ "$(grep -c '"chosen_accuracy":.*"chosen_epoch":' swept/results.jsonl)" -eq 2 ] &&
        odetape compare --wide swept | grep -q 'validation 40'
}
check "a sweep takes --validation as a key and shows its columns" sweeps
keys_are_explained() {
    for key in validation_accuracy chosen_accuracy chosen_epoch average_accuracy; do
        sed -n '/^\.Ss Results/,/^\.El/p' "$srcdir/man/odetape-experiment.5" |
            grep -Eq "^\.It Cm (.* )?$key( |\$)" || { echo "$key is not explained"; return 1; }
    done
}
check "the manual explains their keys" keys_are_explained

refuses() { # REGEX OPTION...
    regex=$1
    shift
    # shellcheck disable=SC2086
    fails 64 "$regex" odetape train $tiny --net eulerx1 --epochs 1 --out refused "$@" && [ ! -e refused/metrics.jsonl ]
}
check "no image to hold out is refused" refuses "validation is '0'; it must be a whole number from 1" --validation 0
check "all images are refused" \
    refuses "256 images are to be held out .*, and the training set has 256; 1 to 255 are possible" --validation 256
check "an average that never moves is refused" \
    refuses 'the decay of the average is 1; it must be above 0 and below 1' --average 1
check "an unknown colour is refused" refuses "crop-fill is 'white'; it must be one of black, mean" --crop-fill white
finish
