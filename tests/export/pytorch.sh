#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# Exported networks compute in PyTorch what they compute here, and train alike.
# shellcheck source=tests/tap.sh
. "${srcdir:?}/tests/tap.sh"
# shellcheck source=tests/export/networks.sh
. "$srcdir/tests/export/networks.sh"

check "every system and kind of network is exported, except those with ot_map" make_networks

compare() {
    "$python" -B "$srcdir/tests/export/compare.py" "${scratch:?}/networks"
}
python=$(python_with numpy,torch)
if [ -n "$python" ]; then
    check "logits and a step of training are those of PyTorch" compare
else
    skip "logits and a step of training are those of PyTorch" "no python3 with numpy and torch"
fi
finish
