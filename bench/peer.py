#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""The training step of bench/step against PyTorch's on the same networks, alternately in one run.

    peer.py ./bench/step [--net "euler x8"] [--width 64] [--stride 1] [--batch 128]
                         [--threads 2] [--rounds 5] [--steps 3]

A machine that is shared or changes its clock makes the two drift together; so only ratios of
neighbouring runs mean something, and those are what is summed up at the end."""
import argparse
import re
import statistics
import subprocess
import sys
import time

try:
    import torch
    import torch.nn as nn
except ImportError:
    print("bench-peer: skipped, as PyTorch is not here; on Debian: apt install python3-torch")
    sys.exit(0)

# The rows of A, then b.
TABLEAUX = {
    "euler": ([[]], [1]),
    "midpoint": ([[], [1 / 2]], [0, 1]),
    "heun2": ([[], [1]], [1 / 2, 1 / 2]),
    "rk4": ([[], [1 / 2], [0, 1 / 2], [0, 0, 1]], [1 / 6, 1 / 3, 1 / 3, 1 / 6]),
}


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
        self.a, self.b = TABLEAUX[scheme]
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


class Peer:
    def __init__(self, args, scheme, blocks):
        torch.manual_seed(1)
        net = Net(scheme, blocks, args.width, args.stride)
        self.net = net.to(memory_format=torch.channels_last)
        self.sgd = torch.optim.SGD(self.net.parameters(), lr=0.01, momentum=0.9, weight_decay=1e-4)
        x = torch.randn(args.batch, 3, 32, 32)
        self.x = x.to(memory_format=torch.channels_last)
        self.labels = torch.arange(args.batch) % 10

    def step(self):
        start = time.perf_counter()
        self.sgd.zero_grad()
        nn.functional.cross_entropy(self.net(self.x), self.labels).backward()
        self.sgd.step()
        return time.perf_counter() - start

    def run(self, steps):
        self.step()
        self.step()
        return statistics.median(self.step() for _ in range(steps))


def ours(args):
    command = [args.program, "--plain", "--net", args.net, "--steps", str(args.steps)]
    for name in ("width", "stride", "batch", "threads"):
        command += ["--" + name, str(getattr(args, name))]
    lines = subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()
    return statistics.median(map(float, lines))


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("program")
    parser.add_argument("--net", default="euler x8")
    for name, default in (("width", 64), ("stride", 1), ("batch", 128), ("threads", 2),
                          ("rounds", 5), ("steps", 3)):
        parser.add_argument("--" + name, type=int, default=default)
    args = parser.parse_args()
    match = re.fullmatch(r"(\w+?) *x *(\d+)", args.net)
    if not match or match[1] not in TABLEAUX:
        parser.error("--net is SCHEME xN with one of: " + ", ".join(TABLEAUX))
    return args, match[1], int(match[2])


def main():
    args, scheme, blocks = arguments()
    torch.set_num_threads(args.threads)
    torch.set_flush_denormal(True)
    peer = Peer(args, scheme, blocks)
    print(f"{args.net}, width {args.width}, stem stride {args.stride}, batch {args.batch}, "
          f"{args.threads} threads; PyTorch {torch.__version__}, channels_last")
    print(f"seconds a step, the median of {args.steps}, run in turn\n")
    print("round  odetape  PyTorch  PyTorch/odetape")
    mine, theirs, ratios = [], [], []
    for number in range(args.rounds):
        mine.append(ours(args))
        theirs.append(peer.run(args.steps))
        ratios.append(theirs[-1] / mine[-1])
        print(f"{number + 1:5d}  {mine[-1]:7.3f}  {theirs[-1]:7.3f}  {ratios[-1]:15.2f}",
              flush=True)
    for name, f in ("least", min), ("median", statistics.median), ("most", max):
        print(f"{name:6} {f(mine):7.3f}  {f(theirs):7.3f}  {f(ratios):15.2f}")
    print(f"\nodetape is {statistics.median(ratios):.2f} times as fast "
          f"({min(ratios):.2f} to {max(ratios):.2f})")


if __name__ == "__main__":
    main()
