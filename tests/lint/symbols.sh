#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# The shared library exports the functions and tables of odetape.h, and under the version
# ODETAPE_PRIVATE those that the headers of base mark OT_PRIVATE, and nothing else.  If there is none,
# the program exports those of odetape.h, since plugins call them.
# shellcheck source=tests/tap.sh
. "${srcdir:?}/tests/tap.sh"
library=${top_builddir:?}/.libs/libodetape.so

# Names between OT_API and their parameter list, or the brackets of a table.
"$CC" -E -P "$srcdir/src/odetape.h" | tr '\n' ' ' | tr '{;' '\n' |
    sed -n 's/.*visibility("default").*[ *]\(ot_[a-z0-9_]*\) *[([].*/\1/p' |
    LC_ALL=C sort >"$scratch/promised"
private_names() {
    cat "$srcdir"/src/base/*.h | tr '\n' ' ' | tr ';' '\n' |
        sed -n 's/.*OT_PRIVATE [^(]*[ *]\(ot__[a-z0-9_]*\)(.*/\1@@ODETAPE_PRIVATE/p'
}
{
    sed 's/$/@@ODETAPE_0.1/' "$scratch/promised"
    private_names
} | LC_ALL=C sort >"$scratch/all" && mv "$scratch/all" "$scratch/promised"

# Sanitizers and the linker add names of their own.
if [ -e "$library" ]; then
    nm -D --defined-only "$library" | awk '{ print $NF }' |
        grep -Ev '^(ODETAPE_.*|_init|_fini|_edata|_end|__bss_start|__asan_.*|__odr_asan.*|__ubsan.*)$' |
        LC_ALL=C sort >"$scratch/exported"
fi

all_there() {
    comm -23 "$scratch/promised" "$scratch/exported"
    [ -s "$scratch/promised" ] && [ -z "$(comm -23 "$scratch/promised" "$scratch/exported")" ]
}
nothing_else() {
    comm -13 "$scratch/promised" "$scratch/exported"
    [ -z "$(comm -13 "$scratch/promised" "$scratch/exported")" ]
}

if [ -e "$library" ]; then
    check "every function and table of odetape.h is in the library" all_there
    check "the library exports nothing but what odetape.h declares and what is marked OT_PRIVATE" nothing_else
else
    # Plugins call the functions of the program.
    nm -D --defined-only "$top_builddir/odetape" | awk '{ print $NF "@@ODETAPE_0.1" }' |
        LC_ALL=C sort >"$scratch/exported"
    grep '@@ODETAPE_0.1$' "$scratch/promised" >"$scratch/public" && mv "$scratch/public" "$scratch/promised"
    check "without a shared library, the program exports every function and table of odetape.h" all_there
fi
finish
