#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# Named systems on the command line: their list, what each is, and what must be true of it.  Small
# variants are trained, resumed and evaluated, so files hold all that their parts need.
# shellcheck source=tests/tap.sh
. "${srcdir:?}/tests/tap.sh"
# shellcheck source=tests/cli/lib.sh
. "$srcdir/tests/cli/lib.sh"
make_small

lists() {
    odetape system list --wide >out && cat out && grep '^fixup20 .* Zhang et al. 2019 ' out &&
        grep '^leapfrog-net ' out
}
check "systems are listed" lists
shows() {
    odetape system show leapfrog-net >out && cat out &&
        grep '^leapfrog: y = 2 s - x_prev' out && grep '^502570 parameters' out &&
        grep -F 'published with --recipe meganet' out &&
        grep -F "odetape train --net 'leapfrog x3' --levels 32,64:2,112:2 " out
}
check "a system is shown with its equation, its size, its recipe and its options" shows
every_system_is_in_the_manual() {
    for system in $(odetape system list | sed 1d | cut -d ' ' -f 1); do
        tr -d '\\' <"$srcdir/man/odetape-systems.7" | grep -E "^.It Cm |^.Cm " | grep -qw -e "$system" || {
            echo "$system is not in odetape-systems(7)"
            return 1
        }
    done
}
check "the manual has every system" every_system_is_in_the_manual
every_recipe_is_there() {
    for system in $(odetape system list | sed 1d | cut -d ' ' -f 1); do
        odetape system show "$system" >out || return
        recipe=$(sed -n 's/^published with --recipe //p' out)
        [ -z "$recipe" ] || odetape recipe show "$recipe" >out || return
    done
}
check "the recipe of every system is a recipe" every_recipe_is_there
names_the_first() {
    odetape recipe show fixup >out && cat out &&
        grep -E '^odetape train --system fixup(20|110) --epochs 200' out
}
check "a recipe names a system that was published with it" names_the_first
holds() { # SYSTEM LINE...
    system=$1
    shift
    odetape system check "$system" --wide >out && cat out && ! grep -v '^ok ' out | grep -v '^ *property' || return
    for line; do
        grep -E "$line" out || return
    done
}
check "what defines the leapfrog network is true of it" holds leapfrog-net \
    'parameters .* 502570  502570$' 'inverse .*e-[0-9]*  at most 1e-11$' 'symmetric ' 'gradient '
check "what defines Fixup is true of it" holds fixup20 'loss .* 1\.0986122886681[0-9]*  1\.098612' \
    'identity .* 0\.00e\+00  at most 0$'
an_option_may_be_the_default() { # --step fixed is the default, and the system sets --step controlled
    odetape tape --system neural-ode --net 'rk4 x1' --step fixed >given || return
    odetape tape --net 'rk4 x1' --levels 16,32:2,64:2 --down connector --stem conv --head bn-relu-pool \
        --subnet timed --weights shared >meant || return
    diff given meant
}
check "a given option that is the default replaces that of the system" an_option_may_be_the_default
check "an unknown system is answered with the nearest" \
    fails 64 "no system 'fixup2'; did you mean 'fixup20'" odetape system check fixup2

counts() { # NAME COUNT
    odetape system list >out && grep "^$1 " out && odetape system show "$1" >out && cat out &&
        grep "^$2 parameters" out
}
check "ResNet-110 is listed and shown" counts resnet110-v1 1727962
check "RevNet-38 is listed and shown" counts revnet-38 464890
check "ViT-Tiny is listed and shown" counts vit-tiny-cifar 5355466

# ---- training ----

trains() { # SYSTEM OPTION...
    system=$1
    shift
    odetape train --system "$system" "$@" --data small --batch 32 --epochs 2 --keep 9 --out "$system" >out 2>err ||
        { cat err && return 1; }
    mkdir -p again && rm -rf again/* && cp "$system/metrics.jsonl" again &&
        cp "$(find "$system" -name 'checkpoint-*' | sort -V | tail -n 2 | head -n 1)" again &&
        odetape train --resume again >out 2>err || { cat err && return 1; }
    cmp "$system/final.safetensors" again/final.safetensors && odetape eval "$system" --data small
}
check "a vision transformer is trained, resumed with the same bits and evaluated" \
    trains vit-tiny-cifar --net 'euler x4' --width 6
check "so is a network of LayerScale" trains layerscale-resnet --levels 4,8:2 --stem-stride 2
check "so is one without norms" trains skipinit --levels 4,8:2 --stem-stride 2
check "so is a PolyNet with group norms" \
    trains polynet-poly2 --levels 4,8:2 --stem-stride 2 --norm 'group(groups=2)'
check "so is one of bottlenecks with tvNorm" \
    trains resnet164-v2 --net 'euler x1' --levels 4,8:2 --stem-stride 2 --norm 'tv(scale=false)'
finish
