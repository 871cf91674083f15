#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# Every command that reads weights takes the directory of a run, reads the same file of it, and says
# which.
# shellcheck source=tests/tap.sh
. "${srcdir:?}/tests/tap.sh"
# shellcheck source=tests/cli/lib.sh
. "$srcdir/tests/cli/lib.sh"

check "a small data set is made" make_small
# shellcheck disable=SC2086,SC2154 # words of options, from lib.sh
check "a run is trained" odetape train --net eulerx1 $tiny --epochs 3 --keep 2 --out run

# The arguments of a command that reads weights, for these operands.
arguments() { # COMMAND RUN
    case $1 in
    eval) echo "$2 --json" ;;
    diff) echo "$2 $2" ;;
    landscape) echo "$2 --kind line --points 3 --images 8 --no-plot --force --out land" ;;
    report) echo "$2 --output page.html" ;;
    fuse) echo "$2 --out fused.safetensors" ;;
    export) rm -rf exported; echo "$2 exported --to npy" ;;
    *) echo "$2" ;;
    esac
}
# train has it for --init, which going_on.sh tests.
commands=$(odetape --dump-options | awk -F '\t' '$1 == "command" { name = $2 }
    $3 == "--weights-of" && name != "train" { print name }')

# Each command that has --weights-of, with the run and then with the words.
each() { # CHECK RUN WORD...
    [ "$(echo "$commands" | wc -w)" -ge 5 ] || return 1
    how=$1 run=$2
    shift 2
    for command in $commands; do
        # shellcheck disable=SC2046 # words
        "$how" "$command" $(arguments "$command" "$run") "$@" || { echo "odetape $command"; return 1; }
    done
}

# It reads this file, and no other file of weights: those are damaged in a copy of the run.
reads() { # FILE
    rm -rf copy && cp -R run copy && cp run/final.safetensors copy/average.safetensors &&
        for file in copy/*.safetensors; do
            [ "$file" = "copy/$1" ] || printf 'damaged' >"$file"
        done
}
says() { # COMMAND WORD...
    rm -f page.html
    odetape "$@" >out 2>err || { cat out err; return 1; }
    case $1 in
    report) grep -q "Read from $wanted" page.html ;;
    *) grep -Eq "^weights   $wanted\$|'$wanted' was read\$" err ;;
    esac || { cat err; return 1; }
}
reads_chosen() { # FILE WORD...
    wanted=copy/$1
    reads "$1" && shift && each says copy "$@"
}
check "every command reads final.safetensors of a run" reads_chosen final.safetensors
check "it can be chosen by its word" reads_chosen final.safetensors --weights-of final
check "--weights-of best reads best.safetensors" reads_chosen best.safetensors --weights-of best
check "--weights-of average reads average.safetensors" reads_chosen average.safetensors --weights-of average

same_as_file() { # WHICH: the result of a run is that of its file, and has its name
    odetape eval run --weights-of "$1" --json >of_run 2>/dev/null &&
        odetape eval "run/$1.safetensors" --json >of_file 2>err && [ ! -s err ] &&
        grep -q "\"weights\": \"run/$1.safetensors\"" of_run &&
        sed 's/"images_per_second": [^,]*,//' of_run >one && sed 's/"images_per_second": [^,]*,//' of_file >two &&
        cmp one two
}
check "a run is evaluated as its final weights are" same_as_file final
check "and as its best weights are" same_as_file best

newest=checkpoint-00000024.safetensors
best='best.safetensors \(--weights-of best\)'
refuses() { # COMMAND WORD...
    fails 66 "$sentence" odetape "$@"
}
lacks() { # RUN SENTENCE WORD...
    run=$1 sentence=$2
    shift 2
    each refuses "$run" "$@"
}
check "a file that the run does not have is refused with those it has" lacks run \
    "'run' has no average.safetensors; it has final.safetensors \(--weights-of final\), $best, $newest\$" \
    --weights-of average
mkdir empty && printf '%s\n' "$(head -n 1 run/metrics.jsonl)" >empty/metrics.jsonl
check "a run without any weights is refused" lacks empty "'empty' has no best.safetensors; it has no weights\$" \
    --weights-of best

file_is_no_run() { # COMMAND WORD...
    [ "$1" = report ] || fails 64 'not the directory of a run' odetape "$@"
}
check "a file has nothing to choose from" each file_is_no_run run/best.safetensors --weights-of best
check "all checkpoints are not one file" fails 64 'its checkpoints' \
    odetape landscape --kind trajectory run --weights-of best --out x
check "a network without a file has none" fails 64 'takes none' \
    odetape landscape --net rk4x1 --weights-of best --out x

# A run that has not ended.
cp -R run killed && rm killed/final.safetensors
unfinished() {
    wanted=killed/$newest
    each says killed
}
check "every command reads the newest checkpoint of an unfinished run, and says so" unfinished
killed_best() {
    wanted=killed/best.safetensors
    each says killed --weights-of best
}
check "it is read if its best weights are chosen" killed_best
finish
