#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# Ten lines of Python read a file of parameters.
# shellcheck source=tests/tap.sh
. "${srcdir:?}/tests/tap.sh"

file=$scratch/params.safetensors
cat >"$scratch/load.py" <<'END'
import json, struct, numpy

def load(path):
    with open(path, "rb") as f:
        (n,) = struct.unpack("<Q", f.read(8))
        header, data = json.loads(f.read(n)), f.read()
    metadata = header.pop("__metadata__")
    return metadata, {name: numpy.frombuffer(data[slice(*t["data_offsets"])], "<f4")
                      .reshape(t["shape"]) for name, t in header.items()}
END
cat >"$scratch/compare.py" <<'END'
import sys, numpy
from load import load
metadata, params = load(sys.argv[1])
assert metadata["net"] == "rk4 x2" and metadata["format"] == "pt", metadata
assert sorted(params) == ["running", "s", "w"], params
assert params["w"].shape == (2, 3) and params["s"].shape == () and params["s"] == -0.5, params
assert (params["w"] == numpy.float32([[0, 0.1, 0.2], [1, 1.1, 1.2]])).all(), params
assert (params["running"] == numpy.zeros(2)).all(), params
END

# Debian's own Python first: it is the one that has Debian's numpy.
for candidate in /usr/bin/python3 python3; do
    if "$candidate" -c 'import numpy' 2>/dev/null; then python=$candidate; break; fi
done
check "a file of parameters is written" "${top_builddir:?}/tests/train/save_example" "$file"
if [ -n "${python-}" ]; then
    check "ten lines of Python read names, shapes and values" "$python" "$scratch/compare.py" "$file"
else
    skip "ten lines of Python read names, shapes and values" "numpy is not installed"
fi
if [ -n "${python-}" ] && "$python" -c 'import safetensors' 2>/dev/null; then
    check "the format's own library reads it" "$python" -c '
import sys
from safetensors.numpy import load_file
assert load_file(sys.argv[1])["s"] == -0.5' "$file"
else
    skip "the format's own library reads it" "Python's safetensors is not installed"
fi
finish
