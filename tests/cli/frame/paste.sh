#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# Commands that are printed for the user to paste work with any names in them.  Each is run by a shell
# as it was printed: by sh, or by bash if it has control characters ($'...').
# shellcheck source=tests/tap.sh
. "${srcdir:?}/tests/tap.sh"
# shellcheck source=tests/cli/lib.sh
. "$srcdir/tests/cli/lib.sh"

make_small
train="train --net eulerx1 $tiny --epochs 1"
tab=$(printf '\t')
control=$(printf 'a\033[31m\nb')
bytes=$(printf 'c\377d')

# Takes the next printed command from the file into `command`.
printed() { # FILE SED-EXPRESSION
    command=$(sed -n "$2" "$1")
    [ -n "$command" ] && ! printf '%s' "$command" | LC_ALL=C grep -q '[[:cntrl:]]'
}
# The function that lib.sh puts before odetape is not the shell's that pastes.
paste_it() {
    printf '%s\n' "$command"
    case $command in
        *"\$'"*) bash -c "$command" ;;
        *) sh -c "$command" ;;
    esac
}
nothing_ran() {
    ! find . -name 'PWNED*' | grep .
}

# ---- one training under each name ----

# shellcheck disable=SC2086 # words
next_commands() { # NAME
    odetape $train --out "$1" >out 2>err || return 1
    printed out 's/^next *\(odetape eval .*\)/\1/p' && paste_it >evaluated &&
        grep -q '^accuracy' evaluated || return 1
    printed out 's/^ *\(odetape report .*\)/\1/p' && paste_it && [ -s "./$1/report.html" ] &&
        nothing_ran
}
# From the page: the command that trains these weights again, into runs/.
page_command() { # NAME
    sed -n 's|^<pre>\(odetape train.*\)</pre>|\1|p' "./$1/report.html" | head -n 1 |
        sed "s/&lt;/</g; s/&gt;/>/g; s/&quot;/\"/g; s/&#39;/'/g; s/&amp;/\&/g" >out
    rm -rf runs
    printed out p && paste_it && cmp runs/*/final.safetensors "./$1/final.safetensors" &&
        nothing_ran
}
# The comment in the script of a picture.
picture_command() { # NAME
    odetape plot "./$1" -o "./$1.svg" && rm "./$1.svg" || return 1
    printed "./$1.gp" 's/^# Draw it again with: //p' && paste_it && [ -s "./$1.svg" ] && nothing_ran
}
dry_commands() { # NAME
    printf '[train]\nnet = eulerx1\nwidth = 4\nstem-stride = 2\nepochs = 1\nbatch = 32\n' >"./$1.ini"
    odetape sweep "./$1.ini" --data small --out "./sweep $1" --dry-run >out 2>/dev/null || return 1
    printed out '/^odetape train/p' && paste_it && nothing_ran || return 1
    [ -s "$(find "./sweep $1" -name final.safetensors)" ]
}

# shellcheck disable=SC2016 # nothing is to be expanded
for run in plain "it's \"so\"; touch PWNED; '" -dash '-$(touch PWNED)`touch PWNED`' '=equals' \
    'a&touch PWNED|touch PWNED>PWNED' '~ $HOME *[a]? {a,b} #hash !bang \slash %s%n' \
    "$tab$control" "$bytes"; do
    in_words=$(printf '%s' "$run" | LC_ALL=C tr '\001-\037\177-\377#' '.')
    check "what comes next is pasted: $in_words" next_commands "$run"
    check "the command of a page is pasted: $in_words" page_command "$run"
    check "the command of a dry run is pasted: $in_words" dry_commands "$run"
    if command -v gnuplot >/dev/null; then
        check "the command of a picture is pasted: $in_words" picture_command "$run"
    else
        skip "the command of a picture is pasted: $in_words" "gnuplot is not installed"
    fi
done

# ---- data sets, and what was interrupted ----

data_command() { # NAME
    cp -r small "./data $1" || return 1
    # shellcheck disable=SC2086 # words
    odetape $train --data "./data $1" --out "./of $1" >out 2>err &&
        odetape report "./of $1" >/dev/null && page_command "of $1"
}
wait_for() { # FILE
    for _ in $(seq 600); do
        if [ -s "$1" ] && grep -q '"epoch":1,' "$1"; then return 0; fi
        sleep 0.1
    done
    return 1
}
# shellcheck disable=SC2086 # words
resume_command() { # NAME
    command odetape $train --epochs 40 --out "./long $1" >out 2>err &
    # Twice, as timeout(1) and batch systems do.
    wait_for "./long $1/metrics.jsonl" && kill -TERM $! $! || return 1
    wait $! && return 1
    printed err 's/.*continue with: //p' || return 1
    paste_it && nothing_ran && [ -s "./long $1/final.safetensors" ]
}
sweep_command() { # NAME
    printf '[train]\nnet = eulerx1\nwidth = 4\nstem-stride = 2\nepochs = 2\nlr = 0.001\nbatch = 1\n' >"./$1.ini"
    command odetape sweep "./$1.ini" --data "./data $1" --out "./wide $1" >out 2>err &
    for _ in $(seq 600); do
        if [ -n "$(find "./wide $1" -name 'checkpoint-*.safetensors' 2>/dev/null)" ]; then break; fi
        sleep 0.1
    done
    kill -TERM $!
    wait $! && return 1
    printed err 's/.*continue with: //p' && paste_it && nothing_ran || return 1
    [ -s "$(find "./wide $1" -name final.safetensors)" ] || return 1
    # The command in results.jsonl is text in JSON.
    sed -n 's/.*"command":"\(\([^"\\]\|\\.\)*\)".*/\1/p' "./wide $1/results.jsonl" |
        sed 's/\\\(["\\]\)/\1/g' >out
    rm -rf "./wide $1"
    printed out p && paste_it && nothing_ran && [ -s "$(find "./wide $1" -name final.safetensors)" ]
}
for run in "it's; touch PWNED" '-$(touch PWNED)' "$control"; do
    in_words=$(printf '%s' "$run" | LC_ALL=C tr '\001-\037\177-\377#' '.')
    check "the data set of a command is pasted: $in_words" data_command "$run"
    check "the command of an interrupted training is pasted: $in_words" resume_command "$run"
    check "the commands of an interrupted sweep are pasted: $in_words" sweep_command "$run"
done

# ---- fields of CSV files ----

csv_fields() {
    run=$(printf 'a,"b"\nc')
    # shellcheck disable=SC2086 # words
    odetape train --net eulerx1 $tiny --epochs 2 --keep 9 --out "$run" >/dev/null 2>&1 &&
        odetape landscape "$run" --kind trajectory --points 2 --images 8 --out csv --no-plot \
            >/dev/null || return 1
    cat csv/trajectory.csv
    [ "$(grep -c ',"a,""b""$' csv/trajectory.csv)" -eq 3 ] &&
        [ "$(grep -c '^c/checkpoint-[0-9]*\.safetensors"$' csv/trajectory.csv)" -eq 3 ]
}
check "names of files in a CSV file are fields of it" csv_fields
finish
