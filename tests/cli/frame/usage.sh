#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# Commands, options, and the messages about wrong ones.
# shellcheck source=tests/tap.sh
. "${srcdir:?}/tests/tap.sh"
# shellcheck source=tests/cli/lib.sh
. "$srcdir/tests/cli/lib.sh"

check "no command is a usage error" fails 64 'command is missing' odetape
check "an unknown command has a suggestion" fails 64 "did you mean 'train'" odetape trian
check "an unknown command far from all has none" fails 64 "no command 'xyzzyxyzzy'$" odetape xyzzyxyzzy
check "an option before the command is refused" fails 64 'options come after it' odetape --net rk4x1 train
check "an unknown second word has a suggestion" fails 64 "did you mean 'scheme list'" odetape scheme lst
check "a missing second word is named" fails 64 'list, show, check' odetape scheme
check "an unknown option has a suggestion" fails 64 'did you mean --epochs' odetape train --epoch5
check "an unknown letter is named" fails 64 'option -z$' odetape train -z
check "an ambiguous option has another message than an unknown one" \
    fails 64 'several options' odetape train --m 3
check "an option without its value is a usage error" fails 64 'needs a value' odetape train --net
check "a value for a switch is a usage error" fails 64 'takes no value' odetape tape --net rk4x1 --dot=3
check "a missing required option is named" fails 64 'needs --net NET' odetape train
check "options that the source has cannot be given beside it" \
    fails 64 '.-seed cannot be given with --resume' odetape train --resume run --seed 3
check "a missing operand is named" fails 64 'needs RUN.FILE' odetape eval
check "an operand too many is named" fails 64 "'b' is one argument too many" odetape scheme show a b

# libgomp may print a line first.
wrong_threads() { # TEXT
    ! OMP_NUM_THREADS=$1 odetape doctor >out 2>err && [ ! -s out ] &&
        grep -q "^odetape: OMP_NUM_THREADS is '.*'; it must be a whole number from 1 to 1024$" err
}
plotted() {
    [ -d plotted ] || odetape train --net eulerx1 --width 4 --stem-stride 2 --max-seconds 1 \
        --epochs 1 --out plotted >/dev/null 2>&1
}
wrong_columns() { # TEXT
    plotted && COLUMNS=$1 odetape plot plotted --terminal >out 2>err &&
        env -u COLUMNS odetape plot plotted --terminal | cmp - out &&
        grep -q "^odetape: note: COLUMNS is '.*'; it must be a whole number" err
}

bad_value() { # NAME REGEX OPTION VALUE: refused by every kind of value
    check "$1" fails 64 "$2" odetape train --net rk4x1 "$3" "$4"
}
bad_value "zero epochs are refused" 'epochs is .0.; it must be a whole number from 1' --epochs 0
bad_value "a negative width is refused" 'width is .-4.' --width -4
bad_value "a width that no integer holds is refused" 'width' --width 99999999999999999999
bad_value "a number with something after it is refused" 'batch is .12x.' --batch 12x
bad_value "an empty number is refused" 'batch is ..;' --batch ''
bad_value "a blank before a number is refused" 'batch is . 8.' --batch ' 8'
bad_value "a batch of zero is refused" 'batch' --batch 0
bad_value "a learning rate of zero is refused" 'lr' --lr 0
bad_value "a negative learning rate is refused" 'lr' --lr -0.1
bad_value "not-a-number is no learning rate" 'lr' --lr nan
bad_value "infinity is no weight decay" 'weight-decay' --weight-decay inf
for number in 0x10 inf -inf nan 1e400 ' 1' '1 ' '' . 1e 0,5; do
    bad_value "'$number' is no learning rate" 'lr is .*; it must be a decimal number' --lr "$number"
    check "'$number:1' is no range" fails 64 'range is ' \
        odetape landscape --net eulerx1 --width 1 --images 1 --out o --range "$number:1"
    check "'-9:$number' is no range" fails 64 'range is ' \
        odetape landscape --net eulerx1 --width 1 --images 1 --out o --range "-9:$number"
    check "'$number,0.9' are no accuracies" fails 64 'reach is ' odetape compare run --reach "$number,0.9"
    check "'0.1,$number' are no accuracies" fails 64 'reach is ' odetape compare run --reach "0.1,$number"
