#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# The changes of tests/mutants/list still apply: each text is there once, and its tests exist.
# shellcheck source=tests/tap.sh
. "${srcdir:?}/tests/tap.sh"

if command -v python3 >/dev/null; then
    check "every change of make check-mutants applies, and has tests" \
        python3 -B "$srcdir/tests/mutants/mutants.py" check
else
    skip "every change of make check-mutants applies, and has tests" "python3 is not installed"
fi
finish
