#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# Builds and tests the Debian packages in a clean root, as root:
#     packaging/deb.sh TARBALL ROOT RESULTS
# TARBALL is what `make dist` has made.  ROOT is a folder with a Debian system; if it is not there,
# debootstrap fills it.  Packages, lintian's output and the log of the tests are copied to RESULTS.
# DEB_BUILD_OPTIONS=nocheck leaves out make check.  SUITE (bookworm) and MIRROR choose what is installed.
set -eu
[ $# -eq 3 ] || { echo "usage: deb.sh TARBALL ROOT RESULTS" >&2; exit 2; }
tarball=$(realpath "$1")
root=$(realpath -m "$2")
mkdir -p "$3"
results=$(realpath "$3")
package=${tarball##*/}
package=${package%.tar.xz}
version=${package#odetape-}

[ -e "$root/etc/debian_version" ] ||
    debootstrap --variant=buildd "${SUITE-bookworm}" "$root" "${MIRROR-http://deb.debian.org/debian}"

inside() { # COMMAND for a shell, as root
    chroot "$root" /usr/bin/env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LC_ALL=C.UTF-8 \
        DEBIAN_FRONTEND=noninteractive DEB_BUILD_OPTIONS="${DEB_BUILD_OPTIONS-}" sh -ec "$1"
}

provide() { # KIND FOLDER
    mkdir -p "$root/$2"
    mountpoint -q "$root/$2" || mount -t "$1" none "$root/$2"
}
trap 'umount "$root/proc" "$root/dev/shm"' EXIT
provide proc proc
provide tmpfs dev/shm
cp -L /etc/resolv.conf "$root/etc/resolv.conf"

# The source package.
rm -rf "$root/build"
mkdir "$root/build"
cp "$tarball" "$root/build/odetape_$version.orig.tar.xz"
tar -C "$root/build" -xf "$tarball"
cp -r "$root/build/$package/packaging/debian" "$root/build/$package/debian"

inside "apt-get -q update && apt-get -q -y --no-install-recommends install lintian autopkgtest
    cd /build/$package && apt-get -q -y --no-install-recommends build-dep ./
    id builder >/dev/null 2>&1 || useradd -m builder
    chown -R builder: /build
    su builder -c 'dpkg-buildpackage -us -uc'"

# lintian looks at source and binaries.  The maintainer stands in for a person with an address, and no
# upload has been announced in Debian's tracker; nothing else is left out.
unmet=bogus-mail-host,bogus-mail-host-in-debian-changelog,initial-upload-closes-no-bugs
inside "su builder -c 'cd /build && lintian --pedantic --display-info --show-overrides --suppress-tags $unmet \
    --fail-on error,warning,info,pedantic odetape_*.changes'" >"$results/lintian.txt" 2>&1 ||
    { cat "$results/lintian.txt"; exit 1; }

# The packages are installed and tested.
inside "cd /build && autopkgtest ./*.deb ./*.dsc -- null" >"$results/autopkgtest.txt" 2>&1 ||
    { cat "$results/autopkgtest.txt"; exit 1; }

find "$root/build" -maxdepth 1 -type f -exec cp {} "$results" ';'
echo "lintian and autopkgtest passed; packages are in $results"
