#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
"""Writes smoothness.h: ten steps of PyTorch's SGD with the smoothness term, in double.

    /usr/bin/python3 tests/train/reference/smoothness.py >tests/train/reference/smoothness.h

The gradient of the loss is w*w - 0.2, so that no network is needed."""
import torch

from optimisers import STEPS, table


def smooth(name, frozen=()):
    """SGD with the smoothness term on five blocks: three in one level and two in the next.  Of each,
    the first three elements of conv1.weight and the two of bn1.weight are trained here, except in
    the blocks that are frozen."""
    factor, h, levels = 0.05, 0.5, [[0, 1, 2], [3, 4]]
    index = torch.tensor([0.0, 1, 2, 0, 1])
    tensor = torch.tensor([0.0, 0, 0, 1, 1])
    w = [torch.sin(1 + 0.37 * index + 2 * tensor + 0.3 * j).requires_grad_(j not in frozen)
         for j in range(5)]
    optimiser = torch.optim.SGD([x for x in w if x.requires_grad], lr=0.1, momentum=0.9)
    rows = []
    for _ in range(STEPS):
        optimiser.zero_grad()
        loss = sum((x ** 3 / 3 - 0.2 * x).sum() for x in w)  # its gradient is w*w - 0.2
        for level in levels:
            for j, k in zip(level, level[1:]):
                loss = loss + factor * torch.sqrt(((w[k] - w[j]) / h) ** 2 + 1e-3).sum()
        loss.backward()
        optimiser.step()
        rows.append([v for x in w for v in x.detach().tolist()])
    table(name, rows)


def main():
    print("/* SPDX-License-Identifier: BSD-3-Clause\n * Made by smoothness.py with PyTorch %s. */"
          % torch.__version__.split("+")[0])
    print("// clang-format off\n")
    smooth("sgd_smoothness")
    smooth("sgd_smoothness_frozen", frozen=(1, 3))


main()
