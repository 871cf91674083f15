#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# odetape.h stands alone, as C and as C++, and a C++ program records, checks and trains.
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

runs() { # STANDARD COMPILER [FLAG...]
    standard=$1
    shift
    # shellcheck disable=SC2068 # a compiler may be several words
    "${top_builddir:?}/libtool" --silent --tag=CXX --mode=link $@ "-std=$standard" -pedantic -Wall -Wextra \
        -Werror -I"$srcdir/src" "$srcdir/examples/scheme.cpp" "$top_builddir/libodetape.la" \
        -o "$scratch/scheme" && "$scratch/scheme"
}

in_cxx() { # STANDARDS COMPILER [FLAG...]: the program runs in these; the flags are for linking it
    standards=$1
    shift
    for standard in c++11 c++17 c++20; do
        check "odetape.h alone is valid $standard for $1" as "$standard" "$1"
    done
    for standard in $standards; do
        check "examples/scheme.cpp compiles as $standard with $1 and runs" runs "$standard" "$@"
    done
}

if $CXX --version >/dev/null 2>&1; then
    in_cxx "c++11 c++17 c++20" "$CXX" "${CFLAGS-}"
else
    skip "odetape.h and a program are valid C++" "there is no C++ compiler"
fi
case ${CFLAGS-} in
*-fsanitize*) skip "odetape.h and a program are valid C++ for clang++" "the library has sanitizers of $CC" ;;
*)
    if clang++ --version >/dev/null 2>&1; then
        in_cxx c++17 clang++
    else
        skip "odetape.h and a program are valid C++ for clang++" "there is no clang++"
    fi
    ;;
esac
finish
