#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# Names and texts from files, arguments and the environment cannot control the terminal.  No command
# prints their control characters, changes of text direction, bytes that are not UTF-8, or line ends.
# shellcheck source=tests/tap.sh
. "${srcdir:?}/tests/tap.sh"
# shellcheck source=tests/cli/lib.sh
. "$srcdir/tests/cli/lib.sh"

# Red, a CSI in one C1 character, right to left, DEL, and a line of its own; in $broken also what is
# not UTF-8.
hostile=$(printf 'a\033[31mb\302\233mc\342\200\256d\177e\nFORGED f')
broken=$(printf '%s\377' "$hostile")

# The program's own, on a terminal: carriage returns, and its colour and erasing of lines.
is_clean() { # FILE [no: lines mean nothing in it]
    keeps_lines=${2:-yes}
    ! LC_ALL=C grep -anP '[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]|\xc2[\x80-\x9f]|\xd8\x9c' "$1" &&
        ! LC_ALL=C grep -anP '\xe2\x80[\x8e\x8f\xa8-\xae]|\xe2\x81[\xa6-\xa9]' "$1" &&
        { [ "$keeps_lines" = no ] || ! grep -an '^FORGED' "$1"; } && iconv -f UTF-8 -t UTF-8 "$1" >/dev/null
}
own='s/\x1b\[K//g; s/\x1b\[32m//g; s/\x1b\[0*m//g'

# Any exit code of the manual is right, a signal is not.
shows() { # COMMAND...
    code=0
    odetape "$@" >shown.out 2>&1 </dev/null || code=$?
    [ "$code" -lt 128 ] && is_clean shown.out
}
shows_page() { # COMMAND...
    code=0
    odetape "$@" >shown.out 2>shown.err </dev/null || code=$?
    cat shown.err
    [ "$code" -eq 0 ] && is_clean shown.err && is_clean shown.out no
}
show() { # WHAT COMMAND...
    what=$1
    shift
    check "$what" shows "$@"
}

# ---- files ----

