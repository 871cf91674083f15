#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
"""What PyTorch computes for neural ODEs, in double precision.

    python3 neural_ode.py          prints the numbers of every network
    python3 neural_ode.py HEADER   writes neural_ode.h

Made with Debian's PyTorch 1.13.  f is that of torchdiffeq's example odenet_mnist.py: group norms
and convolutions that read the time as their first channel.  A block integrates it from time 0 to 1,
or, as the second of its level, from 1 to 2, in equal steps.  The gradient is that of the steps, by
autograd, or the continuous adjoint, which is solved backward here by the same scheme.  What is
around the blocks, and the rule of the values, are those of ../../models/reference/networks.py.
"""
import os
import sys

import torch
import torch.nn.functional as F

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../models/reference"))
import headers  # noqa: E402
import networks  # noqa: E402

TABLEAUX = {  # rows of a, then b
    "rk4": ([[], [1 / 2], [0, 1 / 2], [0, 0, 1]], [1 / 6, 1 / 3, 1 / 3, 1 / 6]),
    "rk4_38": ([[], [1 / 3], [-1 / 3, 1], [1, -1, 1]], [1 / 8, 3 / 8, 3 / 8, 1 / 8]),
    "midpoint": ([[], [1 / 2]], [0, 1]),
}


def step(tableau, f, t, h, state):
    """One step for a state that is a tuple of tensors, from the time t; h may be negative."""
    rows, b = TABLEAUX[tableau]
    k = []
    for row in rows:
        stage = tuple(s + h * sum((a * kj[i] for a, kj in zip(row, k)), torch.zeros_like(s))
                      for i, s in enumerate(state))
        k.append(f(t + h * sum(row), stage))
    return tuple(s + h * sum(bi * ki[i] for bi, ki in zip(b, k)) for i, s in enumerate(state))


class Backsolve(torch.autograd.Function):
    """y(begin + 1) with the continuous adjoint as its gradient."""

    @staticmethod
    def forward(ctx, f, tableau, begin, steps, y, *params):
        with torch.no_grad():
            for i in range(steps):
                y, = step(tableau, lambda t, s: (f(t, s[0]),), begin + i / steps, 1 / steps, (y,))
        ctx.save_for_backward(y, *params)
        ctx.given = f, tableau, begin, steps
        return y

    @staticmethod
    def backward(ctx, a):
        f, tableau, begin, steps = ctx.given
        y, *params = ctx.saved_tensors

        def augmented(t, state):
            with torch.enable_grad():
                x = state[0].detach().requires_grad_()
                value = f(t, x)
                grads = torch.autograd.grad(value, [x, *params], state[1])
            return (value.detach(), *(-g for g in grads))

        state = (y, a, *(torch.zeros_like(p) for p in params))
        for i in range(steps, 0, -1):
            state = step(tableau, augmented, begin + i / steps, -1 / steps, state)
        return (None, None, None, None, state[1], *state[2:])


class Ode(networks.Pass):
    """Blocks that integrate; net.steps and net.gradient say how."""

    def gn(self, name, x):
        channels = x.shape[1]
        return F.group_norm(x, min(32, channels), self.param(name + ".weight", channels),
                            self.param(name + ".bias", channels), 1e-5)

    def timed(self, name, t, x):
        both = torch.cat([torch.full_like(x[:, :1], t), x], dim=1)
        channels = x.shape[1]
        weight = self.param(name + ".weight", channels, channels + 1, 3, 3)
        return F.conv2d(both, weight, self.param(name + ".bias", channels), padding=1)

    def f(self, name, t, x):
        activate = F.silu if self.net.subnet.endswith("silu)") else self.relu
        x = self.timed(name + ".conv1", t, activate(self.gn(name + ".norm1", x)))
        x = self.timed(name + ".conv2", t, activate(self.gn(name + ".norm2", x)))
        return self.gn(name + ".norm3", x)

    def runge_kutta(self, block, state, out, stride):
        assert stride == 1
        net, name, begin = self.net, "blocks.%d.f" % block, block % self.net.blocks
        if net.gradient == "discrete":
            for i in range(net.steps):
                state = step(net.scheme, lambda t, s: (self.f(name, t, s[0]),),
                             begin + i / net.steps, 1 / net.steps, state)
            return list(state)
        with torch.no_grad():
            self.f(name, 0, state[0])  # makes the parameters
        params = [p for key, p in self.params.items() if key.startswith(name + ".")]
        return [Backsolve.apply(lambda t, x: self.f(name, t, x), net.scheme, begin, net.steps,
                                state[0], *params)]


