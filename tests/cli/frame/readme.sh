#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# The tour of README.md is what a reader sees: its commands run, and print what stands there.  "..."
# stands for any lines.  Times, rates and memory are not compared.  Losses and accuracies of a training
# depend on the kernels of the machine and on the compiler, so those may differ a little.
# shellcheck source=tests/tap.sh
. "${srcdir:?}/tests/tap.sh"
# shellcheck source=tests/cli/lib.sh
. "$srcdir/tests/cli/lib.sh"
ln -s "$srcdir/tests" tests # for the paths in it

# Each command of the section "A short tour" to a file of its own, and what it prints to another.
awk '/^## / { inside = $0 == "## A short tour" }
    !inside || !/^    / { expected = ""; next }
    /^    \$ / { n++; expected = "expected." n; print substr($0, 7) >("command." n); printf "" >expected; next }
    expected != "" { print substr($0, 5) >expected }' "$srcdir/README.md"

masked() { # FILE
    sed -E 's/[0-9.]+ (img\/s|images\/s|MiB|MB|s\>)/N \1/g; s/[0-9]+ per second/N per second/; s/ +/ /g' "$1"
}

# The lines of the first file are those of the second.
cat >compare.awk <<'AWK'
function near(a, b,    tolerance) {
    if (a !~ /^[0-9.]+%?$/ || b !~ /^[0-9.]+%?$/) return 0
    tolerance = a ~ /%/ ? 5 : 0.15
    return (a ~ /%/) == (b ~ /%/) && a - b <= tolerance && b - a <= tolerance
}
function same(want, got,    n, i, w, g) {
    if (want == got) return 1
    if (want !~ /^(epoch|accuracy|loss) /) return 0
    n = split(want, w, " ")
    if (split(got, g, " ") != n) return 0
    for (i = 1; i <= n; i++)
        if (w[i] != g[i] && !near(w[i], g[i])) return 0
    return 1
}
NR == FNR { want[++wanted] = $0; next }
{ got[++found] = $0 }
END {
    for (k = i = 1; k <= wanted; k++) {
        if (want[k] == "...") { any = 1; continue }
        while (any && i <= found && !same(want[k], got[i])) i++
        if (i > found || !same(want[k], got[i])) { print "this line is not printed: " want[k]; exit 1 }
        any = 0
        i++
    }
    if (!any && i <= found) { print "this line is not in README.md: " got[i]; exit 1 }
}
AWK

prints() { # NUMBER
    sh -c "$(cat "command.$1")" >out 2>&1 || true # a claim that is refuted is an error
    masked "expected.$1" >want
    masked out >got
    cat out
    awk -f compare.awk want got
}

check "README.md has a tour" test -s command.5
for command in command.*; do
    n=${command#command.}
    check "README.md shows what $(cut -c 1-60 "$command") prints" prints "$n"
done
finish
