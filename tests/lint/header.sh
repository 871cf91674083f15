#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# odetape.h stands alone, as C and as C++, and the library exports its functions and nothing else.
# shellcheck source=tests/tap.sh
. "${srcdir:?}/tests/tap.sh"

as() { # STANDARD COMPILER...
    standard=$1
    shift
    echo '#include "odetape.h"' >"$scratch/unit.${standard%%[0-9]*}"
    # shellcheck disable=SC2068 # a compiler may be several words
    $@ "-std=$standard" -pedantic -Wall -Wextra -Werror -I"$srcdir/src" -fsyntax-only \
        -x "${standard%%[0-9]*}" "$scratch/unit.${standard%%[0-9]*}"
}
for standard in c11 c99; do
    check "odetape.h alone is valid $standard" as "$standard" "$CC"
done
for standard in c++11 c++20; do
    if $CXX --version >/dev/null 2>&1; then
        check "odetape.h alone is valid $standard" as "$standard" "$CXX"
    else
        skip "odetape.h alone is valid $standard" "there is no C++ compiler"
    fi
done
finish
