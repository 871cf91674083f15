#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# Every command that prints results prints them as JSON with the keys that the manual lists, and as text of
# 80 columns, or of all columns with --wide.  A new command needs an example here, or a place among those
# that print no table.
# shellcheck source=tests/tap.sh
. "${srcdir:?}/tests/tap.sh"
# shellcheck source=tests/cli/lib.sh
. "$srcdir/tests/cli/lib.sh"
sources=$srcdir/man/commands

no_table='plot report landscape import fuse export scheme_import scheme_plot data_import data_make data_sheet new_scheme
new_subnet new_branch new_down new_source'

tab=$(printf '\t')

# COMMAND: ARGUMENTS; a tab takes the place of the colon.  Together they print every key of the command.
sed 's/: */\t/' >examples <<END
train: --net rk4x1 $tiny --epochs 2 --out run --profile --force
sweep: two.ini --out two
compare: two
eval: run --data small
predict: run small
inspect: run
diff: run run/checkpoint-00000008.safetensors
verify: run --data small
scheme list:
scheme show: revnet
scheme check: dormand_prince54
scheme compare: rk4 verner89
scheme diff: rk4 rk4_38
scheme slope: rk4 --doublings 3
scheme integrate: dverk65
system list:
system show: fixup20
system check: lm-resnet20
recipe list:
recipe show: fixup
tape: --net rk4x1 --width 4
plan: --system fixup20 --batch 4 --records --measure --curve
gradcheck: --ops
gradcheck: --net rk4x1 --float32
gradcheck: --net rk4x1
data info:
doctor:
END

cat >two.ini <<END
[experiment]
title = two

[train]
width = 4
stem-stride = 2
epochs = 1
batch = 32
data = small
seed = 1 | 2

[grid a]
net = rk4x1 | euler x4
END
check "a small data set is made" make_small

# ---- which commands ----

odetape --dump-options >dump
commands_with() { # TITLE: the commands that have this group of options
    awk -F '\t' -v title="$1" '$1 == "command" { name = $2 } $1 == title && name { print name }
        $1 == "Common options" { exit }' dump | LC_ALL=C sort -u
}
commands_with 'JSON options' >with_json
commands_with 'Table options' >with_wide

is_complete() {
    cut -f 1 examples | LC_ALL=C sort -u >named
    { cat with_json && echo "$no_table" | tr ' ' '\n' | tr _ ' '; } | LC_ALL=C sort >expected
    awk -F '\t' '$1 == "command" { print $2 }' dump | LC_ALL=C sort >commands
    diff named with_json && diff expected commands
}
check "every command has --json and an example here, or prints no table" is_complete

# ---- keys ----

# The manual's keys as lines: command, table or -, key.
awk '/^@command/ { name = substr($0, 10); sub(/ (--|[A-Z]).*/, "", name); table = "-" }
    /^\.Sh/ { inside = $2 == "JSON" }
    !inside { next }
    /^\.It Cm/ { name = substr($0, 8); table = "-" }
    /^\.Ed/ { literal = 0 }
    literal {
        for (i = 1; i <= NF; i++)
            if ($i ~ /\[\]$/) table = substr($i, 1, length($i) - 2)
            else print name "\t" table "\t" $i
    }
    /^\.Bd -literal/ { literal = 1 }' "$sources"/*.mdoc | LC_ALL=C sort -u >manual

