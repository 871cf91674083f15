#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
"""Tests of networks.py: published counts, derivatives by differences, and identities.

    python3 checks.py    prints one line per check and stops at the first that fails
"""
import dataclasses

import torch

import networks
from networks import FAMILIES, PAPER, RESNET, REVNET, V1, Net, Pass, loss_of, result

ALL = {net.id: net for family in FAMILIES.values() for net in family}


def say(text):
    print("ok  " + text, flush=True)


def copies(tensors):
    return {name: t.detach().clone() for name, t in tensors.items()}


def start(net):
    """Parameters and running statistics before the training pass."""
    params, stats = {}, {}
    loss_of(net, params, stats, False)
    return params, stats


def count(net):
    return sum(p.numel() for p in start(net)[0].values())


def published_counts():
    small = dict(PAPER, size=8)  # counts do not depend on the size of the images
    for expected, net in [
            (269722, ALL["resnet20-v1-a"]), (272474, ALL["resnet20-v1-b"]),
            (269722, ALL["resnet20-v2-a"]), (272378, ALL["resnet20-v2-p"]),
            (272384, ALL["lm-resnet20"]), (464890, ALL["revnet-38"]),
            (1729194, ALL["revnet-110"]),
            (464154, Net("resnet32", "euler", RESNET, 5, "A", **small)),
            (853018, Net("resnet56", "euler", RESNET, 9, "A", **V1, **small)),
            (1727962, Net("resnet110-a", "euler", RESNET, 18, "A", **V1, **small)),
            (1730714, Net("resnet110-b", "euler", RESNET, 18, "B", **V1, **small)),
            (1730618, Net("resnet110-p", "euler", RESNET, 18, "P", **small))]:
        assert count(dataclasses.replace(net, size=8)) == expected, net.id
    say("parameters of ResNet-20, 32, 56, 110, LM-ResNet-20, RevNet-38 and 110 are as published")


def multistep_by_differences():
    """The derivative by each k: central differences against backward."""
    worst = 0
    for net in FAMILIES["lm"]:
        params, stats = start(net)
        loss_of(net, params, copies(stats), True)[0].backward()
        ks = [name for name in params if name.endswith(".k")]
        per_level = net.blocks - 1
        assert len(ks) == per_level * len(net.shapes())
        for name in ks:
            h, values = 1e-5, []
            for sign in (1, -1):
                moved = copies(params)
                moved[name] += sign * h
                values.append(float(loss_of(net, moved, copies(stats), True)[0]))
            difference = (values[0] - values[1]) / (2 * h)
            worst = max(worst, abs(difference - float(params[name].grad)))
    assert worst < 1e-8, worst
    say("lm's k: gradient and central differences differ by at most %.0e" % worst)


def whole_gradients():
    tiny = dict(size=4, batch=2, classes=3)
    for net in [
            Net("a", "euler", "2,3:2", 1, "A", **tiny),
            Net("b", "euler", "2,3:2", 1, "B", **V1, **dict(tiny, size=6)),
            Net("p", "rk4", "2,3:2", 1, "P", **dict(tiny, size=6)),
            Net("c", "euler", "2,3:2", 1, "connector", **tiny),
            Net("m", "euler", "2,3:2", 1, "maxpool", **dict(tiny, size=6)),
            Net("l", "lm", "2,3:2", 2, "P", **dict(tiny, size=6)),
            Net("r", "revnet", "2,4:2", 2, "half", **dict(tiny, batch=4), **REVNET)]:
        params, stats = start(net)
        names = list(params)

        def loss(*values):
            return loss_of(net, dict(zip(names, values)), copies(stats), True)[0]

        margin = loss_of(net, params, copies(stats), True)[1].margin
        assert margin > 5e-5, (net.id, margin)  # differences must not cross a kink
        assert torch.autograd.gradcheck(loss, tuple(params.values()), eps=1e-7, atol=1e-6,
                                        rtol=1e-4)
        say("gradcheck of all %d parameters: %s, down %s" % (
            sum(p.numel() for p in params.values()), net.scheme, net.down))


