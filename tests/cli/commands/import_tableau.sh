#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# odetape scheme import: tableaux in other notations are those that are built in, and texts that are
# unclear are refused with their line.  pasted_tableaux/NAME.ENDING is the scheme NAME.
# shellcheck source=tests/tap.sh
. "${srcdir:?}/tests/tap.sh"
# shellcheck source=tests/cli/lib.sh
. "$srcdir/tests/cli/lib.sh"
pasted=$srcdir/tests/cli/commands/pasted_tableaux

is_built_in() { # FILE NAME
    odetape scheme import "$1" -o ours.tableau && odetape scheme diff "$2" ours.tableau >differences &&
        [ ! -s differences ]
}
for file in "$pasted"/*; do
    name=${file##*/}
    name=${name%%.*}
    case $name in williamson3 | carpenter_kennedy54) continue ;; esac
    check "${file##*/} is $name" is_built_in "$file" "$name"
done

imports() { # ORDER FILE: the order of b and of the tableau that is written
    odetape scheme import "$2" -o ours.tableau 2>notes && cat notes && grep -q "^b: order $1" notes &&
        odetape scheme check ours.tableau --claim "$1"
}
check "Williamson's 2N form of order 3 becomes a tableau" imports 3 "$pasted/williamson3.py"
check "a 2N form with rounded coefficients has its order within rounding" \
    imports 4 "$pasted/carpenter_kennedy54.f90"

printed() {
    odetape scheme import "$pasted/rk4.py" --name mine >text 2>notes && head -1 text | grep -q '= mine$' &&
        grep -q '^left out: "step" of line 9' notes && grep -q '^a: "A" of line 3' notes &&
        odetape scheme import text >again && cmp text again
}
check "without --out the tableau is printed, and what was taken is on stderr" printed

refused() { # NAME REGEX: the text of stdin
    cat >text
    check "$1 is refused" fails 65 "$2" odetape scheme import text
}
refused "an implicit tableau" 'text:1:1: "A".*explicit' <<'END'
A = [[1/4, 1/4 - sqrt(3)/6], [1/4 + sqrt(3)/6, 1/4]]
b = [1/2, 1/2]
END
refused "a row that is too short" 'text:2:1: row 3 of "A" has 1 entries; stage 3 needs 2' <<'END'
A = [[], [1/2],
     [1]]
b = [1/6, 2/3, 1/6]
END
refused "a second method" 'text:3:1: "A" is given again, after line 1' <<'END'
A = [[0, 0], [1, 0]]
b = [1/2, 1/2]
A = [[0, 0], [1/2, 0]]
END
refused "an unknown function" 'text:2:1: "b".*unknown function "gamma"' <<'END'
A = [[0, 0], [1, 0]]
b = [gamma(2)/2, 1/2]
END
refused "an unknown name" 'text:1:1: "b".*no number has the name "x"' <<'END'
b = [x, 1 - x]
END
refused "a power" 'text:1:1: "b".*a power' <<'END'
b = [2^0]
END
refused "a list that is multiplied" 'text:2:1: "b".*after a list' <<'END'
A = [[0, 0], [1, 0]]
b = [1, 1]/2
END
refused "lists of two numbers and one" 'may be a tableau or a 2N form' <<'END'
A = [1]
B = [1/2, 1/2]
END
refused "nodes that are no row sums" 'node 2 of c is 0.5, but row a2 adds up to 1' <<'END'
A = [[0, 0], [1, 0]]
b = [1/2, 1/2]
c = [0, 1/2]
END
refused "a Shu-Osher form whose alpha does not add up" 'row 2 of alpha adds up to 0.75' <<'END'
alpha = [[1, 0], [1/2, 1/4]]
beta = [[1, 0], [0, 1/2]]
END
refused "weights without coefficients" 'text:1:1: "b" has 2 weights, but there is no a' <<'END'
b = [1/2, 1/2]
END
refused "coefficients without weights" 'text:1:1: ' <<'END'
A = [[0, 0], [1/2, 0]]
END
refused "an element of a stage that no tableau has" 'text:1:1: "a99991": an index is not 1 to 64' <<'END'
a99991 = 1
b1 = 1
END
refused "prose" 'no table of numbers' <<'END'
The method of Euler needs no table.
END
refused "nothing" 'no table of numbers' </dev/null
refused "a table whose c is wrong" 'text:2:1: the table is unclear' <<'END'
0   |
1/3 | 1/2
    | 0   1
END
finish