# What a command printed as such lines.  Each row of a table has a line of its own.
keys_of() { # COMMAND FILE
    awk -v name="$1" '{
        text = $0
        row = text ~ /^ *{/ && NR > 1
        while (match(text, /"[a-z_0-9]+": /)) {
            key = substr(text, RSTART + 1, RLENGTH - 4)
            text = substr(text, RSTART + RLENGTH)
            if (name == "tape") print name "\t-\t" key
            else if (row && text !~ /^\[$/ && text !~ /^\[{/) print name "\t" table "\t" key
            else if (text ~ /^\[(\]|$)/) table = key
            else if (!row) print name "\t-\t" key
        }
    }' "$2" | LC_ALL=C sort -u
}

: >printed
run_example() { # COMMAND ARGUMENTS...
    # shellcheck disable=SC2086 # the arguments are several words
    odetape $1 $2 --json >out 2>err || [ "$1" = diff ] || [ "$1" = 'scheme diff' ] || {
        cat err
        return 1
    }
    keys_of "$1" out >>printed
    ! command -v python3 >/dev/null || python3 -m json.tool out >/dev/null
}
while IFS=$tab read -r command arguments; do
    check "$command --json prints one object" run_example "$command" "$arguments"
done <examples

# A tape is printed by another writer, one key a line, and a profile is the times of a plan.
flat() {
    awk -F '\t' '$1 == "tape" || $1 == "train" { $2 = "-" } { print $1 "\t" $2 "\t" $3 }' |
        grep -v "train$tab-$tab\\(profile_of_.*\\|times\\)\$" | grep -v "tape$tab-${tab}records\$" |
        LC_ALL=C sort -u
}
only_documented() {
    grep "${tab}times$tab" manual | cut -f 3 | LC_ALL=C sort -u >time_keys
    flat <manual >in_manual
    flat <printed | while IFS=$tab read -r command table key; do
        [ "$command" = train ] && grep -qx "$key" time_keys &&
            ! grep -q "^train$tab-$tab$key\$" in_manual && continue
        printf '%s\t%s\t%s\n' "$command" "$table" "$key"
    done >in_json
    LC_ALL=C comm -13 in_manual in_json >unknown
    cat unknown
    [ -s in_json ] && [ ! -s unknown ]
}
check "every key that is printed is in the manual" only_documented
# The tables of verify and doctor have no rows where nothing differs and nothing is to be advised.
all_printed() {
    LC_ALL=C comm -23 in_manual in_json | grep -v "^\\(verify${tab}tensors\\|doctor${tab}advice\\)$tab" |
        grep -v "^tape$tab-$tab\\(programs\\|segment\\)" >missing
    cat missing
    [ ! -s missing ]
}
check "every key in the manual is printed" all_printed
check "a failure prints no object" fails 64 'verner' odetape scheme show verner --json

# ---- text ----

# Sentences may be longer than tables.
sentence='^(build|R\(z\)|gain|odetape|CPUs|kernels|best|memory|the arena|measured|note|builtin:|.* is not in|  )'
narrow() { # COMMAND ARGUMENTS
    # shellcheck disable=SC2086 # the arguments are several words
    odetape $1 $2 2>&1 | awk 'length($0) > 80' | grep -Ev "$sentence" >long
    cat long
    [ ! -s long ]
}
longest() {
    awk '{ if (length($0) > most) most = length($0) } END { print most + 0 }' "$1"
}
is_wider() { # COMMAND ARGUMENTS
    # shellcheck disable=SC2086 # the arguments are several words
    odetape $1 $2 --wide >wide 2>&1 && odetape $1 $2 >text 2>&1 &&
        [ "$(longest wide)" -gt "$(longest text)" ]
}
while IFS=$tab read -r command arguments; do
    case $command in
    train | eval | verify | doctor | 'system show' | 'recipe show' | 'scheme show') continue ;;
    esac
    check "$command fits 80 columns" narrow "$command" "$arguments"
    ! grep -qx "$command" with_wide || check "$command --wide has more" is_wider "$command" "$arguments"
done <examples

epochs_fit() { # OPTIONS: the lines of epochs
    # shellcheck disable=SC2086 # tiny is options
    odetape train --net rk4x1 $tiny --epochs 1 --out lines --force "$@" >out 2>err && grep '^epoch' err &&
        ! grep -E '^epoch.{76}' err
}
check "the line of an epoch fits 80 columns" epochs_fit
check "also with held-out images and averaged weights" epochs_fit --validation 64 --average 0.9
wide_epochs() {
    ! epochs_fit --wide && grep -E '^epoch .* test loss .* lr 0\.1 .* img/s .* s$' err
}
check "with --wide it has the learning rate and the speed" wide_epochs
finish
