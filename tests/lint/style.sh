#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# Sizes, layout and licence lines of the sources; what shellcheck and mandoc say.  Tools that are
# not there are skipped.
# shellcheck source=tests/tap.sh
. "${srcdir:?}/tests/tap.sh"
LC_ALL=C.UTF-8 # columns are characters
export LC_ALL

find "$srcdir/src" "$srcdir/tests" "$srcdir/bench" "$srcdir/examples" -name '*.[ch]' >"$scratch/c"
{
    find "$srcdir/tests" "$srcdir/packaging" -name '*.sh'
    echo "$srcdir/quickstart"
} >"$scratch/sh"

each() { # LIST COMMAND...: on the files of a list
    list=$1
    shift
    xargs -r "$@" <"$scratch/$list"
}

licence_comes_first() {
    cat "$scratch/c" "$scratch/sh" | while read -r file; do
        head -n 2 "$file" | grep -q 'SPDX-License-Identifier: BSD-3-Clause' || echo "$file"
    done | tee "$scratch/found"
    [ ! -s "$scratch/found" ]
}
check "every source begins with its licence" licence_comes_first

files_are_short() { # the header is a manual
    each c wc -l | awk '$1 >= 500 && $2 != "total" && $2 !~ /odetape\.h$/' | tee "$scratch/found"
    [ ! -s "$scratch/found" ]
}
check "no C file has 500 lines" files_are_short

functions_are_short() {
    each c ctags -f - --sort=no --kinds-C=f --fields=+ne |
        sed -n 's/^\([^\t]*\)\t\([^\t]*\)\t.*line:\([0-9]*\).*end:\([0-9]*\).*/\1 \2 \3 \4/p' \
            >"$scratch/functions"
    awk '$4 - $3 >= 80' "$scratch/functions" | tee "$scratch/found"
    [ -s "$scratch/functions" ] && [ ! -s "$scratch/found" ]
}
if ctags --version 2>/dev/null | grep -q Universal; then
    check "no function is longer than 80 lines" functions_are_short
else
    skip "no function is longer than 80 lines" "Universal Ctags is not installed"
fi

if clang-format --version 2>/dev/null | grep -q 'version 14\.'; then
    check "C files are formatted" each c clang-format --dry-run -Werror
else
    skip "C files are formatted" "clang-format 14 is not installed"
fi

if command -v shellcheck >/dev/null 2>&1; then
    check "shellcheck finds nothing in the scripts" each sh shellcheck -S warning -x -P "$srcdir"
else
    skip "shellcheck finds nothing in the scripts" "it is not installed"
fi

untidy() { # LIST COLUMNS
    tab=$(printf '\t')
    each "$1" grep -HnE "[[:space:]]\$|$tab|^.{$2}." | grep -vE ':[0-9]+: +-?[0-9.e-]+, '
}
tidy_lines() { # tables of numbers aside
    {
        untidy c 100
        untidy sh 120
    } | tee "$scratch/found"
    [ ! -s "$scratch/found" ]
}
check "lines are at most 100 columns wide (shell 120), without tabs or spaces at the end" tidy_lines

pages="$(ls "$srcdir"/man/*.[1-9] "${top_builddir:?}"/man/*.[1-9] 2>/dev/null)"
tidy_pages() { # whether other manuals are installed, and whose pages these are, does not matter
    for page in $pages; do
        mandoc -T lint -W style "$page" 2>/dev/null |
            grep -v 'referenced manual not found\|operating system explicitly specified'
    done | tee "$scratch/found"
    [ -n "$pages" ] && [ ! -s "$scratch/found" ]
}
if command -v mandoc >/dev/null 2>&1; then
    check "mandoc finds nothing in the manual" tidy_pages
else
    skip "mandoc finds nothing in the manual" "it is not installed"
fi
finish
