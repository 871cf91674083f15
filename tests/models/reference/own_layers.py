#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
"""What PyTorch computes for networks whose schemes have layers of their own, in double precision.

    python3 own_layers.py               prints the numbers of every network
    python3 own_layers.py --headers DIR writes own_layers.h and one header per scheme

Made with Debian's PyTorch 1.13.  The rules of names and values are those of networks.py, from which
this script has convolutions, norms and the max pool; networks, ways down, gates and the head are
written here, after the published code of DenseNet, VoVNet and RK-Net.

Three steps of w <- w - RATE gradient on one batch.  The numbers are the logits and the gradients of
the first step, its loss and those of the next two, and then the running statistics and the loss in
evaluation.
"""
import sys
from dataclasses import dataclass, field

import torch
import torch.nn.functional as F

import networks
from networks import Pass, checksum, images, labels, sines

RATE = 0.05
STEPS = 3


@dataclass
class Net:
    """A network: the options that describe it, and what the functions below read of them."""
    id: str
    blocks: str            # --net
    levels: str            # --levels
    down: str              # --down
    head: str
    widths: list           # of the first block's x in each level; strides are 1, 2, 2, ...
    counts: list           # of blocks in each level
    step: object           # (run, number of the block, its number in the level, x) -> y
    attributes: dict = field(default_factory=dict)
    stem: str = "conv"
    size: int = 8
    batch: int = 3
    classes: int = 5
    eps: float = 1e-5
    momentum: float = 0.1


