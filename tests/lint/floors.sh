#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# The floors of the tree: a directory includes what is below it, never what is above it.
# shellcheck source=tests/tap.sh
. "${srcdir:?}/tests/tap.sh"
src=$srcdir/src

includes_only() { # DIRECTORY REGEX
    ! find "$src/$1" -maxdepth "$depth" -name '*.[ch]' -exec grep -Hn '^ *# *include *"' {} + |
        grep -Ev "\"(odetape\.h|$2)\"" | grep -Ev "$exception"
}

# The context of a block is where schemes meet the tape.
exception='/schemes/block\.c:[0-9]+:#include "autograd/tape\.h"'

folder() { # NAME REGEX [DEPTH]: headers, besides odetape.h, that its files may include
    depth=${3-9}
    check "src/$1 includes only what is below it" includes_only "$1" "$2"
}

# Headers of base whose functions hold no state, or a state that exists once, in the library.
base='available|clock|decimal|directory|file|json|jsonl|kind|median|memory|normalisation|npy|number'
base="base/($base|option|private|status|system|table|text|workers)\\.h"

folder base 'base/.*'
folder data '(base|data)/.*'
folder autograd '(base|autograd)/.*'
folder ops '(base|ops)/.*|autograd/op\.h|ops\.def'
folder store '(base|autograd|store)/.*'
folder schemes/tableau '(base|schemes/tableau)/.*'
folder schemes '(base|schemes|schemes/tableau)/[a-z_]*\.h|schemes/[a-z]*\.def' 1
folder schemes/steppers '(base|schemes|schemes/tableau|schemes/steppers)/[a-z_]*\.h'
folder models '(base|autograd|ops|schemes|models)/.*'
folder train '(base|autograd|ops|schemes|models|data|store|train)/.*'
folder export '(base|autograd|ops|schemes|models|store|export)/.*|ops\.def'
folder landscape '(base|autograd|ops|schemes|models|data|store|train|landscape)/.*'
folder cli/frame "cli/(frame|commands\\.def)/*.*|$base"
folder cli/runs "cli/(frame|runs)/.*|$base"
for top in report sweep plots; do
    folder "cli/$top" "cli/(frame|runs|$top)/.*|$base"
done
folder cli/commands "cli/.*|$base"

# Parts of networks are written as a user writes his own.  A tableau is Runge-Kutta's attribute.
includes_odetape_alone() {
    grep -rlE '^(OT_(SCHEME|SUBNET|BRANCH|DOWN)\(|const ot_(norm|stem|head)_kind ot_)' --include='*.c' \
        "$src/schemes" "$src/models" | grep -v '/runge_kutta\.c$' >"$scratch/parts"
    [ -s "$scratch/parts" ] && ! xargs grep -Hn '^ *# *include *"' <"$scratch/parts" |
        grep -v '"odetape\.h"'
}
check "schemes, sub-nets, branches, norms, ways down, stems and heads include odetape.h alone" \
    includes_odetape_alone

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
        grep -Ev 'base/decimal\.c:|base/available\.c:|train/resident\.c:|store/run_files\.c:' |
        grep -v 'commands/doctor\.c:'
}
check "numbers are read by base/decimal.c, base/text.c and jansson alone" reads_numbers_in_one_place

# Text from outside is printed with %s, and cli_print cleans it.  fprintf to other files is left to
# the formats of those files.
prints_text_in_one_place() {
    find "$src/cli" -name '*.c' ! -name print.c -exec awk '
        FNR == 1 { open = 0 }
        /(^|[^_a-zA-Z])(v?printf|fprintf\((stdout|stderr))/ { open = 1; at = FILENAME ":" FNR }
        open && /%[-+ #0-9.*]*s/ { print at; bad = 1; open = 0 }
        open && /;$/ { open = 0 }
        END { exit bad }' {} +
}
check "every printf of a text to a terminal is cli_print" prints_text_in_one_place

# Paths of a run's files are made by store/run_files.c; sentences may name the files.
names_files_in_one_place() {
    names=$(sed -n 's/^ *\[OT_RUN_[A-Z]*\] = { "\([^"]*\)".*/\1/p' "$src/store/run_files.c" |
        sed 's/\./\\./g' | paste -s -d '|')
    [ -n "$names" ] && ! grep -rHnE "\"[^ \"]*($names|checkpoint-)[^ \"]*\"" --include='*.[ch]' "$src" |
        grep -v 'store/run_files\.c:'
}
check "only src/store/run_files.c names the files of a run" names_files_in_one_place

# A function that fails returns a status; frame/message.c knows exit codes and prints the sentence.
# A sweep prints the failures of its members while it runs, and a child before it becomes a member.
errors_end_in_one_place() {
    ! {
        grep -rHnE 'sysexits|(^|[^A-Z_])EX(IT)?_[A-Z]+|CLI_SIGNALLED|(^|[^a-z_])exit\(' --include='*.[ch]' \
            --exclude='message.[ch]' "$src/cli"
        grep -rHnE 'cli_(conclude|exit_code)\(' --include='*.c' --exclude=message.c \
            --exclude=dispatch.c "$src/cli"
        grep -rHnE 'cli_print_message\(|"odetape: %' --include='*.c' --exclude=message.c "$src/cli"
    } | grep -Ev 'sweep/series\.c:|frame/main\.c:[0-9]+: *_exit\(|frame/lock\.c:[0-9]+:.* is locked '
}
check "a failure of the program ends in frame/message.c" errors_end_in_one_place

no_command_returns_an_exit_code() {
    ! grep -rHnE '^(static )?int (run|cli_[a-z_]*(open|read|write|draw|new|load))\(' \
        --include='*.[ch]' "$src/cli"
}
check "what can fail in the program returns a status" no_command_returns_an_exit_code

never_prints_or_exits() {
    calls='printf|puts|putchar|perror|exit|_exit|abort|assert'
    ! grep -rHnEw "($calls)\\(|stdout|stderr" --include='*.[ch]' --exclude-dir=cli \
        --exclude=odetape.h "$src"
}
check "the library never prints, exits or aborts" never_prints_or_exits

# Tests lie in the folders of what they test.  The kernels are the exception: tests/ops compares every
# op that has one with its reference in double, and so reaches them through the op.
no_folder_of_tests='^ops/kernels(/winograd)?$'

folders_of() { # TREE NAME...: the folders in it that hold such files
    tree=$1
    shift
    find "$tree" -mindepth 2 \( -false "$@" \) -printf '%P\n' | sed 's|/[^/]*$||' | sort -u
}

tests_mirror_src() {
    folders_of "$src" -o -name '*.c' | grep -Ev "$no_folder_of_tests" >"$scratch/src"
    folders_of "$srcdir/tests" -o -name '*.c' -o -name '*.sh' >"$scratch/tests"
    {
        comm -23 "$scratch/src" "$scratch/tests" | sed 's|.*|src/& has no tests/&|'
        comm -13 "$scratch/src" "$scratch/tests" | sed -n '\|/|s|.*|tests/& has no src/&|p'
    } >"$scratch/found"
    cat "$scratch/found"
    [ -s "$scratch/src" ] && [ ! -s "$scratch/found" ]
}
check "every folder of src has its folder of tests" tests_mirror_src
finish
