#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""Measures the network of bench/step in PyTorch.  Prints what bench/step --plain --memory prints:
the seconds of each step, then the growth of the peak resident size since PyTorch was loaded, in
MiB.

    peer_torch.py --odetape ./odetape [--net "euler x8"] [--width 64] [--stride 1] [--batch 128]
                  [--threads 2] [--steps 3] [--evaluate]

Tensors are channels_last, which is PyTorch's fast layout on a CPU.  The coefficients are those that
`odetape scheme show` prints; stages that b does not depend on are left out, as odetape does."""
import argparse
import ast
import math
import operator
import re
import resource
import subprocess
import time

import torch
import torch.nn as nn

WARM_UP = 2
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
    """The rows of A and b of the stages that b depends on."""
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
    return [[a[i][j] for j in order if j < i] for i in order], [b[i] for i in order]


class Stage(nn.Module):
    """BN-ReLU-conv twice."""

    def __init__(self, width):
        super().__init__()
        self.bn1 = nn.BatchNorm2d(width)
        self.conv1 = nn.Conv2d(width, width, 3, padding=1, bias=False)
        self.bn2 = nn.BatchNorm2d(width)
        self.conv2 = nn.Conv2d(width, width, 3, padding=1, bias=False)

    def forward(self, x):
        x = self.conv1(torch.relu_(self.bn1(x)))
        return self.conv2(torch.relu_(self.bn2(x)))


class Block(nn.Module):
    def __init__(self, scheme, width):
        super().__init__()
        self.a, self.b = scheme
        self.stages = nn.ModuleList(Stage(width) for _ in self.b)

    @staticmethod
    def combine(x, coefficients, k):
        for c, kj in zip(coefficients, k):
            if c == 1:
                x = x + kj
            elif c != 0:
                x = torch.add(x, kj, alpha=c)
        return x

    def forward(self, x):
        k = []
        for row, stage in zip(self.a, self.stages):
            k.append(stage(self.combine(x, row, k)))
        return self.combine(x, self.b, k)


class Net(nn.Module):
    def __init__(self, scheme, blocks, width, stride):
        super().__init__()
        self.stem = nn.Conv2d(3, width, 3, stride=stride, padding=1, bias=False)
        self.blocks = nn.Sequential(*(Block(scheme, width) for _ in range(blocks)))
        self.bn = nn.BatchNorm2d(width)
        self.fc = nn.Linear(width, 10)

    def forward(self, x):
        x = torch.relu_(self.bn(self.blocks(self.stem(x))))
        return self.fc(x.mean((2, 3)))


def trainer(net, x, batch):
    sgd = torch.optim.SGD(net.parameters(), lr=0.01, momentum=0.9, weight_decay=1e-4)
    labels = torch.arange(batch) % 10

    def step():
        sgd.zero_grad()
        nn.functional.cross_entropy(net(x), labels).backward()
        sgd.step()
    return step


def evaluator(net, x):
    net.eval()

    @torch.no_grad()
    def step():
        net(x)
    return step


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--odetape", required=True)
    parser.add_argument("--net", default="euler x8")
    parser.add_argument("--evaluate", action="store_true")
    for name, default in (("width", 64), ("stride", 1), ("batch", 128), ("threads", 2),
                          ("steps", 3)):
        parser.add_argument("--" + name, type=int, default=default)
    args = parser.parse_args()
    match = re.fullmatch(r"(\w+?) *x *(\d+)", args.net)
    if not match:
        parser.error("--net is SCHEME xN")
    return args, match[1], int(match[2])


def peak():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main():
    before = peak()
    args, scheme, blocks = arguments()
    torch.set_num_threads(args.threads)
    torch.set_flush_denormal(True)
    torch.manual_seed(1)
    net = Net(tableau(args.odetape, scheme), blocks, args.width, args.stride)
    net = net.to(memory_format=torch.channels_last)
    x = torch.randn(args.batch, 3, 32, 32).to(memory_format=torch.channels_last)
    step = evaluator(net, x) if args.evaluate else trainer(net, x, args.batch)
    for _ in range(WARM_UP):
        step()
    for _ in range(args.steps):
        start = time.perf_counter()
        step()
        print(f"{time.perf_counter() - start:.6f}", flush=True)
    print(f"memory {peak() - before:.1f}")


if __name__ == "__main__":
    main()
