#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# Graphs of structures: every scheme and every system has one.  It is well-formed XML, and has a node
# for each evaluation of f on the tape.  The picture of the plan has the numbers of the plan.
# shellcheck source=tests/tap.sh
. "${srcdir:?}/tests/tap.sh"
# shellcheck source=tests/cli/lib.sh
. "$srcdir/tests/cli/lib.sh"

# Every element is closed in its order, and every & begins an entity.
is_xml() { # FILE
    ! grep -n '&[^a-z#]' "$1" && awk 'BEGIN { RS = "<" }
        NR == 1 || /^\?xml/ { next }
        !/>/ { print "no end: " $0; bad = 1; next }
        {
            name = $0
            sub(/[ >\/\n].*/, "", name)
            if (/^\//) {
                name = substr($0, 2, index($0, ">") - 2)
                if (depth == 0 || open[depth] != name) { print "wrong: " $0; bad = 1 }
                depth--
            } else if ($0 !~ /\/>/) open[++depth] = name
        }
        END { exit bad || depth != 0 || NR < 10 }' "$1"
}
nodes() { # FILE: how many evaluations are drawn
    grep -c '<g class="evaluation">' "$1"
}
# "times evaluations" of each block.
blocks() { # FILE
    sed -n 's/.*<g class="block"><title>\([0-9]*\) blocks*, \([0-9]*\) evaluation.*/\1 \2/p' "$1"
}

draws_a_scheme() { # NAME EVALUATIONS
    odetape scheme plot --graph "$1" -o graph.svg >/dev/null && is_xml graph.svg &&
        blocks graph.svg | awk -v n="$2" -v drawn="$(nodes graph.svg)" '
            $2 != n { print "a block has " $2 " instead of " n; bad = 1 }
            END { if (NR * n != drawn) print drawn " nodes in " NR " blocks"; exit bad || NR == 0 || NR * n != drawn }'
}
draws_every_scheme() {
    odetape scheme list --json |
        sed -n 's/.*"name": "\([^"]*\)".*"evaluations": \([0-9]*\).*/\1 \2/p' >schemes
    [ "$(wc -l <schemes)" -gt 30 ] || return 1
    while read -r scheme evaluations; do
        draws_a_scheme "$scheme" "$evaluations" || { echo "not $scheme"; return 1; }
    done <schemes
}
check "the graph of every scheme has the evaluations that scheme list says" draws_every_scheme

# The evaluations of a network are the scopes of its tape.
on_tape() {
    odetape tape "$@" --evaluate --json | grep -o '"scope": "blocks\.[0-9]*\.stages\.[0-9]*' | sort -u | wc -l
}
draws_a_network() { # OPTIONS
    odetape tape "$@" --graph graph.svg >/dev/null && is_xml graph.svg || return 1
    want=$(on_tape "$@")
    blocks graph.svg | awk -v want="$want" -v drawn="$(nodes graph.svg)" '
        { all += $1 * $2; once += $2 }
        END {
            if (all != want) print all " evaluations instead of " want
            if (once != drawn) print drawn " nodes instead of " once
            exit all != want || once != drawn || all == 0
        }'
}
draws_every_system() {
    odetape system list | awk 'NR > 1 { print $1 }' >systems
    [ "$(wc -l <systems)" -gt 30 ] || return 1
    while read -r system; do
        draws_a_network --system "$system" --batch 2 || { echo "not $system"; return 1; }
    done <systems
}
check "the graph of every system has the evaluations of its tape" draws_every_system
check "so has that of a network with a scheme for each level, and shared weights" \
    draws_a_network --net 'euler x3 + lm x4 + rk4 x1' --levels 16,32:2,64:2 --down connector --weights shared

has_factors() { # TEXT TIMES
    [ "$(grep -c "class=\"g-text\"[^>]*>$1<" graph.svg)" -eq "$2" ] || { echo "not $2 times $1"; return 1; }
}
factors_of_rk4() {
    odetape scheme plot --graph rk4 -o graph.svg >/dev/null && has_factors 1/2 2 && has_factors 1/3 2 &&
        has_factors 1/6 2
}
check "sums have the factors of the tableau" factors_of_rk4
several_in_one() {
    odetape scheme plot --graph euler rk4 verner89 -o graph.svg && is_xml graph.svg &&
        [ "$(nodes graph.svg)" -eq 19 ] && grep -q '>verner89<' graph.svg
}
check "several schemes are rows of one picture" several_in_one
check "a graph is an SVG" fails 64 'must end in .svg' odetape scheme plot --graph rk4 -o graph.png
check "and not a listing" fails 64 'give one of them' odetape tape --net rk4x1 --graph g.svg --dot

if ! command -v gnuplot >/dev/null 2>&1; then
    skip "the picture of the plan has its buffers" "gnuplot is not installed"
    finish
    exit
fi
draws_the_plan() {
    odetape plan --net rk4x1 --width 8 --batch 4 --arena arena.svg --records --json >plan || return
    # steps and bytes of each buffer, from the plan and from the picture's numbers
    buffers=$(tr -d ' \n' <plan | sed 's/.*"arena":\[//; s/\].*//' | grep -o '"first"' | wc -l)
    drawn=$(grep -c '^[0-9]' arena.dat)
    echo "$buffers buffers, $drawn drawn"
    [ "$buffers" -gt 10 ] && [ "$buffers" -eq "$drawn" ] && grep -q '</svg>' arena.svg
}
check "the picture of the plan has its buffers" draws_the_plan
finish
