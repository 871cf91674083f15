#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# Named systems on the command line: they are listed and shown, and small variants of them are trained,
# resumed and evaluated, so files hold all that their parts need.
# shellcheck source=tests/tap.sh
. "${srcdir:?}/tests/tap.sh"
# shellcheck source=tests/cli/lib.sh
. "$srcdir/tests/cli/lib.sh"
make_small

shows() { # NAME COUNT
    odetape system list >out && grep "^$1 " out && odetape system show "$1" >out && cat out &&
        grep "^$2 parameters" out
}
check "ResNet-110 is listed and shown" shows resnet110-v1 1727962
check "RevNet-38 is listed and shown" shows revnet-38 464890
check "ViT-Tiny is listed and shown" shows vit-tiny-cifar 5355466
check "an unknown system is answered with the nearest" \
    fails 64 "no system 'revnet38'; did you mean 'revnet-38'" odetape system show revnet38

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
