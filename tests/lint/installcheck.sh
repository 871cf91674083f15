#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# What is installed works for somebody who has only that: `make installcheck` runs this with the
# directories of the installation in the environment, with DESTDIR before them if it is set.
# shellcheck source=tests/tap.sh
. "${srcdir:?}/tests/tap.sh"
lib=${DESTDIR-}${libdir:?}
include=${DESTDIR-}${includedir:?}
bin=${DESTDIR-}${bindir:?}
man=${DESTDIR-}${mandir:?}
LD_LIBRARY_PATH=$lib${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}
PKG_CONFIG_PATH=$lib/pkgconfig${PKG_CONFIG_PATH:+:$PKG_CONFIG_PATH}
export LD_LIBRARY_PATH PKG_CONFIG_PATH
[ -e "$lib/libodetape.so" ] && linking= || linking=--static

flags() { # what odetape.pc says, moved to DESTDIR
    ${PKG_CONFIG:-pkg-config} ${linking:+"$linking"} --define-variable=libdir="$lib" \
        --define-variable=includedir="$include" --cflags --libs odetape
}

builds_and_runs() { # SOURCE COMPILER...
    source=$1
    shift
    # shellcheck disable=SC2046,SC2086 # flags are several words
    "$@" ${FLAGS-} "$source" -o "$scratch/program" $(flags) -lm && "$scratch/program"
}

has_the_same_version() {
    [ "$(${PKG_CONFIG:-pkg-config} --modversion odetape)" = "${version:?}" ] &&
        "$bin/odetape" --version | grep -F "$version"
}

check "pkg-config finds odetape" flags
for example in "$srcdir"/examples/*.c; do
    # shellcheck disable=SC2086 # a compiler may be several words
    check "examples/${example##*/} compiles against the installed library and runs" \
        builds_and_runs "$example" ${CC:?} -std=c11 -Wall -Wextra -Werror
done

plugin_works() { # the installed program trains with a plugin, which is not linked with the library
    # shellcheck disable=SC2046,SC2086
    ${CC:?} ${FLAGS-} -shared -fPIC "$srcdir/examples/new_scheme.c" -o "$scratch/momentum.so" \
        $(flags | tr ' ' '\n' | grep '^-I') &&
        "$bin/odetape" train --plugin "$scratch/momentum.so" --net 'momentum x2' --width 2 --stem-stride 2 \
            --epochs 1 --max-seconds 1 --out "$scratch/run"
}
check "the installed program trains with a plugin" plugin_works

for example in "$srcdir"/examples/*.cpp; do
    says="examples/${example##*/} compiles against the installed library and runs"
    if ${CXX:?} --version >/dev/null 2>&1; then
        # shellcheck disable=SC2086
        check "$says" builds_and_runs "$example" $CXX -std=c++11 -pedantic -Wall -Wextra -Werror
    else
        skip "$says" "there is no C++ compiler"
    fi
done
check "the installed program and odetape.pc tell this version" has_the_same_version
check "the installed program shows its help" "$bin/odetape" --help

is_page() { # packages compress them
    [ -s "$1" ] || [ -s "$1.gz" ]
}
has_pages() { # of every command and every function
    for page in odetape $("$bin/odetape" --help | sed -n 's/^  \([a-z]*\) .*/odetape-\1/p'); do
        is_page "$man/man1/$page.1" || { echo "$page(1) is missing"; return 1; }
    done
    for function in $(grep -o '^OT_API [^(]*\bot_[a-z0-9_]*(' "$include/odetape.h" | sed 's/(//; s/.*[ *]//'); do
        is_page "$man/man3/$function.3" || { echo "$function(3) is missing"; return 1; }
    done
    sed -n 's/^\.so //p' "$man"/man3/ot_*.3 2>/dev/null | sort -u | while read -r page; do
        is_page "$man/$page" || { echo "$page is missing"; exit 1; }
    done
}
check "the manual is installed, with a page for every command and function" has_pages
finish