done
bad_value "a negative seed is refused" 'seed' --seed -1
bad_value "a seed beyond 64 bits is refused" 'seed' --seed 18446744073709551616
bad_value "stem stride 3 is refused" 'stem-stride is .3.; .* from 1 to 2' --stem-stride 3
bad_value "an output that is not there is refused with the choices" 'weights, last' --output first
bad_value "milestones that fall are refused" 'milestones' --milestones 5,3
bad_value "milestones with a comma too many are refused" 'milestones' --milestones 5,
bad_value "an empty net is refused" 'net' --net ''
bad_value "zero threads are refused" 'threads is .0.' --threads 0
bad_value "threads that cannot be had are refused" 'threads is .5000.; .* to 1024' --threads 5000
bad_value "an unknown scheme has a suggestion" 'rk4' --net rk5x2
bad_value "a net of no blocks is refused" 'rk4x0' --net rk4x0
bad_value "an unknown sub-net has a suggestion" 'preact' --subnet preakt
check "an unknown scheme to show has a suggestion" fails 64 'verner89' odetape scheme show verner98
check "gradcheck wants a net or the ops" fails 64 'needs --net NET or --ops' odetape gradcheck
check "gradcheck does not take both" \
    fails 64 'not both' odetape gradcheck --ops --net rk4x1
check "a listing has one format" fails 64 'exclude' odetape tape --net rk4x1 --dot --json
check "an unknown kernel tier in the environment is refused" \
    fails 64 'ODETAPE_KERNELS is .fast.' env ODETAPE_KERNELS=fast odetape doctor
for number in 0x2 2x ' 2' '2 ' 1e0 -1 99999999999999999999 inf; do
    check "BLIS_ARCH_TYPE '$number' is refused" \
        fails 64 'BLIS_ARCH_TYPE is .*; it must be a whole number' env BLIS_ARCH_TYPE="$number" \
        odetape doctor
    check "OMP_NUM_THREADS '$number' is refused" wrong_threads "$number"
    check "COLUMNS '$number' is mentioned and ignored" wrong_columns "$number"
done
check "a list of numbers of threads is taken" \
    env OMP_NUM_THREADS=1,1 sh -c 'odetape scheme show rk4 >/dev/null'
check "an unknown processor in the environment is refused" \
    fails 64 'ODETAPE_CPU is .z80.' env ODETAPE_CPU=z80 odetape doctor

waits() { # WORDS ASSIGNMENT...: doctor prints how threads wait
    wanted=$1
    shift
    env -u OMP_WAIT_POLICY -u GOMP_SPINCOUNT "$@" odetape doctor 2>/dev/null | grep -q "$wanted"
}
check "threads that wait spin only briefly" waits 'POLICY is not set, GOMP_SPINCOUNT is 1000$'
check "threads wait as the environment says" waits 'POLICY is active, .* not set$' OMP_WAIT_POLICY=active
check "they spin as long as it says" waits 'GOMP_SPINCOUNT is 7$' GOMP_SPINCOUNT=7

check "the best kernels are refused where there are none" \
    fails 64 'ODETAPE_KERNELS is best' env ODETAPE_CPU=baseline ODETAPE_KERNELS=best odetape doctor

