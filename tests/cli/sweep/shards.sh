#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# A sweep divided among machines: shards in directories of their own, copied together, give the tables
# of one sweep.  Runs of different versions or kernels are never averaged.
# shellcheck source=tests/tap.sh
. "${srcdir:?}/tests/tap.sh"
# shellcheck source=tests/cli/lib.sh
. "$srcdir/tests/cli/lib.sh"
make_small
printf '%s\n' '[train]' 'data = small' 'width = 4' 'stem-stride = 2' 'batch = 32' \
    'net = euler x2 | midpoint x1 | lm x2' 'epochs = 1' 'seed = 1 | 2' >six.ini

for shard in 0/2 3/2 1/0 a/b 1 1/ /2 1/2/3 1/2x -1/2 +1/2 1.0/2 ' 1/2' 1/1025 99999999999/2; do
    check "'$shard' is no shard" fails 64 "the shard is '.*'; it must be I/N.* such as 1/2" \
        odetape sweep six.ini --shard "$shard" --dry-run
done
check "a shard without a run is refused" fails 64 'shard 7/7 is empty: the experiment has 6 runs' \
    odetape sweep six.ini --shard 7/7 --dry-run

divides() { # N: the commands of N shards, each a line of those of the whole, are all of them
    odetape sweep six.ini --out runs --dry-run >whole.sh 2>/dev/null
    for i in $(seq "$1"); do
        odetape sweep six.ini --out runs --dry-run --shard "$i/$1" 2>/dev/null
    done | sort >parts.sh
    sort whole.sh | diff - parts.sh
}
check "two shards are the whole" divides 2
check "four shards are the whole" divides 4
check "one shard is the whole" divides 1

odetape sweep six.ini --out one --wide >one.table 2>one.err || cat one.err
odetape sweep six.ini --out a --shard 1/2 --wide >a.table 2>a.err || cat a.err
odetape sweep six.ini --out b --shard 2/2 --wide >b.table 2>b.err || cat b.err
has_its_half() {
    ls a b && grep '^shard  *1 of 2$' a.err && grep 'results  *a/results-1-of-2.jsonl$' a.err &&
        [ "$(wc -l <a/results-1-of-2.jsonl)" -eq 3 ] && [ "$(wc -l <b/results-2-of-2.jsonl)" -eq 3 ] &&
        [ ! -e a/results.jsonl ] && [ "$(find a b -name final.safetensors | wc -l)" -eq 6 ]
}
check "a shard runs its half and writes its results" has_its_half
alone() {
    odetape compare --wide a --unequal >out 2>err && cat out err && grep 'has the results of 1 of 2 shards' err
}
check "a shard alone is compared with a note" alone

mkdir joined && cp -r a/. joined && cp -r b/. joined
rows() { # DIR: the table without speed, memory and time, which differ between two trainings
    odetape compare --wide "$1" --unequal 2>/dev/null | sed '/^$/,$d' |
        sed -E 's/ +[0-9.]+k? +[0-9.]+ (KiB|MiB).*( [0-9]+ finished)$/\2/; s/img.*status/status/'
}
same_tables() {
    rows one >one.rows && rows joined >joined.rows && cat joined.rows &&
        [ "$(wc -l <one.rows)" -eq 4 ] && diff one.rows joined.rows
}
check "shards that were copied together give the table of one sweep" same_tables
check "and the weights of one sweep" sh -c 'for f in one/*/final.safetensors; do
    cmp "$f" "joined/${f#one/}" || exit; done'
check "a report of them has all runs" sh -c 'odetape report joined --no-images &&
    grep -c "2 finished</td>" joined/report.html | grep 3'
merged() { # without the data, which only a missing run needs
    mv small elsewhere
    odetape sweep six.ini --out joined --wide >joined.table 2>joined.err
    code=$?
    mv elsewhere small
    cat joined.err
    [ $code -eq 0 ] && [ "$(wc -l <joined/results.jsonl)" -eq 6 ] && [ "$(grep -c finished joined.table)" -eq 6 ] &&
        grep -o '"name":"[^"]*"' joined/results.jsonl >joined.names &&
        grep -o '"name":"[^"]*"' one/results.jsonl | diff - joined.names && rows joined | diff one.rows -
}
check "a sweep of the whole directory starts nothing and writes its results" merged
interrupted_command() { # the command that continues has the shard; timeout sends its signal twice
    sed 's/epochs = 1/epochs = 400/; s/width = 4/width = 128/' six.ini >long.ini
    timeout -s TERM 2 env odetape sweep long.ini --out long --shard 2/3 >/dev/null 2>err
    cat err
    grep -q 'continue with: odetape sweep long.ini --out long --shard 2/3$' err
}
check "an interrupted shard prints the command with its shard" interrupted_command

# ---- builds ----

builds() { # N DIR...: the table has N rows of euler
    n=$1
    shift
    odetape compare --wide --convs 4 "$@" >out && cat out && [ "$(grep -c '^euler' out)" -eq "$n" ]
}
forged() { # INTO KEY VALUE: both seeds of euler, the second one with another build
    rm -rf "$1" && mkdir "$1" && for seed in 1 2; do cp -r one/euler-*-seed-$seed "$1/$seed"; done
    sed -i -E "1s/\"$2\":\"[^\"]*\"/\"$2\":\"$3\"/" "$1/2/metrics.jsonl"
}
check "seeds of one build share a row, and the line below it says the build" sh -c '
    odetape compare --wide --convs 4 one/euler-* >out && cat out && grep "^euler.* 1,2 .* 1  *2 finished$" out &&
        grep "^build 1: odetape [0-9][^ ]*, kernels [a-z]* (.*), BLIS [0-9.]* [a-z0-9]*, CPU ." out &&
        ! grep "^build 2" out'
apart() { # KEY VALUE: of the build
    forged forged "$1" "$2" && builds 2 forged/1 forged/2 && grep "^euler x2, $1 $2 .* 2  *1 finished$" out &&
        odetape plot forged/1 forged/2 --terminal >out 2>/dev/null && grep "$1 $2" out
}
check "runs of another version are apart" apart version 9.9.9
check "runs of other kernels are apart" apart kernels portable
check "runs of another family of BLIS kernels are apart" apart blis_kernels generic
check "runs of other features are apart" apart cpu_features none
other_cpu() {
    forged forged cpu 'Other CPU' && builds 1 forged/1 forged/2 && grep ' 1,2  *2 finished$' out &&
        grep '^build 2: .*, CPU Other CPU$' out
}
check "runs on another CPU with the same kernels share a row, which names both" other_cpu
resumed_elsewhere() {
    forged forged cpu 'Other CPU' &&
        sed -i '1a{"event":"resume","version":"9.9.9","epochs":0,"machine":{}}' forged/2/metrics.jsonl &&
        builds 2 forged/1 forged/2 && grep '^build 2: .*; resumed by another build$' out
}
check "a run that another build resumed is apart" resumed_elsewhere
other_data() {
    forged forged train_fingerprint 0123456789abcdef && builds 2 forged/1 forged/2
}
check "runs of other data are apart" other_data
finish
