#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# Plots that are drawn during a training, and a German locale, do not change the bytes of its weights.
# Tests every fourth scheme; with OT_ALL_BITS in the environment, all of them.
# shellcheck source=tests/tap.sh
. "${srcdir:?}/tests/tap.sh"
# shellcheck source=tests/cli/lib.sh
. "$srcdir/tests/cli/lib.sh"
make_small

localedef -i de_DE -f UTF-8 "$scratch/de_DE.UTF-8" >/dev/null 2>&1
german() { # COMMAND...
    env LOCPATH="$scratch" LC_ALL=de_DE.UTF-8 "$@"
}
is_german() { # a comma and not a point
    [ "$(german printf '%.1f' 0,5 2>/dev/null)" = 0,5 ]
}

train() { # COMMAND RUN: through the command
    # shellcheck disable=SC2086 # tiny is options
    $1 timeout 100 odetape train --net "$scheme x1" $tiny --epochs 2 --out "$2" >"$scratch/said" 2>&1
}

# The picture is drawn only if gnuplot is installed.
draw() { # RUN
    german odetape plot --terminal "$1" >"$scratch/curves" 2>&1
    ! command -v gnuplot >/dev/null || german odetape plot "$1" --out curves.svg >"$scratch/drawn" 2>&1
}

watched() { # SCHEME
    scheme=$1
    train env plain || return 1
    train german watched &
    plots=0
    while kill -0 $! 2>/dev/null; do
        draw watched && plots=$((plots + 1))
    done
    wait $! || return 1
    draw watched && [ -s "$scratch/curves" ] || return 1
    echo "$plots plots while it ran"
    for file in final.safetensors checkpoint-00000016.safetensors; do
        cmp plain/$file watched/$file || return 1
    done
    rm -r plain watched
}

if is_german; then
    every=4
    [ -z "${OT_ALL_BITS-}" ] || every=1
    { tableaux && other_schemes; } | awk -v every=$every '(NR - 1) % every == 0' >schemes
    while read -r name; do
        check "$name leaves the same bytes while plots of it are drawn, in a German locale" \
            watched "$name" </dev/null
    done <schemes
else
    skip "schemes leave the same bytes in a German locale" "localedef cannot make one"
fi
finish
