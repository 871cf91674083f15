#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# The floors of the tree: a folder includes what is below it, never what is above it.
# shellcheck source=tests/tap.sh
. "${srcdir:?}/tests/tap.sh"
src=$srcdir/src

includes_only() { # FOLDER REGEX
    ! grep -rHn --include='*.[ch]' '^ *# *include *"' "$src/$1" | grep -Ev "\"(odetape\.h|$2)\""
}

folder() { # NAME REGEX: headers, besides odetape.h, that its files may include
    check "src/$1 includes only what is below it" includes_only "$1" "$2"
}

folder base 'base/.*'
folder data '(base|data)/.*'
folder autograd '(base|autograd)/.*'
folder ops '(base|ops)/.*|autograd/op\.h|ops\.def'
folder schemes '(base|schemes)/.*'
folder models '(base|autograd|ops|schemes|models)/.*'
folder train '(base|autograd|ops|schemes|models|data|train)/.*'
folder cli 'cli/.*|base/(available|directory|file|json|jsonl|memory|normalisation|number|private|status|system|text|workers)\.h'

names_no_op() {
    ops=$(sed -n 's/^OT_OP(\([a-z0-9_]*\)).*/\1/p' "$src/ops/ops.def" | paste -s -d '|')
    [ -n "$ops" ] && ! grep -rHnEw --include='*.[ch]' "ot_($ops)|ot__op_($ops)" "$src/autograd"
}
check "autograd names no op" names_no_op

# A signal may interrupt these; base/system.c makes them again.
retries_in_one_place() {
    calls='open|openat|creat|mkdir|mkdirat|mkdtemp|mkstemp|unlink|unlinkat|rmdir|rename|renameat'
    calls="$calls|remove|read|write|pread|pwrite|fsync|fdatasync|ftruncate|truncate|fallocate|flock"
    ! find "$src" -name '*.c' ! -path '*/base/system.c' -exec \
        grep -HnE "(^|[^_.>a-zA-Z*])($calls)\(" {} + | grep -v ':[0-9]*: \*'
}
check "only src/base/system.c makes calls that a signal may interrupt" retries_in_one_place

# What strtod and its like take for a number is more than a decimal number.  write_real and its like
# only look whether what they have written reads back; kernel files are not the user's.
reads_numbers_in_one_place() {
    ! grep -rHnEw 'ato(i|l|ll|f)|strto(l|ll|ul|ull|d|f|imax|umax)|sscanf|fscanf' --include='*.c' "$src" |
        grep -Ev 'cli/number\.c:|base/(available|normalisation)\.c:|train/(resident|run)\.c:' |
        grep -Ev 'cli/values\.c:[0-9]+: *if \(strtod\(text, NULL\) == value\)|cli/cmd_doctor\.c:'
}
check "numbers are read by cli/number.c, base/text.c and jansson alone" reads_numbers_in_one_place

never_prints_or_exits() {
    calls='printf|puts|putchar|perror|exit|_exit|abort|assert'
    ! grep -rHnEw "($calls)\\(|stdout|stderr" --include='*.[ch]' --exclude-dir=cli \
        --exclude=odetape.h "$src"
}
check "the library never prints, exits or aborts" never_prints_or_exits
finish
