#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# Experiment files: an error is reported with file and line, and nothing is started.  The experiments
# of the paper have the runs of its tables.
# shellcheck source=tests/tap.sh
. "${srcdir:?}/tests/tap.sh"
# shellcheck source=tests/cli/lib.sh
. "$srcdir/tests/cli/lib.sh"

# Every file in tests/cli/sweep/experiments/ begins with a comment that has the line and the sentence.
malformed() { # FILE
    line=$(sed -n '1s/^; line \([0-9]*\): .*/\1/p' "$1")
    regex=$(sed -n '1s/^; line [0-9]*: //p' "$1")
    fails 78 "$(basename "$1"):$line: $regex" odetape sweep "$1" && [ -z "$(ls)" ]
}
for file in "$srcdir"/tests/cli/sweep/experiments/*.ini; do
    name=${file##*/}
    check "$(echo "${name%.ini}" | tr '-' ' ') is refused" malformed "$file"
done

# Every key is tried with an indent, as an editor may add it, and every number in two spellings.
options_of_train() { # ARGUMENT...: of the options that take one of these, else of all
    odetape --dump-options | awk -F '\t' -v wanted=" $* " '
        $1 == "command" { inside = $2 == "train"; next }
        inside && (wanted == "  " || index(wanted, " " $4 " ")) { print substr($3, 3) }'
}
told_for_each() { # REGEX WITH KEY, TEXT WITH KEY, ARGUMENT...
    regex=$1
    text=$2
    shift 2
    tried=0
    for key in $(options_of_train "$@" | grep -vx threads); do
        # shellcheck disable=SC2059 # the texts are formats
        printf "$text" "$key" >"$scratch/each.ini"
        odetape sweep "$scratch/each.ini" --dry-run >"$scratch/out" 2>"$scratch/err"
        # A number that is out of range is refused for that reason.
        grep -q "it must be" "$scratch/err" && continue
        tried=$((tried + 1))
        # shellcheck disable=SC2059
        grep -q "each.ini:$(printf "$regex" "$key")" "$scratch/err" || {
            cat "$scratch/err" "$scratch/each.ini"
            return 1
        }
    done
    echo "$tried tried"
    [ "$tried" -gt 10 ]
}
check "every key that is indented is reported in its line" \
    told_for_each "4: '%s' is indented, .* 'net'" '[train]\nnet = euler x2 |\n  rk4 x1\n\t%s = 1\n'
check "every number in two spellings is reported in its line" \
    told_for_each "3: %s has '01' twice: '1' in line 2 is the same" '[train]\n%s = 1 |\n  01\n' N X

long_line() {
    printf '[train]\nnet = %0190d\n' 1 >"$scratch/long.ini"
    fails 78 'long.ini:2: the line is longer' odetape sweep "$scratch/long.ini"
}
check "a line that is too long is refused" long_line
zero_byte() {
    printf '[train]\nnet = rk4x1\nseed = 1\000\n' >"$scratch/zero.ini"
    fails 78 'zero.ini:3: there is a zero byte' odetape sweep "$scratch/zero.ini"
}
check "a zero byte is refused" zero_byte
long_file() {
    yes '; and so on' | head -n 7000 >"$scratch/huge.ini"
    fails 78 'huge.ini:1: the file is longer' odetape sweep "$scratch/huge.ini"
}
check "a file that is too long is refused" long_file
many_sections() {
    { printf '[train]\nnet = rk4x1\n' && seq 64 | sed 's/.*/[grid g&]/'; } >"$scratch/sections.ini"
    fails 78 'sections.ini:66: there are more than 64 sections' odetape sweep "$scratch/sections.ini"
}
check "too many sections are refused" many_sections
many_values() { # soon: no value is looked for among all others again and again
    { printf '[train]\nnet = rk4x1\nseed = 0 |\n' && seq -f ' %g |' 4096; } >"$scratch/values.ini"
    fails 78 'values.ini:4098: there are more than 4096 values' odetape sweep "$scratch/values.ini"
}
check "too many values are refused" many_values
long_note() {
    { printf '[experiment]\nnote =\n' && seq -f ' %0150g' 14; } >"$scratch/note.ini"
    fails 78 'note.ini:16: note is longer than 2047 bytes' odetape sweep "$scratch/note.ini"
}
check "a note that is too long is refused" long_note

# A note of many lines of one letter leaves few bytes for all other texts.
short_of_room() { # LINES-OF-NOTE LINE-NUMBER TEXT-BEHIND-IT
    # shellcheck disable=SC2059 # the text is a format
    { printf '[experiment]\nnote = x\n' && yes ' x' | head -n "$(($1 - 1))" &&
        printf "$3"; } >"$scratch/room.ini"
    fails 78 "room.ini:$2: the file is too long" odetape sweep "$scratch/room.ini"
}
check "a note of too many lines is refused" short_of_room 400 363 '[train]\n'
check "a value without room is refused" \
    short_of_room 361 366 '[train]\nnet = %0180d\ndata = %0180d\nlr = %0180d\n'
check "a section without room is refused" \
    short_of_room 361 366 '[train]\nnet = %0180d\ndata = %0180d\n[scale %0180d]\n'
check "a file that is not there is no input" fails 66 'gone.ini: No such file' odetape sweep gone.ini
check "a directory is no input" fails 66 '/: not a regular file' odetape sweep /
check "an unknown scale has a suggestion" fails 64 "no scale 'papr'; did you mean 'paper'" \
    odetape sweep "$srcdir/experiments/table3.ini" --scale papr
