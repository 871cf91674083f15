#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
"""Writes optimisers.h: what PyTorch's optimisers and schedules do in double, step by step.

    /usr/bin/python3 tests/train/reference/optimisers.py >tests/train/reference/optimisers.h

Three tensors are trained: weight (2,3), bias (3) and the scalar scale.  Element i of tensor t starts
at sin(1 + i + 3t), and its gradient is w*w - (i + t)/5, so that no network is needed."""
import math
import textwrap

import torch

STEPS = 10
SHAPES = [(2, 3), (3,), ()]
torch.set_default_dtype(torch.float64)


def indices(shape):
    return torch.arange(max(1, math.prod(shape)), dtype=torch.float64).reshape(shape)


def start():
    return [torch.sin(1 + indices(s) + 3 * t).requires_grad_() for t, s in enumerate(SHAPES)]


def gradient(w, t):
    return (w * w - (indices(w.shape) + t) / 5).detach()


def row(numbers):
    words = ", ".join("%.17g" % x for x in numbers)
    return textwrap.fill("{ " + words + " },", 100, initial_indent="    ", subsequent_indent="      ")


def table(name, rows):
    print("static const double %s[%d][%d] = {" % (name, len(rows), len(rows[0])))
    print("\n".join(row(r) for r in rows))
    print("};\n")


def optimise(name, make, clip=None, clamp=None, rates=None):
    """Ten steps of an optimiser; make(tensors) returns it."""
    w = start()
    optimiser = make(w)
    rows = []
    for step in range(STEPS):
        for t, x in enumerate(w):
            x.grad = gradient(x, t)
        if rates:
            for group in optimiser.param_groups:
                group["lr"] = rates[step]
        if clip:
            torch.nn.utils.clip_grad_norm_(w, clip)
        optimiser.step()
        if clamp:
            with torch.no_grad():
                for x in w:
                    x.clamp_(-clamp, clamp)
        rows.append([v for x in w for v in x.detach().reshape(-1).tolist()])
    table(name, rows)


def rates_of(make, steps, per_step):
    """The rates of each step of four epochs, under a scheduler of PyTorch."""
    optimiser = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=0.3)
    scheduler = make(optimiser)
    rates = []
    for step in range(4 * steps):
        rates.append(optimiser.param_groups[0]["lr"])
        optimiser.step()
        if per_step or (step + 1) % steps == 0:
            scheduler.step()
    return rates


def warm_up(steps, length):
    """The factors of a warm-up of `length` steps, from PyTorch's LinearLR."""
    optimiser = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=1.0)
    scheduler = torch.optim.lr_scheduler.LinearLR(optimiser, start_factor=1 / length,
                                                  total_iters=length - 1)
    factors = []
    for _ in range(4 * steps):
        factors.append(optimiser.param_groups[0]["lr"])
        optimiser.step()
        scheduler.step()
    return factors


def schedules(steps=5):
    lr = torch.optim.lr_scheduler
    kinds = {
        "rates_step": rates_of(lambda o: lr.MultiStepLR(o, [1, 3], 0.1), steps, False),
        "rates_cosine": rates_of(lambda o: lr.CosineAnnealingLR(o, 4, 0.01), steps, False),
        "rates_cosine_step": rates_of(lambda o: lr.CosineAnnealingLR(o, 4 * steps, 0.01), steps, True),
    }
    for name, rates in kinds.items():
        table(name, [rates])
        table(name + "_warm", [[r * f for r, f in zip(rates, warm_up(steps, 7))]])
    return [r * f for r, f in zip(kinds["rates_cosine_step"], warm_up(steps, 7))]


def main():
    print("/* SPDX-License-Identifier: BSD-3-Clause\n * Made by optimisers.py with PyTorch %s. */"
          % torch.__version__.split("+")[0])
    print("// clang-format off\n")
    sgd, adamw = torch.optim.SGD, torch.optim.AdamW
    optimise("sgd_plain", lambda w: sgd(w, lr=0.1))
    optimise("sgd_momentum", lambda w: sgd(w, lr=0.1, momentum=0.9, weight_decay=0.01))
    optimise("sgd_nesterov", lambda w: sgd(w, lr=0.1, momentum=0.9, weight_decay=0.01, nesterov=True))
    optimise("adamw_defaults", lambda w: adamw(w, lr=0.02, weight_decay=0.05))
    optimise("adamw_attributes", lambda w: adamw(w, lr=0.02, betas=(0.8, 0.95), eps=1e-3))
    optimise("sgd_clip", lambda w: sgd(w, lr=0.1, momentum=0.9), clip=0.5)
    optimise("sgd_clamp", lambda w: sgd(w, lr=0.1, momentum=0.9), clamp=0.75)
    optimise("sgd_decay_on_weights", lambda w: sgd(
        [{"params": w[:1], "weight_decay": 0.1}, {"params": w[1:], "weight_decay": 0}],
        lr=0.1, momentum=0.9))
    optimise("sgd_rules", lambda w: sgd(
        [{"params": w[:1], "weight_decay": 0.1}, {"params": w[1:2], "weight_decay": 0},
         {"params": w[2:], "weight_decay": 0, "lr": 0.01}], lr=0.1, momentum=0.9))
    optimise("adamw_rules", lambda w: adamw(
        [{"params": w[:1], "weight_decay": 0.1}, {"params": w[1:2], "weight_decay": 0},
         {"params": w[2:], "weight_decay": 0, "lr": 0.01}], lr=0.1))
    rates = schedules()
    optimise("sgd_warm_cosine", lambda w: sgd(w, lr=0.1, momentum=0.9), rates=rates)


if __name__ == "__main__":
    main()
