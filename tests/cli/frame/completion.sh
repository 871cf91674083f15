#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# Every command, option and name that the program knows is offered when Tab is pressed, and the files for
# the shells use what it offers.
# shellcheck source=tests/tap.sh
. "${srcdir:?}/tests/tap.sh"
# shellcheck source=tests/cli/lib.sh
. "$srcdir/tests/cli/lib.sh"

odetape --dump-options >dump
offered() { # WORD...: the words that are offered for the last one
    odetape --complete "$@" | cut -f 1
}
same() { # EXPECTED OFFERED: files of words
    LC_ALL=C sort -u "$1" >one && LC_ALL=C sort -u "$2" >two && [ -s one ] && diff one two
}

commands_are_offered() {
    awk -F '\t' '$1 == "command" { print $2 }' dump >commands
    cut -d ' ' -f 1 commands >first
    offered '' >words && same first words && ! uniq -d words | grep . || return
    for word in $(sed -n 's/ .*//p' commands | uniq); do
        sed -n "s/^$word //p" commands >second
        offered "$word" '' >words && same second words || return
    done
}
check "every command is offered, each word once" commands_are_offered
options_are_offered() {
    awk -F '\t' '$1 == "command" { print $2 }' dump | while read -r command; do
        {
            awk -F '\t' -v name="$command" '$1 == "command" { mine = $2 == name; next }
                $1 == "Common options" { mine = 1 } mine { print $3 }' dump
        } >expected
        # shellcheck disable=SC2086 # a command may be two words
        offered $command - >words && same expected words || { echo "$command"; exit 1; }
    done
}
check "every option of every command is offered" options_are_offered

is_offered() { # EXPECTED WORD...
    expected=$1
    shift
    offered "$@" | grep -qx -e "$expected" || { offered "$@"; return 1; }
}
names_are_offered() {
    odetape system list | sed 1d | cut -d ' ' -f 1 >systems
    offered train --system '' >words && same systems words || return
    odetape recipe list | sed 1d | cut -d ' ' -f 1 >recipes
    offered train --recipe '' >words && same recipes words || return
    { tableaux && other_schemes; } >schemes
    offered train --net '' >words && same schemes words || return
    tableaux >schemes
    offered scheme check '' >words && same schemes words && offered scheme compare rk4 '' >words &&
        same schemes words
}
check "systems, recipes and schemes are offered where their names are taken" names_are_offered
check "choices of an option are offered" is_offered theta train --weights t
check "also after its letter" is_offered between landscape -k ''
mkdir -p runs/one runs/two
: >runs/one/metrics.jsonl
runs_are_offered() {
    is_offered runs/one eval '' && is_offered runs/one train --resume '' && [ "$(offered plot runs/)" = runs/one ]
}
check "runs are offered, other directories are not" runs_are_offered
nothing() {
    [ -z "$(odetape --complete train --out '')" ] && [ -z "$(odetape --complete nothing at all '')" ] &&
        [ -z "$(odetape --complete train --epochs '')" ] && odetape --complete
}
check "nothing is offered where a file or a number is meant" nothing

in_bash() {
    # shellcheck disable=SC2016 # bash expands it
    bash -c '. "$1"
        COMP_WORDS=(odetape scheme sh) COMP_CWORD=2
        _odetape odetape
        [ "${COMPREPLY[*]}" = show ]
        COMP_WORDS=(odetape train --system resnet20) COMP_CWORD=3
        _odetape odetape
        [ "${#COMPREPLY[@]}" -ge 2 ] && [ "${COMPREPLY[0]}" = resnet20-v1 ]' sh \
        "$srcdir/completion/odetape.bash"
}
check "bash completes a command and a name" in_bash
in_fish() {
    fish --no-config -c "source $srcdir/completion/odetape.fish; complete -C 'odetape scheme sh'" | grep '^show'
}
in_zsh() { # its syntax; the widgets need a terminal
    zsh -n "$srcdir/completion/_odetape"
}
for shell in fish zsh; do
    if command -v "$shell" >/dev/null 2>&1; then
        check "$shell reads its file" "in_$shell"
    else
        skip "$shell reads its file" "it is not installed"
    fi
done
finish
