#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
"""The table of test_sgd.c: five steps of torch.optim.SGD in double on the gradient g = w*w - i.
Run it with Debian's python3-torch and paste what it prints."""
import torch

w = torch.tensor([1.0, -2.0, 0.5, 0.0], dtype=torch.float64)
w.grad = torch.zeros_like(w)
sgd = torch.optim.SGD([w], lr=0.1, momentum=0.9, weight_decay=0.01)
for step in range(5):
    w.grad = w * w - torch.arange(4, dtype=torch.float64)
    sgd.step()
    print("    { " + ", ".join("%.17g" % x for x in w.tolist()) + " },")
