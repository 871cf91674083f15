#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# The binary interface of the library: functions of odetape.h with the layout of what they take.
#     packaging/abi.sh dump LIBRARY FILE       describes LIBRARY in FILE; done at a release
#     packaging/abi.sh compare LIBRARY [FILE]  compares LIBRARY with FILE
# FILE is packaging/libodetape.abi if it is left out.  LIBRARY has debugging information (-g), which
# is how the layouts are known.  Exit codes: 0 same or only more functions, 1 programs that were linked
# with the earlier library break, 2 usage or tools are missing, 77 there is no FILE to compare with.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
usage="usage: abi.sh dump LIBRARY FILE | compare LIBRARY [FILE]"
command -v abidiff >/dev/null || {
    echo "abi.sh: abidiff is missing; install it by: apt install abigail-tools" >&2
    exit 2
}
[ $# -ge 2 ] && [ $# -le 3 ] || { echo "$usage" >&2; exit 2; }
library=$(realpath "$2")
reference=${3-$here/libodetape.abi}
header=${HEADER-$here/../src/odetape.h}
[ -e "$library" ] || { echo "abi.sh: there is no $2; build with shared libraries" >&2; exit 2; }

# No paths and no numbers of lines, so that the file changes only with the interface.  --drop-private-types
# would also drop structs of odetape.h if the compiler was given another path of it.
describe() { # FILE
    abidw --header-file "$header" --suppressions "$here/abi.suppressions" --no-corpus-path --no-comp-dir-path \
        --no-show-locs --out-file "$1" "$library"
}

case $1 in
dump) describe "$reference" ;;
compare)
    [ -e "$reference" ] || {
        echo "abi.sh: there is no $reference; the first release makes it: abi.sh dump LIBRARY $reference" >&2
        exit 77
    }
    now=$(mktemp)
    trap 'rm -f "$now"' EXIT
    describe "$now"
    code=0
    abidiff --suppressions "$here/abi.suppressions" "$reference" "$now" || code=$?
    # Bits of abidiff: 1 an error, 2 wrong usage, 4 the interfaces differ, 8 incompatibly.  More functions
    # are a difference; a changed struct is one too, so that only additions alone pass.
    [ $((code & 3)) -eq 0 ] || exit 2
    [ "$code" -ne 0 ] || exit 0
    abidiff --no-added-syms --suppressions "$here/abi.suppressions" "$reference" "$now" >/dev/null || exit 1
    ;;
*) echo "$usage" >&2; exit 2 ;;
esac
