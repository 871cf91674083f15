#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# Exported models of ONNX are well-formed, and compute in ONNX Runtime what networks compute here.  Node
# finds onnxruntime-node by NODE_PATH: npm install --prefix DIR onnxruntime-node, and NODE_PATH=DIR/node_modules.
# shellcheck source=tests/tap.sh
. "${srcdir:?}/tests/tap.sh"
# shellcheck source=tests/export/networks.sh
. "$srcdir/tests/export/networks.sh"

check "every system and kind of network is exported, except those with ot_map" make_networks
if [ ! -e "${scratch:?}/networks/rk4-x2/model.onnx" ]; then
    skip "models are well-formed" "configured without ONNX"
    skip "logits are those of ONNX Runtime" "configured without ONNX"
    finish
    exit
fi

well_formed() {
    "$python" -B - "$scratch"/networks/*/model.onnx <<'END'
import sys
import onnx
for path in sys.argv[1:]:
    model = onnx.load(path)
    onnx.checker.check_model(model, full_check=True)
    assert model.opset_import[0].version <= 17
END
}
python=$(python_with onnx)
if [ -n "$python" ]; then
    check "models are well-formed" well_formed
else
    skip "models are well-formed" "no python3 with onnx"
fi

if node -e 'require("onnxruntime-node")' 2>/dev/null; then
    check "logits are those of ONNX Runtime" node "$srcdir/tests/export/compare.js" "$scratch/networks"
else
    skip "logits are those of ONNX Runtime" "node does not find onnxruntime-node"
fi
finish
