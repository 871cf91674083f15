#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# Weights of other software, and networks with fused convolutions, on the command line.
# shellcheck source=tests/tap.sh
. "${srcdir:?}/tests/tap.sh"
# shellcheck source=tests/cli/lib.sh
. "$srcdir/tests/cli/lib.sh"
make_small
# shellcheck disable=SC2154
small='--data small --batch 32'

# ---- a file with PyTorch's names ----
# shellcheck disable=SC2086
trains() {
    odetape train --system resnet20-v1 --levels 4,6:2 --stem-stride 2 --epochs 1 $small --out run >out 2>err
}
check "a network is trained" trains
if ! command -v python3 >/dev/null 2>&1; then
    skip "weights of other software are imported" "there is no python3"
    finish
    exit
fi

# The header of the weights is written again with other names, and without checksums and metadata.
renames() {
    python3 - run/final.safetensors torch.safetensors <<'END'
import json, re, struct, sys

data = open(sys.argv[1], "rb").read()
size = struct.unpack("<Q", data[:8])[0]
header = json.loads(data[8:8 + size])
header.pop("__metadata__")


def name(ours):
    ours = re.sub(r"^stem\.(conv|bn)\.", r"\g<1>1.", ours).replace("head.fc.", "linear.")
    block = re.match(r"blocks\.(\d+)\.stages\.0\.", ours)
    if not block:
        return ours
    k = int(block[1])
    return "layer%d.%d.%s" % (k // 3 + 1, k % 3, ours[block.end():])


text = json.dumps({name(ours): entry for ours, entry in header.items()}).encode()
open(sys.argv[2], "wb").write(struct.pack("<Q", len(text)) + text + data[8 + size:])
END
}
check "its weights get PyTorch's names" renames

net='--system resnet20-v1 --levels 4,6:2 --stem-stride 2'
numbers() { # KEY: of the run, with commas
    odetape inspect run | sed -n "s/^$1 *//p" | tr ' ' ','
}
like="--mean $(numbers mean) --deviation $(numbers deviation)"
imports() {
    # shellcheck disable=SC2086
    odetape import torch.safetensors $net $like --names pytorch-resnet --out imported >out && cat out &&
        odetape diff imported run/final.safetensors &&
        odetape inspect imported >out && cat out &&
        grep '^imported-from *torch.safetensors$' out && grep '^imported-names *pytorch-resnet$' out &&
        grep '^imported-checksum *[0-9a-f]\{32\}$' out
}
check "the import has the same bits, and says where they come from" imports
evaluates() { # FILE FILE: both have one accuracy and loss
    for file; do
        odetape eval "$file" --data small >out && cat out &&
            grep -E '^(accuracy|loss)' out >"$(basename "$file").eval" || return
    done
    cmp "$(basename "$1").eval" "$(basename "$2").eval"
}
check "it is evaluated as the run is" evaluates imported run/final.safetensors
starts() {
    # shellcheck disable=SC2086
    odetape train $net --epochs 1 $small --init imported --out more >out 2>err && cat err &&
        grep '67 taken' err && ! grep 'not in the file' err
}
check "a training starts from it" starts
check "a landscape is drawn around it" odetape landscape imported --data small --kind line --points 3 --images 64 \
    --no-plot --out around

refuses() { # CODE REGEX OPTION...
    code_wanted=$1
    regex=$2
    shift 2
    # shellcheck disable=SC2086
    fails "$code_wanted" "$regex" odetape import torch.safetensors --out refused "$@" && [ ! -e refused ]
}
# shellcheck disable=SC2086
{
    check "missing tensors are listed" refuses 65 '10 of the network missing in the file \(blocks\.6' \
        $net $like --names pytorch-resnet --net 'euler x3 + euler x4'
    check "unknown tensors are listed" refuses 65 'of the file unknown to the network \(layer1\.2' \
        $net $like --names pytorch-resnet --net 'euler x2 + euler x3'
    check "tensors of other shapes are listed" refuses 65 '1 of another shape or type|2 of another shape or type' \
        $net $like --names pytorch-resnet --classes 11
    check "an unknown naming is answered with the nearest" refuses 64 "did you mean 'pytorch-resnet'" \
        $net $like --names torch
    check "a naming is needed" refuses 64 'needs --names' $net $like
    check "a mean is needed" refuses 64 'needs --mean' $net --deviation 1,1,1 --names pytorch-resnet
    check "a network is needed" refuses 64 'needs --system NAME or --net NET' $like --names pytorch-resnet
    check "a mean is numbers" refuses 64 "mean is '1,x'" $net --mean 1,x --deviation 1,1 --names pytorch-resnet
    check "there are four channels at most" refuses 64 'up to 4' $net --mean 1,1,1,1,1 --deviation 1 \
        --names pytorch-resnet
    check "mean and deviation have one number per channel" refuses 64 'has 3 numbers and --deviation 2' $net \
        --mean 1,1,1 --deviation 1,1 --names pytorch-resnet
    check "deviations are positive" refuses 64 'must be positive' $net --mean 1,1,1 --deviation 1,0,1 \
        --names pytorch-resnet
    check "a file does not replace itself" fails 64 'is the file that is imported' odetape import torch.safetensors \
        $net $like --names pytorch-resnet --out ./torch.safetensors
}
check "a file that is not there is refused" fails 66 'nowhere' odetape import nowhere $net $like \
    --names pytorch-resnet --out refused

# ---- fused convolutions ----
fuses() {
    odetape fuse run --out fused >out 2>err && cat out err &&
        grep '^norms     13 of 13 are part of convolutions$' out &&
        grep '^logits    differ by at most [0-9.e-]* of the largest' out &&
        grep '^speed     [0-9]* images per second instead of [0-9]*: [0-9.]* times$' out &&
        odetape inspect fused >out && grep '^fused *true$' out && grep '^data *small$' out &&
        grep '^fused-checksum ' out && ! grep running_var out
}
check "a run is fused" fuses
agrees() {
    odetape eval fused --json >one && odetape eval run --json >two && cat one two &&
        sed 's/.*"accuracy": \([0-9.]*\).*/\1/' one >a && sed 's/.*"accuracy": \([0-9.]*\).*/\1/' two >b && cmp a b
}
check "it is evaluated on the data of the run" agrees
check "the weights of a run are not replaced by fused ones" fails 64 'is the file that is fused' \
    odetape fuse run --out run/final.safetensors
check "a fused file is not fused again" fails 64 'fused already' odetape fuse fused --out refused
# shellcheck disable=SC2086
{
    check "a fused network is not trained" fails 64 'evaluated and not trained' odetape train $net --fused --epochs 1 \
        $small --out refused
    check "a training does not start from fused weights" fails 64 'fused from' odetape train $net --epochs 1 $small \
        --init fused --out refused
    check "the plan of a fused network is printed" odetape plan $net --fused --evaluate
    check "a network without a batch norm cannot be fused" fails 64 'leave out --fused' odetape plan $net --norm none \
        --fused
}
check "no landscape is drawn around it" fails 64 'was fused from' odetape landscape fused --data small --kind line \
    --points 3 --images 64 --no-plot --out flat
finish
