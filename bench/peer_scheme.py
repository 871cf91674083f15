#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""The coefficients that `odetape scheme show` prints, as numbers.

    peer_scheme.py ./odetape rk4

Stages that b does not depend on are left out, as odetape does."""
import ast
import json
import math
import operator
import re
import subprocess
import sys

OPERATORS = {ast.Add: operator.add, ast.Sub: operator.sub, ast.Mult: operator.mul,
             ast.Div: operator.truediv, ast.USub: operator.neg}


def value(text):
    """The value of an expression of numbers, + - * / and sqrt(n); nothing else is evaluated."""
    def of(e):
        if isinstance(e, ast.BinOp):
            return OPERATORS[type(e.op)](of(e.left), of(e.right))
        if isinstance(e, ast.UnaryOp):
            return OPERATORS[type(e.op)](of(e.operand))
        if isinstance(e, ast.Call) and e.func.id == "sqrt":
            return math.sqrt(of(e.args[0]))
        return float(e.value)
    return of(ast.parse(text.strip(), mode="eval").body)


def tableau(odetape, scheme):
    """{"a": rows of A, "b": [...]} of the stages that b depends on."""
    text = subprocess.run([odetape, "scheme", "show", scheme], check=True, capture_output=True,
                          text=True).stdout
    rows = {name: [value(entry) for entry in entries.split(",")]
            for name, entries in re.findall(r"^(a\d+|b) *= *(.*)$", text, re.MULTILINE)}
    b = rows["b"]
    a = [rows.get(f"a{i + 1}", []) for i in range(len(b))]
    live = {i for i, weight in enumerate(b) if weight}
    for i in reversed(range(len(b))):
        if i in live:
            live |= {j for j, coefficient in enumerate(a[i]) if coefficient}
    order = sorted(live)
    return {"a": [[a[i][j] for j in order if j < i] for i in order], "b": [b[i] for i in order]}


if __name__ == "__main__":
    print(json.dumps(tableau(*sys.argv[1:])))
