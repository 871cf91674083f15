#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# odetape export: what it writes, and what it refuses before it writes anything.
# shellcheck source=tests/tap.sh
. "${srcdir:?}/tests/tap.sh"
# shellcheck source=tests/cli/lib.sh
. "$srcdir/tests/cli/lib.sh"
# shellcheck source=tests/export/networks.sh
. "$srcdir/tests/export/networks.sh"

make_small
train() { # NAME OPTION...
    out=$1
    shift
    # shellcheck disable=SC2086,SC2154 # several words, from lib.sh
    odetape train $tiny --epochs 1 --out "$out" "$@" >/dev/null 2>&1
}
train run --net 'rk4 x2'

exports_a_module() {
    odetape export run --to pytorch module >out 2>err && cat out err && grep '^written   module: ' out &&
        [ -s module/model.safetensors ] && grep '^# a4 = 0, 0, 1$' module/model.py &&
        grep '^CLASSES = \["disc", "ring", ' module/model.py &&
        grep 'self.blocks = nn.ModuleList(Block() for _ in range(2))' module/model.py &&
        grep 'k2 = self.stages\[1\](x + 1 / 2 \* k1)' module/model.py
}
check "a module has scheme, class names, and equal blocks as one class" exports_a_module

writes_arrays() {
    odetape export run --to npy arrays >/dev/null 2>&1 &&
        [ "$(find arrays -name '*.npy' | wc -l)" -eq "$(odetape inspect run/final.safetensors | grep -c 'F32')" ]
}
check "an array is written for each tensor" writes_arrays

reads_arrays() {
    "$python" - <<'END'
import numpy
w = numpy.load("arrays/blocks.0.stages.1.conv2.weight.npy")
assert w.shape == (4, 4, 3, 3) and w.dtype == numpy.float32 and abs(w).max() > 0
END
}
python=$(python_with numpy)
if [ -n "$python" ]; then
    check "NumPy reads the arrays" reads_arrays
else
    skip "NumPy reads the arrays" "no python3 with numpy"
fi

refuses() { # REGEX RUN FORMAT
    rm -rf refused
    fails 64 "$1" odetape export "$2" --to "$3" refused && [ ! -e refused ]
}
check "an unknown format is refused" refuses "no format 'keras'" run keras
train controlled --net 'bogacki_shampine32 x1' --weights shared --step controlled
check "controlled steps are refused for PyTorch" refuses 'controlled steps' controlled pytorch
if odetape export run --to onnx model.onnx >/dev/null 2>&1; then
    check "controlled steps are refused for ONNX" refuses 'controlled steps' controlled onnx
else
    skip "controlled steps are refused for ONNX" "configured without ONNX"
fi
train gates --net 'osa(n=2,inner=4,out=4) x1'
check "ot_map is refused for PyTorch by name" refuses "the op 'map' in the scope 'blocks.0" gates pytorch
finish
