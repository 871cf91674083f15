#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# The journal of a run has the keys that odetape-run(5) lists, and no others.
# shellcheck source=tests/tap.sh
. "${srcdir:?}/tests/tap.sh"
# shellcheck source=tests/cli/lib.sh
. "$srcdir/tests/cli/lib.sh"

# The manual's keys as lines: event, the object within the line or -, key.
awk '/^\.Sh/ { inside = $0 == ".Sh THE JOURNAL" }
    !inside { next }
    /^\.It Cm/ { event = $3 }
    /^\.Ed/ { literal = 0 }
    literal {
        for (i = 1; i <= NF; i++) {
            if ($i ~ /(\[\]|\{\})$/) {
                within = substr($i, 1, length($i) - 2)
                print event, "-", within
            } else {
                print event, within, $i
            }
        }
    }
    /^\.Bd -literal/ { literal = 1; within = "-" }' "$srcdir/man/odetape-run.5" | LC_ALL=C sort -u >manual

# Those of journals.  A key is a string before a colon; it belongs to the innermost object.
keys_of() { # FILE...
    awk '{
        match($0, /"event": *"[a-z]*"/)
        event = substr($0, RSTART, RLENGTH)
        gsub(/.*: *|"/, "", event)
        depth = 0
        name[0] = "-"
        text = $0
        while (text != "") {
            if (match(text, /^"(\\.|[^"\\])*"/)) {
                word = substr(text, 2, RLENGTH - 2)
                text = substr(text, RLENGTH + 1)
                if (text ~ /^:/) {
                    last = word
                    print event, name[depth], word
                }
                continue
            }
            c = substr(text, 1, 1)
            text = substr(text, 2)
            if (c == "{") name[++depth] = depth > 1 ? last : "-"
            if (c == "}") depth--
        }
    }' "$@" | LC_ALL=C sort -u
}

check "a small data set is made" make_small
trains() { # journals with every kind of key, except those of plugins and of several processes
    # shellcheck disable=SC2086 # tiny is several options
    odetape train --net rk4x1 $tiny --learn-tableau --validation 64 --average 0.9 --epochs 1 --out learned &&
        odetape train --resume learned --data small --epochs 2 &&
        odetape train --net rk4x1 $tiny --weights shared --step controlled --step-count 2 --epochs 1 \
            --gradient backsolve --out controlled &&
        keys_of learned/metrics.jsonl controlled/metrics.jsonl >printed && [ -s printed ]
}
check "trainings write journals" trains

# Options have the names that they have on the command line; numbers that are learned have any name.
odetape --dump-options | sed -n 's/.*\t--\([a-z0-9-]*\)\t.*/\1/p' | LC_ALL=C sort -u >options
are_in_the_manual() {
    grep -v '^epoch scalars ' printed | while read -r event within key; do
        grep -qx "$event $within $key" manual && continue
        case $event-$within in
        run-net | run-options) grep -qx -e "$key" options && continue ;;
        esac
        echo "$event $within $key is not in the manual"
    done | tee unknown
    [ ! -s unknown ]
}
check "every key of a journal is in the manual" are_in_the_manual
are_printed() {
    LC_ALL=C comm -23 manual printed | grep -v -e plugins -e sharing | tee missing
    [ ! -s missing ]
}
check "every key in the manual is in a journal" are_printed
finish
