#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# Runs a test in Python with the odetape.py and the library of the build directory.
skip() {
    echo "1..0 # SKIP $1"
    exit 0
}
build=$(cd "${top_builddir:?}" && pwd)
library=$build/.libs/libodetape.so
[ -n "${NUMPY_PYTHON-}" ] || skip "there is no Python 3 with numpy (apt install python3-numpy)"
[ -e "$library" ] || skip "there is no shared library"
# A library with sanitizers can only be loaded by a program that was built with them.
! nm -D "$library" 2>/dev/null | grep -q '__asan_\|__tsan_' || skip "the library has sanitizers"
ODETAPE_LIBRARY=$library PYTHONPATH=$build/python PYTHONDONTWRITEBYTECODE=1
export ODETAPE_LIBRARY PYTHONPATH PYTHONDONTWRITEBYTECODE
exec "$NUMPY_PYTHON" "$@"