def without_history():
    """With k = 0 the multistep scheme is Euler's, to the bit."""
    lm = Net("lm", "lm", "4,8:2", 3, "P")
    params, stats = start(lm)
    params = {name: p * 0 if name.endswith(".k") else p for name, p in params.items()}
    a = loss_of(lm, params, copies(stats), True)[0]
    b = loss_of(dataclasses.replace(lm, scheme="euler"), params, copies(stats), True)[0]
    assert float(a) == float(b)
    say("lm with k = 0 is euler to the bit")


def chain_of_eulers():
    """One block with a_ij = 1 and b = 1 is three blocks of Euler.  The values agree because the
    names of its stages have the same sums of bytes as those of the blocks."""
    networks.TABLEAUX["chain"] = ([[], [1.0], [1.0, 1.0]], [1.0] * 3)
    chain = result(Net("chain", "chain", "4", 1, "A"))
    euler = result(Net("euler", "euler", "4", 3, "A"))
    assert abs(chain.loss - euler.loss) < 1e-14
    norms = [sorted(row[3] for row in r.tensors) for r in (chain, euler)]
    assert max(abs(a - b) for a, b in zip(*norms)) < 1e-12
    say("a block of the tableau a = 1, b = 1 is as many blocks of euler")


def inverse():
    """A block of revnet that keeps the shape can be inverted."""
    net = Net("revnet", "revnet", "8", 1, "half")
    run = Pass(net, {}, {}, True)
    x1, x2 = networks.sines(0.2, 0.7, 4 * 8 * 25).reshape(4, 8, 5, 5).chunk(2, dim=1)
    with torch.no_grad():
        y1, y2 = run.reversible(0, [x1, x2], 8, 1)
        z2 = y2 - run.evaluate(0, 1, y1, 4)
        z1 = y1 - run.evaluate(0, 0, z2, 4)
    error = max(float((z1 - x1).abs().max()), float((z2 - x2).abs().max()))
    assert error < 1e-13, error
    say("revnet: x1 = y1 - F(x2), x2 = y2 - G(y1) to %.0e" % error)


def shapes_of_downs():
    x = networks.sines(0.1, 0.3, 2 * 4 * 49).reshape(2, 4, 7, 7)
    a = Pass(Net("a", "euler", "4", 1, "A"), {}, {}, True)
    y = a.shortcut(0, x, 7, 2)
    assert y.shape == (2, 7, 4, 4) and (y[:, 1:5] == x[:, :, ::2, ::2]).all()
    assert (y[:, :1] == 0).all() and (y[:, 5:] == 0).all()
    assert a.shortcut(0, x, 4, 1) is x
    m = a.max_pool(x[:, :, :6, :6])
    assert m.shape == (2, 4, 3, 3)
    assert (m[..., 2, 2] == x[:, :, 4:6, 4:6].amax(dim=(2, 3))).all()
    say("option A keeps pixel (0,0) of each square; an odd channel goes behind; pools are clipped")


def noise():
    """How far gradients move when parameters move by a rounding: a bound for tolerances."""
    for family, nets in FAMILIES.items():
        worst = max(moved_by_a_rounding(net) for net in nets)
        bound = 1e-9 if family == "paper" else 1e-12
        assert worst < bound, (family, worst)
        say("parameters that move by 1e-15 of themselves move gradients by at most %.0e of the"
            " largest norm: %s" % (worst, family))


def moved_by_a_rounding(net):
    params, stats = start(net)
    gradients = []
    for change in (0, 1e-15):
        moved = {}
        for name, t in params.items():
            factors = 1 + change * networks.sines(0.3, 2.9, t.numel()).reshape(t.shape)
            moved[name] = (t.detach() * factors).requires_grad_()
        loss_of(net, moved, copies(stats), True)[0].backward()
        gradients.append({name: t.grad for name, t in moved.items()})
    a, b = gradients
    return float(max((a[n] - b[n]).norm() for n in a) / max(g.norm() for g in a.values()))


def margins():
    least = min((result(net).margin, net.id) for net in ALL.values())
    assert least[0] > 1e-8, least
    say("no ReLU or max pool is nearer to a kink than %.0e (%s)" % least)


if __name__ == "__main__":
    published_counts()
    shapes_of_downs()
    without_history()
    chain_of_eulers()
    inverse()
    multistep_by_differences()
    whole_gradients()
    margins()
    noise()