# A safetensors file of one number, from its header.
put_safetensors() { # FILE HEADER
    n=${#2}
    # shellcheck disable=SC2059 # the length is a format
    printf "$(printf '\\%03o\\%03o' $((n % 256)) $((n / 256)))\0\0\0\0\0\0%s\0\0\0\0" "$2" >"$1"
}
text='a\u001b[31mb\u009bmc\u202ed\u007fe\nFORGED f'
put_safetensors odd.safetensors "{\"__metadata__\":{\"$text\":\"$text\",\"net\":\"$text\"},\
\"$text\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}}"
put_safetensors other.safetensors "{\"__metadata__\":{\"k\":\"v\"},\
\"b$text\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}}"
put_safetensors "$broken.safetensors" '{"t":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}'

printf 'scheme = good\ntitle = a title\norder = 2\nb = 1\n' >"$hostile.tableau"
printf 'scheme = good\ntitle = a\rFORGED\torder\norder = 1\nreference = b\rc\nb = 1\n' >cr.tableau
printf 'scheme = %s\norder = 1\nb = 1\n' "$hostile" >bad.tableau
printf 'scheme = good\norder = 1\nb = %s\n' "$broken" >worse.tableau

line=$(printf '%s' "$hostile" | tr '\n' ' ')
printf '[experiment]\ntitle = %s\nnote = %s\n %s\n[train]\nnet = eulerx1\n[grid %s]\nseed = 1\n' \
    "$line" "$line" "$line" "g${line%?????????????}" >odd.ini
for at in title net lr data scale; do
    printf '[train]\nnet = eulerx1\n%s = %s\n[%s]\n%s\n' "$at" "$line" "$line" "$line" >"bad-$at.ini"
done
printf '%s\n' "$line" >worst.ini

make_small
cp -r small "$hostile"
printf 'air\033[31mplane\ncar\302\233\nbird\342\200\256\ncat\377\ndeer\177\n' |
    cat - small/batches.meta.txt | head -n 10 >"$hostile/batches.meta.txt"

# ---- runs ----

train="train --net eulerx1 --width 4 --stem-stride 2 --batch 32 --epochs 1"
# shellcheck disable=SC2086 # words
run() { # DIRECTORY DATA OPTION...
    dir=$1 data=$2
    shift 2
    shows $train --data "$data" --out "$dir" "$@" && [ "$code" -eq 0 ]
}
check "a training with hostile names of data and run" run "run $hostile" "./$hostile"
check "a training whose directory is no UTF-8" run "$broken" small --seed 2
check "a training whose scheme has a hostile file name" \
    run scheme small --net "./$hostile.tableau:x1"
check "a plain training" run plain small
show "the same again" $train --data small --out "run $hostile"
mkdir named twice
for file in metrics.jsonl final.safetensors; do cp "plain/$file" named; done
sed 's/"euler x1"/"'"$(printf '%s' "$text" | sed 's/\\/\\\\/g')"'"/g; s/eulerx1/x\\u001b[31m\\u009b/g' \
    plain/metrics.jsonl >named/metrics.jsonl
check "the name of a network was replaced" grep -q u202e named/metrics.jsonl

# ---- every command that prints its arguments ----

dir="run $hostile"
for run in "$dir" "$broken" scheme named; do
    in_words=$(printf '%s' "$run" | LC_ALL=C tr -c 'a-z ' '.')
    show "eval of '$in_words'" eval "$run/final.safetensors"
    show "eval --json of '$in_words'" eval --json "$run/final.safetensors"
    show "eval with other data of '$in_words'" eval --data builtin "$run/final.safetensors"
    show "inspect of '$in_words'" inspect "$run/final.safetensors"
    show "inspect --all of '$in_words'" inspect --all "$run/final.safetensors"
    show "diff of '$in_words'" diff "$run/final.safetensors" plain/final.safetensors
    show "verify of '$in_words'" verify "$run"
    show "resume of '$in_words'" train --resume "$run"
    show "text plot of '$in_words'" plot --terminal "$run" plain
    show "plot of '$in_words'" plot "$run" plain -o "$run.svg"
    show "compare of '$in_words'" compare "$run" plain --unequal --relative
    show "report of '$in_words'" report "$run" -o "$run.html"
    check "report to stdout of '$in_words'" shows_page report "$run" -o -
    show "landscape of '$in_words'" landscape "$run" --kind line --points 2 --images 8 --batch 8 \
        --out "l $run"
    show "landscape of '$in_words' again" landscape "$run" --kind line --points 2 --images 8 \
        --batch 8 --out "l $run"
    check "report with the landscape of '$in_words'" shows_page report "$run" -o - --landscape "l $run"
done
for file in odd other "$broken"; do
    in_words=$(printf '%s' "$file" | LC_ALL=C tr -c 'a-z ' '.')
    for command in inspect 'inspect --all' eval 'eval --json' 'diff other.safetensors' \
        'landscape --out l --kind line' 'train --resume' verify; do
        # shellcheck disable=SC2086 # words
        show "$command of $in_words.safetensors" $command "$file.safetensors"
    done
done
for file in "$hostile" cr bad worse missing"$broken"; do
    in_words=$(printf '%s' "$file" | LC_ALL=C tr -c 'a-z ' '.')
    for command in show check 'compare rk4' 'diff rk4' 'slope --doublings 2' integrate \
        'plot -o regions.svg'; do
        # shellcheck disable=SC2086 # words
        show "scheme $command of $in_words.tableau" scheme $command "./$file.tableau"
    done
    for command in tape plan 'gradcheck --width 1 --image 4 --batch 2'; do
        # shellcheck disable=SC2086 # words
        show "$command of $in_words.tableau" $command --net "./$file.tableau:x1"
    done
done
show "scheme plot to a hostile name" scheme plot rk4 -o "./$broken.svg"
show "data info" data info --data "./$hostile"
show "data sheet" data sheet --data "./$hostile" "$broken.png"
show "data make" data make --data "./$hostile" "made $broken"
show "data make again" data make --data "./$hostile" "made $broken"
for file in odd worst missing"$broken" bad-title bad-net bad-lr bad-data bad-scale; do
    in_words=$(printf '%s' "$file" | LC_ALL=C tr -c 'a-z ' '.')
    show "sweep of $in_words.ini" sweep "$file.ini" --dry-run
done
printf '[train]\nnet = eulerx1\nwidth = 4\nstem-stride = 2\nbatch = 32\nepochs = 1\ndata = %s\n' \
    "$PWD/small" >"$hostile.ini"
show "sweep into a hostile directory" sweep "$hostile.ini" --out "sweep $broken"
show "compare of a sweep" compare "sweep $broken"
check "report of a sweep" shows_page report "sweep $broken" -o -
mkdir results
sed 's/euler x1/'"$(printf '%s' "$text" | sed 's/\\/\\\\/g')"'/g' "sweep $broken/results.jsonl" \
    >results/results.jsonl
show "compare of results with hostile names" compare results
printf '%s\n' "{\"event\":\"$text\"" >twice/metrics.jsonl
for command in plot compare report 'train --resume' verify landscape; do
    # shellcheck disable=SC2086 # words
    show "$command of a journal that is none" $command twice
done
for command in eval inspect 'diff plain' plot compare report 'train --resume' verify \
    'data info --data' 'landscape --out l' sweep 'scheme show'; do
    # shellcheck disable=SC2086 # words
    show "$command of what is not there" $command "missing $broken"
done

# ---- arguments and the environment ----

show "an unknown command" "$broken"
show "an unknown second word" scheme "$broken"
show "an unknown option" train "--$broken"
show "a wrong option before the command" "-$broken"
for option in net width lr seed milestones subnet data out augment; do
    show "a hostile --$option" train --net eulerx1 "--$option" "$broken"
done
show "one argument too many" doctor "$broken"
for variable in ODETAPE_CPU ODETAPE_KERNELS BLIS_ARCH_TYPE COLUMNS TMPDIR TERM OMP_WAIT_POLICY \
    GOMP_SPINCOUNT; do
    in_environment() {
        (
            export "$variable=$broken"
            shows doctor && shows plot --terminal plain && shows report plain -o page.html &&
                shows verify plain
        )
    }
    check "a hostile $variable" in_environment
done

# ---- a terminal ----

on_terminal() { # COMMAND-LINE
    script -qec "$1" /dev/null >typed.out </dev/null || true
    LC_ALL=C sed "$own" typed.out >typed.clean
    [ -s typed.clean ] && is_clean typed.clean
}
if command -v script >/dev/null; then
    export hostile broken train
    # shellcheck disable=SC2016 # they are expanded by the shell of the terminal
    for line in 'odetape eval "run $hostile/final.safetensors"' \
        'odetape inspect --all odd.safetensors' \
        'odetape $train --data small --out "typed $broken"' \
        'odetape landscape "run $hostile" --points 2 --images 8 --batch 8 --out "typed $hostile"' \
        'odetape sweep odd.ini --dry-run' 'odetape plot --terminal "run $hostile" plain' \
        'odetape compare named plain --unequal' 'odetape scheme show ./cr.tableau'; do
        check "on a terminal: $line" on_terminal "$line"
    done
else
    skip "on a terminal" "script(1) is not installed"
fi
finish
