#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# The corpus of each fuzz target, once.
set -eu
set -- blocks checkpoint cifar experiment images import journal mnist png safetensors tableau values
n=0
for target; do
    for file in "${srcdir:?}/tests/fuzz/$target"/*; do
        n=$((n + 1))
        if "${top_builddir:?}/tests/fuzz/${target}_replay" "$file" >/dev/null; then
            echo "ok $n - $target keeps its promises with ${file##*/}"
        else
            echo "not ok $n - $target keeps its promises with ${file##*/}"
        fi
    done
done
echo "1..$n"
