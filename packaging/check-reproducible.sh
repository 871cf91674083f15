#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# `make check-reproducible` runs this on the tarball that `make dist` has made: two builds of it, in
# different folders and with other times, have the same bytes: the library, the program, the pages of
# the manual and what else is installed.
#     packaging/check-reproducible.sh TARBALL
# shellcheck source=tests/tap.sh
. "${srcdir:?}/tests/tap.sh"
tarball=$(realpath "$1")
package=${tarball##*/}
package=${package%.tar.xz}
jobs=${JOBS-$(nproc)}
export CCACHE_DISABLE=1 # both are to be compiled

# -ffile-prefix-map leaves the folder out of what is compiled, as Debian's builds do.
build() ( # FOLDER BUILD-FOLDER
    mkdir -p "$1" && cd "$1" && tar -xf "$tarball" && cd "$package" && mkdir "$2" && cd "$2" &&
        ../configure --quiet --prefix=/usr CFLAGS="-O2 -g -ffile-prefix-map=$1/$package=." &&
        make -j "$jobs" >make.log && make install DESTDIR="$1/installed" >install.log
)
same() { # FILE
    cmp "$scratch/a/installed/$1" "$scratch/longer-name/installed/$1" && [ -s "$scratch/a/installed/$1" ]
}
same_tree() {
    diff -r "$scratch/a/installed" "$scratch/longer-name/installed"
}

check "a build in a folder" build "$scratch/a" build
check "a build in another folder, later" build "$scratch/longer-name" build
for file in usr/bin/odetape usr/lib/libodetape.so; do
    check "$file has the same bytes" same "$file"
done
check "and so has everything that is installed" same_tree
finish