# What other tools have taught people.
same_help() { # COMMAND... : the same as odetape --help or odetape COMMAND --help
    odetape "$@" >"$scratch/one" && cmp "$scratch/one" "$scratch/two"
}
asks() {
    odetape --help >"$scratch/two" && same_help help && same_help -h && same_help help help &&
        odetape train --help >"$scratch/two" && same_help help train && same_help --help train &&
        odetape scheme check -h >"$scratch/two" && same_help help scheme check && same_help --help scheme check &&
        odetape scheme --help >"$scratch/two" && same_help help scheme && same_help scheme help &&
        odetape --version >"$scratch/two" && same_help version && same_help -v && same_help -V
}
check "help and version are also commands" asks
group_has() { # GROUP N: --help lists the n commands of the group, and no others
    odetape "$1" --help >"$scratch/out" && [ "$(grep -c "^  $1 " "$scratch/out")" -eq "$2" ] &&
        [ "$(grep -c '^  [a-z]' "$scratch/out")" -eq "$2" ]
}
lists_groups() {
    for group in scheme system recipe data new; do
        group_has $group "$(odetape --dump-options | grep -c "^command[[:space:]]$group ")" || return 1
    done
}
check "a group's --help lists its commands" lists_groups
check "help on nothing known has a suggestion" fails 64 "did you mean 'train'" odetape help trian
check "no command is answered with a first run" fails 64 'odetape train --net' odetape
check "'test' is eval" fails 64 "did you mean 'eval'" odetape test
answered() { # WORD ANSWER: an option of another tool
    check "$1 is answered with $2" fails 64 "no option $1; .*$2" odetape train "$1" 3
}
for pair in learning-rate=lr batch-size=batch lr-schedule=schedule dataset=data output-dir=out seeds=seed \
    batch_size=batch Learning_Rate=lr optimizer=optimiser num-workers=threads model=net; do
    answered "--${pair%=*}" "did you mean --${pair#*=}\?"
done
answered -lr 'did you mean --lr\?'
answered -v '-V prints the version'
answered --quiet '2>/dev/null'
answered --gpu 'CPU'
check "a network without --net is answered" fails 64 "did you mean --net rk4x2\?" odetape train rk4x2
check "a network with blanks is answered" fails 64 'put in quotes' odetape train --net rk4 x2
check "a folder without --data is answered" fails 64 'did you mean --data ..\?' odetape train ..

odetape --dump-options >dump
sed -n 's/^command\t\([^\t]*\)\t.*/\1/p' dump >commands

helps() { # COMMAND...: on stdout only, exit 0, lines that fit, the page of the manual at the end
    "$@" --help >"$scratch/out" 2>"$scratch/err" && [ -s "$scratch/out" ] && [ ! -s "$scratch/err" ] &&
        ! grep -En '^.{101}' "$scratch/out" && grep -q '^usage: odetape' "$scratch/out" &&
        { [ $# -eq 1 ] || tail -n 1 "$scratch/out" | grep -qx "The manual page is odetape-$2(1)\."; }
}
check "odetape --help goes to stdout" helps odetape
while read -r command; do
    # shellcheck disable=SC2086 # a command may be two words
    check "odetape $command --help goes to stdout" helps odetape $command
done <commands

lists_all_commands() {
    odetape --help >"$scratch/out" || return 1
    while read -r command; do
        grep -q "^  $command  *[a-z]" "$scratch/out" || return 1
    done <commands
}
check "odetape --help lists every command" lists_all_commands

has_version() { # COMMAND...
    "$@" --version >"$scratch/out" && cat "$scratch/out" &&
        head -n 1 "$scratch/out" | grep -Eq '^odetape [0-9]+\.[0-9]+\.[0-9]+$' &&
        grep -Eq '^BLIS [0-9.]+ \([a-z0-9]+ kernels\), OpenMP [0-9]+, MPI (no|/.*), (gcc|clang) ' "$scratch/out"
}
check "odetape --version prints the build" has_version odetape
check "a command's --version prints the same" has_version odetape scheme list

to_full() {
    fails 74 'standard output cannot be written' sh -c 'exec "$@" >/dev/full' sh "$@"
}
to_closed() {
    fails 74 'standard output cannot be written' sh -c 'exec "$@" >&-' sh "$@"
}
for command in '--help' 'scheme list' 'scheme show rk4' 'scheme check rk4' \
    'tape --net rk4x1 --json'; do
    # shellcheck disable=SC2086
    check "odetape $command notices a full device" to_full odetape $command
    # shellcheck disable=SC2086
    check "odetape $command notices a closed stdout" to_closed odetape $command
done
finish
