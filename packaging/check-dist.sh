#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# `make check-dist` runs this on the tarball that `make dist` has made: the same bytes come from a clone
# at another place, with other times of files, another umask, language and time zone, and from the
# unpacked tarball; and every file of the clone is in it.
#     packaging/check-dist.sh TARBALL
# shellcheck source=tests/tap.sh
. "${srcdir:?}/tests/tap.sh"
tarball=$(realpath "$1")
name=${tarball##*/}
package=${name%.tar.xz}

if ! git -C "$srcdir" diff --quiet HEAD; then
    echo "# the tree differs from its commit, and so may the tarballs"
fi

make_dist() ( # SOURCE BUILD
    mkdir "$2" && cd "$2" && "$1/configure" --quiet >/dev/null && make dist >/dev/null
)
from_clone() (
    umask 077
    export TZ=Pacific/Auckland LC_ALL=C.UTF-8
    git clone -q "$srcdir" "$scratch/a-clone" &&
        cd "$scratch/a-clone" && find . -name .git -prune -o -type f -exec touch -d 2001-02-03 {} + && autoreconf -fi &&
        make_dist "$PWD" "$scratch/a-build"
)
from_tarball() {
    mkdir "$scratch/b" && tar -C "$scratch/b" -xf "$tarball" && make_dist "$scratch/b/$package" "$scratch/b-build"
}
is_same() { # OTHER
    cmp "$tarball" "$1" || { # which files differ
        for file in "$tarball" "$1"; do
            tar -tvf "$file" >"$scratch/list-$(dirname "$file" | tr / _)"
        done
        diff "$scratch"/list-*
        return 1
    }
}
has_all_files() { # other than what only a clone needs
    tar -tf "$tarball" | sed "s,^$package/,," | LC_ALL=C sort >"$scratch/in-tarball"
    git -C "$srcdir" ls-files | grep -v '^\.gitignore$' | LC_ALL=C sort >"$scratch/in-clone"
    LC_ALL=C comm -13 "$scratch/in-tarball" "$scratch/in-clone" | tee "$scratch/missing"
    [ -s "$scratch/in-clone" ] && [ ! -s "$scratch/missing" ]
}
nobodys() { # one time, sorted, no name of a person or a machine, no permission that depends on the umask
    tar --numeric-owner -tvf "$tarball" --full-time | awk '{ print $2, $4, $5 }' | sort -u | tee "$scratch/owners"
    tar -tvf "$tarball" | cut -c 1-10 | sort -u | tee "$scratch/modes"
    [ "$(wc -l <"$scratch/owners")" -eq 1 ] && grep -q '^0/0 ' "$scratch/owners" &&
        [ "$(tr '\n' ' ' <"$scratch/modes")" = "-rw-r--r-- -rwxr-xr-x drwxr-xr-x " ]
}

check "all files of the tarball have one time, no owner and three kinds of permissions" nobodys
if [ -e "$srcdir/.git" ]; then
    check "every file of the clone is in the tarball" has_all_files
    check "a clone elsewhere makes a tarball" from_clone
    check "it has the same bytes" is_same "$scratch/a-build/$name"
fi
check "the unpacked tarball makes a tarball" from_tarball
check "it has the same bytes" is_same "$scratch/b-build/$name"
finish
