#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
"""Write golden.h: the tableaux of tableaux.json as correctly rounded doubles.

    tests/schemes/golden.py tests/schemes/tableaux.json > tests/schemes/golden.h

Shares nothing with the library: coefficients are evaluated by Python, rationals as fractions,
square roots with 60 decimal digits, both rounded by Python's float().
"""
import json
import re
import sys
from decimal import Decimal, getcontext
from fractions import Fraction

getcontext().prec = 60


def value(text):
    root = "sqrt" in text
    wrap = re.sub(r"\d+", lambda n: f"Number({n[0]})", text)
    names = {"Number": Decimal if root else Fraction, "sqrt": lambda x: x.sqrt()}
    return float(eval(wrap, {"__builtins__": {}}, names))


def array(texts):
    numbers = [value(t).hex() if value(t) else "0" for t in texts]
    lines, line = [], ""
    for n in [n + "," for n in numbers]:
        if len(line) + len(n) > 84:
            lines.append(line)
            line = ""
        line += " " + n if line else n
    return "{\n          " + "\n          ".join(lines + [line]) + "\n      }"


def method(m):
    a = [x for row in m["A"] for x in row] or ["0"]
    print(f'    {{ "{m["id"]}", {m["claimed_order"]}, {m["stages"]},')
    print(f"      (const double[]){array(a)},")
    print(f"      (const double[]){array(m['b'])},")
    print(f"      (const double[]){array(m['c'])},")
    print(f"      {len(m['embedded'])},")
    if not m["embedded"]:
        print("      NULL },")
        return
    print("      (const golden_embedded[]){")
    for e in m["embedded"]:
        print(f'      {{ "{e["name"]}", {e["claimed_order"]}, (const double[]){array(e["b"])} }},')
    print("      } },")


print("""/* SPDX-License-Identifier: BSD-3-Clause
 * Written by golden.py from tableaux.json; do not edit. */
#ifndef OT_TESTS_GOLDEN_H
#define OT_TESTS_GOLDEN_H

#include <stddef.h>

typedef struct golden_embedded {
    const char *name;
    int order;
    const double *b;
} golden_embedded;

typedef struct golden {
    const char *name;
    int order, stages;
    const double *a, *b, *c; /* a row by row, without the diagonal */
    int n_embedded;
    const golden_embedded *embedded;
} golden;

/* clang-format off */
static const golden golden_tableaux[] = {""")
with open(sys.argv[1], encoding="utf-8") as file:
    for entry in json.load(file)["methods"]:
        method(entry)
print("""};
/* clang-format on */

enum { GOLDEN_TABLEAUX = sizeof golden_tableaux / sizeof golden_tableaux[0] };

#endif""")
