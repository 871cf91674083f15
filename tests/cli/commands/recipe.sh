#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# Optimisers, schedules and recipes on the command line, and those of a plugin.
# shellcheck source=tests/tap.sh
. "${srcdir:?}/tests/tap.sh"
# shellcheck source=tests/cli/lib.sh
. "$srcdir/tests/cli/lib.sh"
make_small
# shellcheck disable=SC2154
net="--net euler:x2 $tiny"

# ---- recipes ----
lists() {
    odetape recipe list --wide >out && cat out && grep '^resnet20-v1  *He et al. 2015 ' out &&
        odetape recipe show resnet20-v1 >out && cat out &&
        grep '^odetape train --system resnet20-v1 --epochs 200 .*--milestones 100,150 ' out
}
check "recipes are listed and shown" lists
check "an unknown recipe is answered with the nearest" \
    fails 64 "no recipe 'resnet20'; did you mean 'resnet20-v1'" odetape recipe show resnet20
options_of() { # RUN: the options in its journal
    sed -n '1s/.*"options":{\([^}]*\)}.*/\1/p' "$1/metrics.jsonl"
}
varies() { # what is given wins, also a value of 0; files have the options and not the name
    # shellcheck disable=SC2086
    odetape train $net --recipe resnet20-v1 --epochs 2 --momentum 0 --lr 0.05 --out varied >out 2>err &&
        options_of varied >options && cat options && grep '"epochs":2,.*"lr":0.05' options &&
        grep '"momentum":0.0,.*"milestones":\[1\],' options && ! grep recipe options
}
check "options that are given win over those of the recipe" varies

# ---- schedules and optimisers ----
refuses() { # REGEX OPTION...
    regex=$1
    shift
    # shellcheck disable=SC2086
    fails 64 "$regex" odetape train $net --epochs 3 --out refused "$@" && [ ! -e refused ]
}
check "an unknown optimiser is answered with the nearest" refuses "did you mean 'adamw'" --optimiser adam
check "milestones are refused with a cosine" \
    refuses 'milestones is 1, which has no effect with schedule cosine; .* choose schedule step' \
    --schedule cosine --milestones 1
check "and so is its decay, also the default one if it is given" \
    refuses 'decay is 0.1, which has no effect with schedule cosine' --schedule cosine --decay 0.1
check "a momentum is refused with AdamW" \
    refuses 'momentum is 0.9, which has no effect with optimiser adamw; .* choose optimiser sgd' \
    --optimiser adamw --momentum 0.9
check "also beside a recipe" \
    refuses 'momentum is 0.9, which' --recipe resnet20-v1 --optimiser adamw --momentum 0.9
check "a decay needs milestones" \
    refuses 'decay is 0.5, which has no effect with milestones none' --milestones none --decay 0.5
check "a crop needs augmentation" \
    refuses 'crop is 4, which has no effect with augment none' --augment none --crop 4
check "also with the shorthand" \
    refuses 'crop is 4, which has no effect with augment none' --no-augment --crop 4
check "which contradicts other augmentation" \
    refuses 'no-augment stands for .* and cutout 8 is given' --no-augment --cutout 8
check "a colour to fill with needs a crop" \
    refuses 'crop-fill is mean, which has no effect with crop 0' --crop 0 --crop-fill mean
check "Nesterov needs a momentum" \
    refuses 'nesterov=on has no effect with momentum 0' --optimiser 'sgd(nesterov=on)' --momentum 0
check "a warm-up is longer than a step" refuses 'is 0.08 of a step' --warmup 0.01
check "--accept-plugin needs --resume" refuses 'no effect without --resume' --accept-plugin
check "a least rate above lr is refused" refuses 'least must not exceed' --schedule 'cosine(least=1)'
check "a warm-up that is longer than the training is refused" refuses 'the warm-up is 4' --warmup 4
check "a beta of 1 is refused" refuses 'must be below 1' --optimiser 'adamw(beta1=1)'
others() { # defaults and what a recipe sets are not refused, and files do not have them
    # shellcheck disable=SC2086
    odetape train $net --epochs 2 --recipe resnet20-v1 --schedule cosine --optimiser adamw --out others \
        >out 2>err && options_of others >options && cat options &&
        grep '"momentum":0.0,.*"milestones":\[\],' options && ! grep warning err
}
check "a recipe's milestones and momentum go with its schedule and optimiser" others
late() {
    # shellcheck disable=SC2086
    odetape train $net --epochs 2 --milestones 1,5 --out late >out 2>err &&
        grep 'warning: milestone 5 has no effect, because the training ends after epoch 2' err
}
check "a milestone that is not reached leads to a warning" late
experiment() { # LINE...
    { printf '[train]\nnet = euler:x2\nepochs = 3\n' && printf '%s\n' "$@"; } >e.ini &&
        odetape sweep e.ini --out swept --dry-run
}
check "an experiment with a momentum that is not read is refused" \
    fails 78 'e.ini:5: momentum is 0.9, which has no effect with optimiser adamw' \
    experiment 'optimiser = adamw' 'momentum = 0.9'
check "one that leaves it out is not" experiment 'optimiser = adamw' 'schedule = cosine'
trains() {
    # shellcheck disable=SC2086
    odetape train $net --epochs 2 --optimiser adamw --schedule 'cosine( per = step )' --warmup 0.5 \
        --clip-norm 1 --clamp 2 --smoothness 1e-4 --decay-on weights --out chosen >out 2>err &&
        options_of chosen >options && cat options &&
        grep '"optimiser":"adamw".*"decay-on":"weights".*"schedule":"cosine(per=step)"' options &&
        odetape inspect chosen/best.safetensors >out && grep 'optimiser\.exp_avg_sq\..*fc\.weight' out
}
check "a training with all choices says them in its files" trains
check "its checkpoint is evaluated" odetape eval chosen/best.safetensors --data small

# ---- a plugin ----
builds() { # SOURCE PLUGIN
    # shellcheck disable=SC2086
    ${CC:?} -shared -fPIC -Wall -Wextra -Werror -I"$srcdir/src" ${CFLAGS-} "$1" -o "$2"
}
check "a plugin with an optimiser and a schedule builds" builds "$srcdir/examples/new_optimiser.c" lion.so
uses() {
    # shellcheck disable=SC2086
    odetape train $net --epochs 2 --lr 1e-3 --optimiser 'lion(beta=0.95)' --schedule triangle \
        --keep 9 --out lion --plugin lion.so >out 2>err || { cat err && return 1; }
    head -n 1 lion/metrics.jsonl | grep -F '"plugins":[{"name":"lion"' && odetape eval lion
}
check "a training uses them, and its files name the plugin" uses
again() { # the run as it was after its first epoch
    rm -rf again && mkdir again && cp lion/metrics.jsonl again &&
        last=$(find lion -name 'checkpoint-*' | sort -V | tail -n 2 | head -n 1) && cp "$last" again
}
resumes() {
    again && odetape train --resume again --plugin lion.so >out 2>err &&
        cmp lion/final.safetensors again/final.safetensors
}
check "a resumed training has the same bits" resumes
asks_for_it() {
    again && fails 65 'no optimiser .*made with the plugin lion' odetape train --resume again
}
check "without the plugin a resume says which one it needs" asks_for_it
mkdir new
sed 's/(real)0.9/(real)0.8/' "$srcdir/examples/new_optimiser.c" >new/lion.c
refuses_another() {
    builds new/lion.c new/lion.so && again && fails 78 'the plugin lion is another one' \
        odetape train --resume again --plugin new/lion.so
}
check "another version of the plugin is refused" refuses_another
finish
