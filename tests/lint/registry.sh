#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# Lists that are kept by hand agree with the files that are there.
# shellcheck source=tests/tap.sh
. "${srcdir:?}/tests/tap.sh"

LC_ALL=C
export LC_ALL

same() { # of two lists on a line each
    printf '%s\n' "$1" >"$scratch/one"
    printf '%s\n' "$2" >"$scratch/two"
    diff "$scratch/one" "$scratch/two"
}

ops_are_listed() ( # in a shell of its own, as it changes the directory
    cd "$srcdir/src/ops" || exit
    same "$(find . -name 'op_*.c' | sed 's/.*op_\(.*\)\.c$/\1/' | sort)" \
        "$(sed -n 's/^OT_OP(\([a-z0-9_]*\)).*/\1/p' ops.def | sort)"
)
check "every src/ops/op_*.c is in ops.def, and the other way round" ops_are_listed

data_sources_are_listed() (
    cd "$srcdir/src/data" || exit
    for name in $(sed -n 's/^OT_PART(\([a-z0-9_]*\)).*/\1/p' sources.def); do
        grep -qE "^(const ot_source_kind ot_source_$name = |OT_SOURCE\($name,)" "$name.c" || exit
    done
)
check "every source of data sets is in the file of its name" data_sources_are_listed

# A part is one file and one line in the list of its kind.
parts_are_listed() {
    while read -r kind list; do
        macro=$(printf '%s' "$kind" | tr '[:lower:]' '[:upper:]')
        same "$(cd "$srcdir/src" && find schemes models data train -name '*.c' -exec sed -n \
            -e "s/^OT_$macro(\([A-Za-z0-9_]*\),.*/\1/p" \
            -e "s/^const ot_${kind}\(_kind\)\{0,1\} ot_${kind}_\([A-Za-z0-9_]*\) =.*/\2/p" {} + | sort)" \
            "$(sed -n 's/^OT_PART(\([A-Za-z0-9_]*\)).*/\1/p' "$srcdir/src/$list" | sort)" ||
            { echo "$list" && return 1; }
    done <<'END'
scheme schemes/schemes.def
subnet schemes/subnets.def
branch schemes/branches.def
norm schemes/norms.def
down models/downs.def
stem models/stems.def
head models/heads.def
naming models/namings.def
source data/sources.def
system models/systems.def
optimiser train/optimisers.def
schedule train/schedules.def
recipe train/recipes.def
END
}
check "every part of a network, its images and its training, every system and recipe is in its list" parts_are_listed

sources_are_listed() (
    cd "$srcdir" || exit
    same "$(find src tests bench -name '*.[ch]' ! -name odetape.h | sort)" \
        "$(find src tests bench -name local.mk -exec cat {} + | tr -s '[:blank:]' '\n' |
            grep -E '^(src|tests|bench)/.*\.[ch]$' | grep -v '\.pb-c\.' | sort -u)"
)
check "every C file is listed in a local.mk, and the other way round" sources_are_listed

# The number of the interface is in configure.ac for the linker and in odetape.h for plugins.
interface_is_the_same() {
    same "$(sed -n 's/^AC_SUBST(\[OT_LT_VERSION\], \[\([0-9]*\):[0-9]*:\([0-9]*\)\])/\1 \2/p' \
        "$srcdir/configure.ac" | awk '{ print $1, $1 - $2 }')" \
        "$(sed -n 's/^#define OT_INTERFACE[_A-Z]* \([0-9]*\)$/\1/p' "$srcdir/src/odetape.h" | paste -s -d ' ')"
}
check "OT_INTERFACE and OT_INTERFACE_OLDEST are those of configure.ac" interface_is_the_same

cases_are_run() (
    cd "$srcdir/tests" || exit
    for suite in */main.c; do
        suite=${suite%/main.c}
        find "$suite" -name '*.c' -exec sed -n 's/^TCase \*\([a-z_0-9]*_case\)(void)$/\1/p' {} + |
            while read -r name; do
                grep -qw "$name" "$suite/main.c" || echo "$suite/main.c does not run $name"
            done
    done | tee "$scratch/missing"
    [ ! -s "$scratch/missing" ]
)
check "every test case is run by the program of its folder" cases_are_run

folders_have_a_readme() {
    for folder in "$srcdir"/src/*/; do
        [ -s "$folder/README.md" ] || echo "$folder has no README.md"
    done | tee "$scratch/missing"
    [ ! -s "$scratch/missing" ]
}
check "every directory of src says what lives there" folders_have_a_readme
finish
