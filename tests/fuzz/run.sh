#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# Run fuzz targets, each for FUZZ_SECONDS, and say how many inputs were tried:
#     run.sh BUILD-DIRECTORY SOURCE-DIRECTORY CORPUS...
# An input that breaks a promise is left here, as NAME-crash-...
set -eu
build=$1
sources=$2
shift 2
new=$(mktemp -d "${TMPDIR:-/tmp}/odetape-fuzz-XXXXXX")
trap 'rm -rf "$new"' EXIT
for corpus; do
    name=${corpus##*/}
    rm -rf "${new:?}"/*
    dictionary=
    [ ! -e "$sources/$corpus.dict" ] || dictionary=-dict=$sources/$corpus.dict
    "$build/${corpus}_fuzz" -max_total_time="${FUZZ_SECONDS:-30}" -max_len=8192 -timeout=10 \
        -rss_limit_mb=1024 -artifact_prefix="$name-" -print_final_stats=1 \
        ${dictionary:+"$dictionary"} "$new" "$sources/$corpus" 2>fuzz.log || {
        tail -n 40 fuzz.log
        exit 1
    }
    sed -n "s/^stat::number_of_executed_units: */$name: inputs tried: /p" fuzz.log
done
