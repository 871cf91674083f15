#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# odetape(1) has exactly the commands and options of the program, and its examples work.
# shellcheck source=tests/tap.sh
. "${srcdir:?}/tests/tap.sh"
# shellcheck source=tests/cli/lib.sh
. "$srcdir/tests/cli/lib.sh"
page=$srcdir/man/odetape.1
odetape --dump-options >dump

same() { # what the program says, what the manual says
    [ -s "$1" ] && diff "$1" "$2"
}

# Options of program and manual as lines: title, letter, --name, argument.
grep -v '^command' dump | LC_ALL=C sort -u >options.program
sed 's/\\-/-/g' "$page" | awk '
    /^\.Sh/ { inside = $2 == "OPTIONS" }
    inside && /^\.Ss/ { title = substr($0, 5) }
    inside && /^\.It Fl/ {
        letter = "-"
        name = ""
        argument = ""
        for (i = 2; i <= NF; i++) {
            if ($i == "Fl" && length($(i + 1)) == 1) letter = $(i + 1)
            if ($i == "Fl" && length($(i + 1)) > 1) name = $(i + 1)
            if ($i == "Ar") argument = $(i + 1)
        }
        print title "\t" letter "\t-" name "\t" argument
    }' | LC_ALL=C sort -u >options.manual
check "the manual has every option of the program, and no other" same options.program options.manual

# Commands of program and manual as lines: name, operands, "network, size, tape and machine options".
awk -F '\t' '
    function finish() {
        if (name != "") print name "\t" operands "\t" titles
        titles = ""
        last = ""
    }
    function add(title) {
        sub(/ options$/, "", title)
        if (tolower(title) != last) titles = titles (titles == "" ? "" : ", ") tolower(title)
        last = tolower(title)
    }
    $1 == "command" { finish(); name = $2; operands = $3; next }
    $1 != "Common options" { add($1) }
    END { finish() }' dump | LC_ALL=C sort >commands.program
sed 's/\\-/-/g' "$page" | awk '
    function finish() {
        if (name == "") return
        titles = ""
        if (match(text, /Takes the [a-z, ]* options/))
            titles = substr(text, RSTART + 10, RLENGTH - 18)
        sub(/ and /, ", ", titles)
        print name "\t" operands "\t" titles
        name = ""
    }
    /^\.S[hs]/ { finish() }
    /^\.Sh/ { inside = $2 == "COMMANDS" }
    inside && /^\.Ss odetape/ {
        name = substr($0, 13)
        operands = ""
        if (match(name, / Ar /)) {
            operands = substr(name, RSTART + 4)
            name = substr(name, 1, RSTART - 1)
        }
        text = ""
        next
    }
    inside && !/^\./ { text = text " " $0 }' | LC_ALL=C sort >commands.manual
check "the manual has every command with its operands and groups of options" \
    same commands.program commands.manual

# "64 by default" in the manual is the default that --help shows.
defaults_agree() {
    wrong=0
    for default in 'train --width 64' 'train --epochs 260' 'train --batch 128' 'train --lr 0.1' \
        'train --momentum 0.9' 'train --weight-decay 0.0001' 'train --decay 0.1' 'train --crop 4' \
        'train --augment standard' 'train --cutout 0' \
        'train --seed 1' 'eval --batch 128' 'tape --image 32' 'tape --batch 128' \
        'gradcheck --tolerance 1e-6' 'gradcheck --all-below 64' 'gradcheck --directions 4' \
        'gradcheck --width 4' 'gradcheck --image 8' 'gradcheck --batch 3'; do
        # shellcheck disable=SC2086
        set -- $default
        odetape "$1" --help | grep -Eq -- "$2 .*\[$3\]$" || {
            echo "$default is not the default"
            wrong=1
        }
    done
    return "$wrong"
}
check "defaults in the manual are those of the program" defaults_agree

# Examples: the literal blocks of EXAMPLES, run in order in one directory, since later ones use what
# earlier ones made.
awk '/^\.Sh/ { inside = $2 == "EXAMPLES" }
    /^\.Ed/ { literal = 0 }
    inside && literal { gsub(/\\e/, "\\"); gsub(/\\-/, "-"); print }
    /^\.Bd -literal/ { literal = 1 }' "$page" >examples
# A line that ends with a backslash continues in the next.
sed -e ':a' -e '/\\$/N; s/\\\n */ /; ta' examples >lines
example_runs() { # LINE
    sh -e -c "$1" </dev/null
}
check "the manual has examples" test "$(grep -c '^odetape' lines)" -ge 10
while IFS= read -r line; do
    check "example: $line" example_runs "$line"
done <lines
check "examples leave what they say" test -s runs/demo/final.safetensors -a -s tape.dot -a -s seen.png
finish
