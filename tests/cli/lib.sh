# SPDX-License-Identifier: BSD-3-Clause
# shellcheck shell=sh
# Shared by the tests of the program; source it after tests/tap.sh.  The working directory is a temporary
# directory, odetape is in PATH, and `small` is a data set of 256 training and 128 test images.
srcdir=$(cd "${srcdir:?}" && pwd)
# A shared build has the program in .libs, behind a script that finds the library.  Thousands of calls
# are faster without the script.
built=$(cd "${top_builddir:?}" && pwd)
PATH=$built:$PATH
if [ -x "$built/.libs/odetape" ]; then
    PATH=$built/.libs:$PATH
    LD_LIBRARY_PATH=$built/.libs${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}
    export LD_LIBRARY_PATH
fi
unset NO_COLOR COLUMNS
# Several tests run at once, so threads that spin while they wait would slow down other tests.
OMP_NUM_THREADS=1
export OMP_NUM_THREADS
mkdir "${scratch:?}/work"
cd "$scratch/work" || exit 1

# A command that should be refused at once must not run for hours if it is not.
odetape() {
    timeout $((100 * ${CK_TIMEOUT_MULTIPLIER:-1})) odetape "$@"
}

# The command fails with this code, one sentence on stderr, a pointer to --help if the error is one of
# usage, and nothing on stdout.
fails() { # CODE REGEX COMMAND...
    want=$1
    regex=$2
    shift 2
    code=0
    "$@" >"$scratch/out" 2>"$scratch/err" || code=$?
    echo "exit $code instead of $want"
    cat "$scratch/out" "$scratch/err"
    [ "$code" -eq "$want" ] && [ ! -s "$scratch/out" ] &&
        head -n 1 "$scratch/err" | grep -Eq "^odetape: .*$regex" || return 1
    if [ "$want" -eq 64 ]; then
        [ "$(wc -l <"$scratch/err")" -eq 2 ] &&
            tail -n 1 "$scratch/err" | grep -Eq "^Try 'odetape [a-z ]*--help'\.$"
    else
        [ "$(wc -l <"$scratch/err")" -eq 1 ]
    fi
}

# Options of a network and a training that take almost no time.
# shellcheck disable=SC2034 # for those who source this
tiny='--width 4 --stem-stride 2 --data small --batch 32'

# The built-in set as files, which are only read.  make check makes them once for all tests.
images=$built/tests/cli/images

cut_small() {
    mkdir small && cp "$images/batches.meta.txt" small &&
        head -c $((256 * 3073)) "$images/data_batch_1.bin" >small/data_batch_1.bin &&
        head -c $((128 * 3073)) "$images/test_batch.bin" >small/test_batch.bin
}

make_small() {
    [ -n "$(find "$images/test_batch.bin" -newer "$built/odetape" 2>/dev/null)" ] || make_images
    cut_small
}

make_images() {
    images=$PWD/all
    odetape data make all >/dev/null
}

# The schemes that scheme list lists: the tableaux, and those without a tableau, after an empty line.
tableaux() {
    odetape scheme list | awk 'NR > 1 && !NF { exit } NR > 1 { print $1 }'
}

other_schemes() {
    odetape scheme list | awk 'other && $1 != "name" { print $1 } !NF { other = 1 }'
}