check "data that are not there are reported before the first run" fails 66 'nowhere.* --data' \
    odetape sweep "$srcdir/experiments/table3.ini" --data nowhere
check "nothing was started" test -z "$(ls)"

forms() { # of one experiment, one with a byte order mark, CRLF and lists in several lines
    printf '[train]\nnet = euler x2|midpoint x1\nepochs=1\nseed=1|2|3\n[grid]\nlr = 0.1 | 0.2\n' >"$scratch/a.ini"
    printf '\357\273\277; comment\r\n[ train ] ; all\r\nnet: euler x2 |\r\n  midpoint x1 ; more\r\n' >"$scratch/b.ini"
    printf 'epochs = 1\r\nseed = 1 | 2 |\r\n\r\n\t3\r\n[grid]\r\n# more\r\nlr = 0.1\r\n   0.2' >>"$scratch/b.ini"
    odetape sweep "$scratch/a.ini" --dry-run --out x >"$scratch/a" 2>/dev/null &&
        odetape sweep "$scratch/b.ini" --dry-run --out x >"$scratch/b" 2>"$scratch/err"
    cat "$scratch/err"
    [ "$(wc -l <"$scratch/a")" -eq 12 ] && diff "$scratch/a" "$scratch/b"
}
check "lists continue in indented lines, and ends of lines do not matter" forms
only_a_grid() {
    printf '[grid]\nnet = euler x2\nepochs = 1\n' >"$scratch/grid.ini"
    odetape sweep "$scratch/grid.ini" --dry-run --out x 2>/dev/null | grep -q "euler x2"
}
check "a grid is an experiment without anything else" only_a_grid

# Every option of odetape train is a key, except those that the sweep sets and those of its output.
keys() {
    odetape --dump-options | awk -F '\t' '
        $1 == "command" { inside = $2 == "train"; next }
        inside { print substr($3, 3) }' | grep -vxE 'out|force|resume|threads|json|wide' >"$scratch/keys"
    wrong=0
    while read -r key; do
        printf '[train]\n%s = \1\n' "$key" >"$scratch/key.ini"
        odetape sweep "$scratch/key.ini" 2>&1 | grep -q "key.ini:2: there is no key" && wrong=1 &&
            echo "$key is no key"
    done <"$scratch/keys"
    [ "$(wc -l <"$scratch/keys")" -gt 20 ] && [ "$wrong" -eq 0 ]
}
check "every option of train is a key" keys

# ---- the paper's -----------------------------------------------------------------------------------

nets() { # FILE SCALE: as they would run
    odetape sweep "$srcdir/experiments/$1.ini" --scale "$2" --data builtin --dry-run 2>"$scratch/err" |
        sed -n "s/.*--net '\([^']*\)'.*/\1/p"
}
for file in "$srcdir"/experiments/*.ini; do
    paper=$(basename "$file" .ini)
    for scale in reduced paper; do
        check "$paper can run at scale $scale" test -n "$(nets "$paper" "$scale")"
    done
done

# Table 3 of the paper, its rows by scheme.
table3() {
    printf '%s\n' 'euler x4' 'euler x8' 'euler x14' 'euler x28' 'euler x42' 'midpoint x2' 'midpoint x4' \
        'midpoint x7' 'midpoint x14' 'midpoint x21' 'rk4 x1' 'rk4 x2' 'rk4 x3' 'rk4 x7' 'rk4 x10' \
        'verner89 x1' 'verner89 x1' 'verner89 x2' 'verner89 x2' 'verner89 x3' 'verner89 x3' |
        LC_ALL=C sort >"$scratch/rows"
    nets table3 paper | LC_ALL=C sort | diff "$scratch/rows" -
}
check "Table 3 has the networks of the paper" table3

# "260 epochs, batch 128, lr 0.1, milestones 100, 150, 200, 230, weight decay 1e-4", 64 channels.
recipe() {
    for name in table3 table4 figure1 figure4 figure8 figure10 figure11 figure12 blending principles; do
        odetape sweep "$srcdir/experiments/$name.ini" --scale paper --data builtin --dry-run 2>/dev/null \
            >"$scratch/out"
        for option in '--width 64' '--stem-stride 1' '--epochs 260' '--batch 128' '--lr 0.1' \
            '--milestones 100,150,200,230' '--weight-decay 1e-4'; do
            grep -vq -e "$option " "$scratch/out" && echo "$name has not $option" && return 1
        done
    done
    return 0
}
check "the scale of the paper has its recipe" recipe

tells_what_is_reduced() {
    nets table3 reduced >/dev/null
    cat "$scratch/err"
    for line in 'width 16, at scale paper 64' 'stem-stride 2, at scale paper 1' \
        'epochs 30, at scale paper 260' 'seed 1 . 2 . 3, at scale paper 1'; do
        grep -q "$line" "$scratch/err" || return 1
    done
}
check "a reduced scale prints what it reduced" tells_what_is_reduced

# A system sets the options that the file leaves out, and stands in the name in their place.
systems() {
    out='runs/systems/euler-x3-system-resnet20-v[12]-levels-4-8-2-epochs-1-seed-1'
    printf '[train]\nsystem = resnet20-v1 | resnet20-v2\nlevels = 4,8:2\nepochs = 1\n' >systems.ini
    odetape sweep systems.ini --dry-run 2>/dev/null >"$scratch/out" && cat "$scratch/out" &&
        [ "$(grep -c -- "--levels 4,8:2 --epochs 1 --out $out$" "$scratch/out")" = 2 ]
}
check "an experiment with systems has one run for each" systems
finish
