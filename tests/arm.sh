#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# The kernels for 64-bit Arm, tested on a machine of another kind: a cross build, whose programs
# qemu-aarch64 runs.  `make check-arm` runs this; it is no part of make check.
#     ARM_ROOT=DIR arm.sh root    makes DIR, a folder with the libraries for arm64 (as root, 1 minute)
# Without ARM_ROOT the folder is arm-root in the build directory.
root=${ARM_ROOT:-arm-root}
triplet=aarch64-linux-gnu

# debootstrap unpacks only what a second stage would need; the rest is unpacked here, and no program
# of the folder has to run.
make_root() {
    packages=check,libblis-openmp-dev,libc6-dev,libgmp-dev,libgomp1,libinih-dev
    packages=$packages,libjansson-dev,libpng-dev,librandom123-dev,libxxhash-dev
    debootstrap --foreign --arch=arm64 --variant=minbase --include="$packages" \
        bookworm "$root" "${ARM_MIRROR:-http://deb.debian.org/debian}" || return 1
    for package in "$root"/var/cache/apt/archives/*.deb; do
        dpkg -x "$package" "$root" || return 1
    done
}

if [ "${1-}" = root ]; then
    make_root
    exit
fi

# shellcheck source=tests/tap.sh
. "${srcdir:?}/tests/tap.sh"

# What is missing here; empty if nothing is.
missing() {
    for program in $triplet-gcc qemu-aarch64; do
        command -v "$program" >/dev/null || echo "$program is not installed; "
    done
    [ -e "$root/usr/include/$triplet/blis-openmp/blis.h" ] ||
        echo "$root has no libraries for arm64; "
}

why=$(missing)
if [ -n "$why" ]; then
    skip "the kernels for Arm are right" "$(echo "$why" | tr -d '\n')TESTING.md says how to install them"
    finish
    exit
fi
root=$(cd "$root" && pwd)
srcdir=$(cd "$srcdir" && pwd)

configures() {
    unset CFLAGS CPPFLAGS LDFLAGS
    PKG_CONFIG_SYSROOT_DIR=$root
    PKG_CONFIG_LIBDIR=$root/usr/lib/$triplet/pkgconfig:$root/usr/share/pkgconfig
    export PKG_CONFIG_SYSROOT_DIR PKG_CONFIG_LIBDIR
    sh "$srcdir/tests/elsewhere.sh" deep-arm --host=$triplet --enable-werror CXX=false \
        CC="${ARM_CC-$triplet-gcc} --sysroot=$root" CFLAGS='-O2 -g' \
        CPPFLAGS="-isystem $root/usr/include/$triplet/blis-openmp" \
        LDFLAGS="-L$root/usr/lib/$triplet/blis-openmp"
}

builds() {
    unset CC CXX CFLAGS MAKEFLAGS MFLAGS MAKELEVEL
    make -C deep-arm -j"$(nproc)" odetape tests/autograd/autograd tests/base/base tests/ops/ops
}

# A command of the build on an emulated Arm.
arm() { # ASSIGNMENT... COMMAND...
    env LD_LIBRARY_PATH= QEMU_LD_PREFIX="$root" \
        QEMU_SET_ENV="LD_LIBRARY_PATH=/usr/lib/$triplet/blis-openmp" OMP_NUM_THREADS=2 \
        OMP_WAIT_POLICY=passive CK_DEFAULT_TIMEOUT=3600 srcdir="$srcdir" \
        CK_TAP_LOG_FILE_NAME=/dev/null qemu-aarch64 "$@"
}

says() { # WORDS COMMAND...
    words=$1
    shift
    "$@" >"$scratch/said" 2>&1
    cat "$scratch/said"
    grep -q "$words" "$scratch/said"
}

# 256 images of 10 classes that differ in brightness, and the first 128 of them as test images.
make_small() {
    mkdir "$scratch/small"
    seq -f 'class%g' 0 9 >"$scratch/small/batches.meta.txt"
    LC_ALL=C awk 'BEGIN {
        for (i = 0; i < 256; i++) {
            printf "%c", i % 10
            for (j = 0; j < 3072; j++) printf "%c", 20 + i % 10 * 20
        }
    }' >"$scratch/small/data_batch_1.bin"
    head -c $((128 * 3073)) "$scratch/small/data_batch_1.bin" >"$scratch/small/test_batch.bin"
}

trains() { # KERNELS
    arm -E ODETAPE_KERNELS="$1" deep-arm/odetape train --net "euler x2" --width 16 \
        --stem-stride 2 --data "$scratch/small" --batch 32 --epochs 2 --seed 1 --out "$scratch/$1" &&
        arm deep-arm/odetape eval "$scratch/$1" --data "$scratch/small" --json >"$scratch/$1.json" &&
        cat "$scratch/$1.json"
}

loss() { # KERNELS: the loss on the test images
    sed -n 's/.*"loss": *\([0-9.e+-]*\).*/\1/p' "$scratch/$1.json" | head -n 1
}

# Rounding differs, so that losses differ a little.
same_loss() {
    echo "$(loss best) $(loss reference)"
    echo "$(loss best) $(loss reference)" |
        awk 'NF != 2 || $1 > 1.02 * $2 || $1 < 0.98 * $2 { exit 1 }'
}

check "the library, the program and the tests are built without warnings" \
    eval 'configures && builds'
check "the program chooses the kernels for neon" says '^kernels   best; best ones, for neon' \
    arm deep-arm/odetape doctor
check "denormals are flushed in every thread" says 'flushed to zero in 2 of 2 threads' \
    arm deep-arm/odetape doctor
check "other instruction sets are refused" says 'ODETAPE_CPU is avx2, but this CPU has no avx2' \
    arm -E ODETAPE_CPU=avx2 deep-arm/odetape doctor
for part in base autograd ops; do
    check "the tests of $part pass" arm deep-arm/tests/$part/$part
done
check "the gradients of all kernels of a network are those of its double tape" \
    arm deep-arm/odetape gradcheck --net "euler x1 + rk4 x1" --width 16 --float32
make_small
check "a short training with the kernels for neon ends" trains best
check "the same training in double ends" trains reference
check "both have the same loss within 2 %" same_loss
finish