def network(name, scheme, levels, steps, gradient, **options):
    net = networks.Net(name, scheme, levels, options.pop("blocks", 1), "connector", **options)
    net.steps, net.gradient = steps, gradient
    return net


SILU = "timed(activation=silu)"
NETS = [
    network("ode-rk4", "rk4", "4,6:2", 3, "discrete", subnet="timed"),
    network("ode-38", "rk4_38", "5", 4, "discrete", subnet="timed"),
    network("ode-wide", "midpoint", "64", 1, "discrete", subnet="timed", size=6, batch=2),
    network("ode-two", "midpoint", "4,6:2", 2, "discrete", subnet=SILU, blocks=2),
    network("adjoint-rk4", "rk4", "4,6:2", 3, "backsolve", subnet=SILU),
    network("adjoint-38", "rk4_38", "5", 4, "backsolve", subnet=SILU),
    network("adjoint-two", "midpoint", "4,6:2", 2, "backsolve", subnet="timed", blocks=2),
]


def loss_of(net, params, stats, training):
    run = Ode(net, params, stats, training)
    logits = run.logits(networks.images(net))
    return F.cross_entropy(logits, networks.labels(net)), run


def result(net):
    params, stats = {}, {}
    loss, run = loss_of(net, params, stats, True)
    loss.backward()
    with torch.no_grad():
        eval_loss = loss_of(net, params, stats, False)[0]
    rows = [(name, p.grad) for name, p in params.items()] + list(stats.items())
    return networks.Result(net, sum(p.numel() for p in params.values()), float(loss),
                           float(eval_loss), run.margin,
                           [(n, t.numel(), *networks.checksum(t)) for n, t in rows])


def write(path):
    opening = headers.OPENING.replace("networks.py", "neural_ode.py")
    lines = [opening, " *",
             " * Neural ODEs: the numbers that models/reference/reference.h describes, and how a block",
             " * is integrated.  Weights of a block are blocks.B.f.{norm1,conv1,norm2,conv2,norm3}.* */",
             "#ifndef OT_TESTS_TRAIN_NEURAL_ODE_H", "#define OT_TESTS_TRAIN_NEURAL_ODE_H", "",
             '#include "models/reference/reference.h"', "", "/* clang-format off */"]
    entries, how = [], []
    for net in NETS:
        r = result(net)
        rows, count, name = headers.tensors(r, "ode")
        lines += rows
        entries += headers.network(r, count, name)
        how.append("    { %d, %s }," % (net.steps, "true" if net.gradient == "backsolve" else "false"))
    lines += ["static const reference_net ode_nets[] = {"] + entries + ["};", ""]
    lines += ["static const struct {", "    int steps;      /* of equal size, in a block of length 1 */",
              "    bool backsolve; /* the gradient is the continuous adjoint */",
              "} ode_how[] = {"] + how + ["};", "/* clang-format on */", "", "#endif"]
    with open(path, "w", encoding="utf-8") as file:
        file.write("\n".join(lines) + "\n")


def main(arguments):
    networks.TABLEAUX.update(TABLEAUX)  # so that their schemes are found there
    if arguments:
        write(arguments[0])
        return
    for net in NETS:
        r = result(net)
        print(net.id, r.params, "loss %.17g in evaluation %.17g margin %.1e"
              % (r.loss, r.eval_loss, r.margin))
        for row in r.tensors:
            print("    %-30s %6d %24.17g %24.17g" % row)


if __name__ == "__main__":
    main(sys.argv[1:])