class Run(Pass):
    """One forward pass of such a network."""

    def linear(self, name, x, out):
        weight = self.param(name + ".weight", out, x.shape[1])
        return F.linear(x, weight, self.param(name + ".bias", out))

    def kinks(self, x, *places):
        for place in places:
            self.margin = min(self.margin, float((x.detach() - place).abs().min()))

    def layer(self, name, x, out, number, side, owner=None):
        """conv(relu(bn(x)))."""
        x = self.relu(self.bn("%s.bn%d" % (name, number), x,
                              owner and "%s.bn%d" % (owner, number)))
        return self.conv("%s.conv%d" % (owner or name, number), x, out, side)

    def layer_behind(self, name, x, out, number, side):
        """relu(bn(conv(x))); number "" for the last."""
        x = self.conv("%s.conv%s" % (name, number), x, out, side)
        return self.relu(self.bn("%s.bn%s" % (name, number), x))

    def max_pool(self, x):
        """As in networks.py, but a tie between zeros is no kink: what is 0 here comes from a ReLU,
        which stops the gradient."""
        before = self.margin
        y = super().max_pool(x)
        over = F.pad(x.detach(), (0, 2, 0, 2), value=-1.0)
        top = over.unfold(2, 3, 2).unfold(3, 3, 2).flatten(-2).topk(2, dim=-1)[0]
        gap = (top[..., 0] - top[..., 1])[top[..., 0] > 0]
        self.margin = min(before, float(gap.min()))
        return y

    # ways down

    def transition(self, name, x, out):
        x = self.conv(name + ".conv", self.relu(self.bn(name + ".bn", x)), out, 1)
        if self.net.down.startswith("rknet") and "off" not in self.net.down:
            inner = self.relu(self.linear(name + ".fc1", x.mean(dim=(2, 3)), out // 2))
            gate = torch.sigmoid(self.linear(name + ".fc2", inner, out))
            x = x * gate[:, :, None, None]
        return F.avg_pool2d(x, 2)

    def down(self, level, x):
        if level == 0:
            return x
        if self.net.down == "maxpool":
            return self.max_pool(x)
        return self.transition("levels.%d" % level, x, self.net.widths[level])

    # the network

    def logits(self, x):
        net = self.net
        x = self.conv("stem.conv", x, net.widths[0], 3)
        if net.stem == "conv-bn-relu":
            x = self.relu(self.bn("stem.bn", x))
        number, left = 0, []
        for level, count in enumerate(net.counts):
            x = self.down(level, x)
            assert x.shape[1] == net.widths[level]
            for position in range(count):
                x = net.step(self, number, position, level, x)
                number += 1
            left.append(x)
        if net.head == "multiscale":
            x = torch.cat([self.relu(self.bn("head.bn%d" % i, y)).mean(dim=(2, 3))
                           for i, y in enumerate(left)], dim=1)
        else:
            if net.head == "bn-relu-pool":
                x = self.relu(self.bn("head.bn", x))
            x = x.mean(dim=(2, 3))
        return self.linear("head.fc", x, net.classes)


def dense(run, number, position, level, x):
    name = "blocks.%d.stages.0" % number
    growth, bottleneck = run.net.attributes["growth"], run.net.attributes["bottleneck"]
    if bottleneck == 0:
        return torch.cat([x, run.layer(name, x, growth, 1, 3)], dim=1)
    inner = run.layer(name, x, bottleneck * growth, 1, 1)
    return torch.cat([x, run.layer(name, inner, growth, 2, 3)], dim=1)


def osa(run, number, position, level, x):
    name = "blocks.%d.stages.0" % number
    n, inner, out = (run.net.attributes[key] for key in ("n", "inner", "out"))
    kept = [x]
    for i in range(n):
        kept.append(run.layer_behind(name, kept[-1], inner[level], i + 1, 3))
    o = run.layer_behind(name, torch.cat(kept, dim=1), out[level], "", 1)
    if run.net.attributes["gate"]:
        z = run.linear(name + ".fc", o.mean(dim=(2, 3)), out[level])
        run.kinks(z, -3, 3)
        o = o * (F.relu6(z + 3) / 6)[:, :, None, None]
    return o + x if position > 0 else o


def rknet(run, number, position, level, x):
    stages, neck, updates, in_place = (run.net.attributes[key]
                                       for key in ("stages", "neck", "updates", "in_place"))
    width = x.shape[1]
    count = 0

    def stage(z, owner=None):
        nonlocal count
        name = "blocks.%d.stages.%d" % (number, count)
        owner = owner and "blocks.%d.sets.%d" % (number, owner)
        count += 1
        z = run.layer(name, z, neck * width, 1, 1, owner)
        return run.layer(name, z, width, 2, 3, owner)

    k = []
    for _ in range(stages):
        k.append(stage(torch.cat([x] + k, dim=1)))
    for _ in range(updates):
        old = list(k)
        for i in range(stages):
            source = k if in_place else old
            k[i] = stage(torch.cat([x] + source[:i] + source[i + 1:], dim=1), i + 1)
    return x + sum(k)


DENSE = dict(growth=3, bottleneck=2)
OSA = dict(n=3, inner=(3, 4, 5), out=(6, 8, 10), gate=True)
RKNET = dict(stages=3, neck=1, updates=0, in_place=True)
RK = dict(head="multiscale", eps=1e-3, momentum=0.01)

NETS = [
    Net("dense-bc", "dense(growth=3, bottleneck=2) x2", "5,*:2,*:2", "dense(theta=0.5)",
        "bn-relu-pool", [5, 5, 5], [2, 2, 2], dense, DENSE),
    Net("dense-plain", "dense(growth=4, bottleneck=0) x3", "6,*:2", "dense(theta=1)",
        "bn-relu-pool", [6, 18], [3, 3], dense, dict(growth=4, bottleneck=0), size=9),
    Net("dense-theta", "dense(growth=3, bottleneck=2) x1 + dense(growth=3, bottleneck=2) x3",
        "4,*:2", "dense(theta=0.3)", "bn-relu-pool", [4, 2], [1, 3], dense, DENSE),
    Net("osa", "osa(n=3, inner=3, out=6) x2 + osa(n=3, inner=4, out=8) x1 + "
        "osa(n=3, inner=5, out=10) x2", "4,*:2,*:2", "maxpool", "pool", [4, 6, 8], [2, 1, 2], osa,
        OSA, stem="conv-bn-relu", size=12),
    Net("osa-bare", "osa(n=2, gate=off) x2", "4,*:2", "maxpool", "bn-relu-pool", [4, 4], [2, 2],
        osa, dict(n=2, inner=(2, 2), out=(4, 4), gate=False)),
    Net("rknet-e", "rknet(stages=3) x1", "4,6:2,8:2", "rknet", widths=[4, 6, 8], counts=[1, 1, 1],
        step=rknet, attributes=RKNET, **RK),
    Net("rknet-i", "rknet(stages=3, neck=2, updates=2) x1", "4,6:2", "rknet", widths=[4, 6],
        counts=[1, 1], step=rknet, attributes=dict(RKNET, neck=2, updates=2),
        **dict(RK, momentum=0.6)),
    Net("rknet-r", "rknet(stages=3, updates=2, update=all) x1", "4,6:2", "rknet(attention=off)",
        widths=[4, 6], counts=[1, 1], step=rknet,
        attributes=dict(RKNET, updates=2, in_place=False), **RK),
    Net("rknet-1", "rknet(stages=1) x2", "4", "rknet", widths=[4], counts=[2],
        step=rknet, attributes=dict(RKNET, stages=1), **RK),
]


@dataclass
class Result:
    net: Net
    params: int
    losses: list      # of the three steps, then in evaluation
    logits: tuple     # checksum and norm of those of the first step
    margin: float     # the nearest distance to a kink, over all steps
    tensors: list     # (name, count, checksum, norm): first gradients, then last statistics


def result(net):
    params, stats, losses, rows, margin, logits = {}, {}, [], [], float("inf"), None
    for _ in range(STEPS):
        run = Run(net, params, stats, True)
        y = run.logits(images(net))
        loss = F.cross_entropy(y, labels(net))
        for p in params.values():
            p.grad = None
        loss.backward()
        losses.append(float(loss))
        margin = min(margin, run.margin)
        if not rows:
            logits = checksum(y)
            rows = [(name, p.numel(), *checksum(p.grad)) for name, p in params.items()]
        with torch.no_grad():
            for p in params.values():
                p -= RATE * p.grad
    rows += [(name, s.numel(), *checksum(s)) for name, s in stats.items()]
    with torch.no_grad():
        run = Run(net, params, stats, False)
        losses.append(float(F.cross_entropy(run.logits(images(net)), labels(net))))
    return Result(net, sum(p.numel() for p in params.values()), losses, logits, margin, rows)


OPENING = """/* SPDX-License-Identifier: BSD-3-Clause
 * Made by own_layers.py with PyTorch %s: do not edit.""" % torch.__version__[:4]

INDEX = OPENING + """
 *
 * Networks whose schemes have layers of their own: three steps of w <- w - %g gradient on one
 * batch, in double precision.  reference.h has the rules of values and names, and the struct of a
 * tensor.  Gradients are those of the first step, statistics those after the third. */
#ifndef OT_TESTS_REFERENCE_OWN_LAYERS_H
#define OT_TESTS_REFERENCE_OWN_LAYERS_H

#include "reference.h"

typedef struct own_net {
    const char *id, *blocks, *levels, *down, *stem, *head;
    int size, batch, classes;
    double eps, momentum;
    int params;                          /* elements of all parameters */
    double losses[%d];                    /* of the steps, then in evaluation mode */
    double logits_checksum, logits_norm; /* in the first step */
    double margin;                       /* the nearest distance to a kink */
    int n_tensors;                       /* gradients, then statistics */
    const reference_tensor *tensors;
} own_net;

""" % (RATE, STEPS + 1)


def number(x):
    return "%.17g" % x


def tensors_name(net):
    return net.id.replace("-", "_") + "_tensors"


def tensors(r):
    rows = ['{ "%s", %d, %s, %s },' % (name, count, number(sum_), number(norm))
            for name, count, sum_, norm in r.tensors]
    return ["static const reference_tensor %s[] = {" % tensors_name(r.net), *rows, "};"]


def entry(r):
    net = r.net
    words = ", ".join('"%s"' % w for w in (net.levels, net.down, net.stem, net.head))
    return ['    { "%s",' % net.id, '      "%s",' % net.blocks, "      %s," % words,
            "      %d, %d, %d, %g, %g, %d," % (net.size, net.batch, net.classes, net.eps,
                                               net.momentum, r.params),
            "      { %s }," % ", ".join(number(x) for x in r.losses),
            "      %s, %s, %.1e, %d, %s }," % (*(number(x) for x in r.logits), r.margin,
                                               len(r.tensors), tensors_name(net))]


def write(folder, name, lines):
    with open("%s/own_%s.h" % (folder, name), "w", encoding="utf-8") as file:
        file.write("\n".join(lines) + "\n")


def write_headers(folder):
    """own_layers.h has the list of networks, own_SCHEME.h the tensors of those of a scheme."""
    results = [result(net) for net in NETS]
    families = sorted({r.net.id.split("-")[0] for r in results})
    index = [INDEX + "\n".join('#include "own_%s.h"' % f for f in families), "",
             "/* clang-format off */", "static const own_net own_nets[] = {"]
    for family in families:
        guard = "OT_TESTS_REFERENCE_OWN_%s_H" % family.upper()
        lines = [OPENING, " * Included by own_layers.h. */", "#ifndef " + guard,
                 "#define " + guard, "", "/* clang-format off */"]
        for r in results:
            assert r.margin > 1e-8, (r.net.id, r.margin)
            if r.net.id.split("-")[0] == family:
                lines += tensors(r)
                index += entry(r)
        write(folder, family, lines + ["/* clang-format on */", "", "#endif"])
    write(folder, "layers", index + ["};", "/* clang-format on */", "", "#endif"])


def main():
    if sys.argv[1:2] == ["--headers"]:
        write_headers(sys.argv[2])
        return
    for net in NETS:
        r = result(net)
        print("%-12s %6d parameters, losses %s, margin %.1e"
              % (net.id, r.params, " ".join("%.6f" % x for x in r.losses), r.margin))


if __name__ == "__main__":
    main()
