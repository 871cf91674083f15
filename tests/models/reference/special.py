#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
"""What PyTorch computes for networks whose sub-net or branch has weights of its own kind: symmetric
layers, RepVGG, Fixup and highways, in double precision.

    python3 special.py            prints the losses of every network
    python3 special.py --headers  writes special.h and a header per kind into this folder

Made with Debian's PyTorch 1.13.  Shares nothing with the library.  Each network makes three steps
of gradient descent, w <- w - 0.02 dL/dw in training mode, then one pass in evaluation mode.
"""
import math
import sys

import torch
import torch.nn.functional as F

torch.set_default_dtype(torch.float64)
torch.set_num_threads(1)

BATCH, CLASSES, STEPS, RATE = 4, 5, 3, 0.02


def sines(first, step, count):
    return torch.tensor([math.sin(first + step * j) for j in range(count)])


def value(name, shape):
    """Initial values; special.h has the rule in C."""
    v = sines(0.37 * sum(name.encode()), 1.7, math.prod(shape)).reshape(shape)
    last = name.split(".")[-1]
    if last == "running_mean":
        return 0.05 * v
    if last.startswith("bias"):
        return 0.1 * v
    if last in ("scale", "running_var") or len(shape) == 1:
        return 1 + 0.1 * v
    return v * math.sqrt(2 / math.prod(shape[1:]))


def text_of(levels):
    return ",".join("%d:%d" % level for level in levels)


def strided(widths):
    """Levels of these widths, all but the first with stride 2."""
    return text_of([(width, 1 + (i > 0)) for i, width in enumerate(widths)])


class Net:
    """Parameters and running statistics by name, made when they are first used."""

    def __init__(self, size):
        self.params, self.stats, self.training, self.size = {}, {}, True, size

    def param(self, name, *shape):
        if name not in self.params:
            self.params[name] = value(name, shape).requires_grad_()
        return self.params[name]

    def stat(self, name, *shape):
        return self.stats.setdefault(name, value(name, shape))

    def conv(self, name, x, out, side, stride=1):
        w = self.param(name + ".weight", out, x.shape[1], side, side)
        return F.conv2d(x, w, stride=stride, padding=side // 2)

    def bn(self, name, x, eps=1e-5):
        c = x.shape[1]
        return F.batch_norm(x, self.stat(name + ".running_mean", c),
                            self.stat(name + ".running_var", c), self.param(name + ".weight", c),
                            self.param(name + ".bias", c), self.training, 0.1, eps)

    def linear(self, x):
        w = self.param("head.fc.weight", CLASSES, x.shape[1])
        return F.linear(x, w, self.param("head.fc.bias", CLASSES))

    def images(self):
        shape = (BATCH, self.size, self.size, 3)
        return sines(0.9, 0.31, math.prod(shape)).reshape(shape).permute(0, 3, 1, 2)


class Symmetric(Net):
    """Opening, symmetric layers, connectors (Ruthotto and Haber)."""

    def __init__(self, scheme, tv, levels, blocks, size=8):
        super().__init__(size)
        self.scheme, self.tv, self.widths, self.blocks = scheme, tv, levels, blocks

    def f(self, name, x):
        c = x.shape[1]
        k = self.param(name + ".conv.weight", c, c, 3, 3)
        y = F.conv2d(x, k, padding=1)
        if self.tv:
            y = y / torch.sqrt((y * y).sum(1, keepdim=True) + 1e-4)
            y = (y * self.param(name + ".tv.weight", c).view(1, -1, 1, 1)
                 + self.param(name + ".tv.bias", c).view(1, -1, 1, 1))
        else:
            y = self.bn(name + ".bn", y, 1e-4)
        return -F.conv_transpose2d(F.relu(y), k, padding=1)

    def level(self, first, x):
        before = x
        for n in range(first, first + self.blocks):
            name = "blocks.%d.stages." % n
            if self.scheme == "euler":
                x = x + self.f(name + "0", x)
            elif self.scheme == "leapfrog":
                x, before = 2 * x - before + self.f(name + "0", x), x
            else:
                y, z = x.chunk(2, 1)
                y = y + self.f(name + "0", z)
                x = torch.cat([y, z - self.f(name + "1", y)], 1)
        return x

    def connector(self, name, x, out):
        return F.relu(self.bn(name + ".bn", self.conv(name + ".conv", x, out, 1), 1e-4))

    def logits(self):
        x = self.conv("stem.conv", self.images(), self.widths[0], 3)
        x = F.relu(self.bn("stem.bn", x, 1e-4))
        for i, width in enumerate(self.widths):
            if i > 0:
                x = F.avg_pool2d(self.connector("levels.%d" % i, x, width), 2)
            x = self.level(i * self.blocks, x)
        return self.linear(self.connector("head", x, x.shape[1]).mean((2, 3)))

    def options(self):
        return dict(net="%s x%d" % (self.scheme, self.blocks), stem="conv-bn-relu",
                    head="connector", levels=strided(self.widths),
                    down="connector", subnet="sym(norm=tv)" if self.tv else "sym",
                    norm="batch(eps=1e-4)")


class RepVGG(Net):
    def __init__(self, levels, blocks, size=8):
        super().__init__(size)
        self.levels, self.blocks = levels, blocks

    def block(self, name, x, out, stride):
        y = (self.bn(name + ".rbr_dense.bn", self.conv(name + ".rbr_dense.conv", x, out, 3, stride))
             + self.bn(name + ".rbr_1x1.bn", self.conv(name + ".rbr_1x1.conv", x, out, 1, stride)))
        if stride == 1 and out == x.shape[1]:
            y = y + self.bn(name + ".rbr_identity", x)
        return F.relu(y)

    def logits(self):
        x = F.relu(self.bn("stem.bn", self.conv("stem.conv", self.images(), self.levels[0][0], 3)))
        for i, (width, stride) in enumerate(self.levels):
            for n in range(self.blocks):
                name = "blocks.%d.stages.0" % (i * self.blocks + n)
                x = self.block(name, x, width, stride if n == 0 else 1)
        return self.linear(x.mean((2, 3)))

    def options(self):
        return dict(net="plain x%d" % self.blocks,
                    levels=text_of(self.levels), stem="conv-bn-relu", head="pool", subnet="repvgg")


class Fixup(Net):
    def __init__(self, levels, blocks, size=8):
        super().__init__(size)
        self.levels, self.blocks = levels, blocks

    def block(self, name, x, out, stride):
        shifted = x + self.param(name + ".bias1a")
        y = self.conv(name + ".conv1", shifted, out, 3, stride)
        y = F.relu(y + self.param(name + ".bias1b"))
        y = self.conv(name + ".conv2", y + self.param(name + ".bias2a"), out, 3)
        y = y * self.param(name + ".scale") + self.param(name + ".bias2b")
        if stride > 1 or out != x.shape[1]:
            x = F.avg_pool2d(shifted, 1, stride)
            x = torch.cat([x, torch.zeros(x.shape[0], out - x.shape[1], *x.shape[2:])], 1)
        return F.relu(y + x)

    def logits(self):
        x = F.relu(self.conv("stem.conv", self.images(), self.levels[0][0], 3)
                   + self.param("stem.bias1"))
        for i, (width, stride) in enumerate(self.levels):
            for n in range(self.blocks):
                name = "blocks.%d.stages.0" % (i * self.blocks + n)
                x = self.block(name, x, width, stride if n == 0 else 1)
        return self.linear(x.mean((2, 3)) + self.param("head.bias2"))

    def options(self):
        return dict(net="euler x%d" % self.blocks,
                    levels=text_of(self.levels), stem="fixup", head="fixup",
                    subnet="fixup", down="fixup", norm="none", relu=True)


class Highway(Net):
    """T (f(x) - x) in Euler's scheme, or in RK-4; f is preact."""

    def __init__(self, scheme, widths, blocks, size=8):
        super().__init__(size)
        self.scheme, self.widths, self.blocks = scheme, widths, blocks

    def f(self, name, x):
        c = x.shape[1]
        y = self.conv(name + ".conv1", F.relu(self.bn(name + ".bn1", x)), c, 3)
        y = self.conv(name + ".conv2", F.relu(self.bn(name + ".bn2", y)), c, 3)
        gate = torch.sigmoid(self.conv(name + ".gate", x, c, 3)
                             + self.param(name + ".gate.bias", c).view(1, -1, 1, 1))
        return gate * y + (1 - gate) * x - x

    def block(self, n, x):
        name = "blocks.%d.stages." % n
        if self.scheme == "euler":
            return x + self.f(name + "0", x)
        k1 = self.f(name + "0", x)
        k2 = self.f(name + "1", x + k1 / 2)
        k3 = self.f(name + "2", x + k2 / 2)
        return x + (k1 + 2 * k2 + 2 * k3 + self.f(name + "3", x + k3)) / 6

    def logits(self):
        x = self.conv("stem.conv", self.images(), self.widths[0], 3)
        for i, width in enumerate(self.widths):
            if i > 0:
                name = "levels.%d" % i
                x = F.relu(self.bn(name + ".bn", self.conv(name + ".conv", x, width, 1)))
                x = F.avg_pool2d(x, 2)
            for n in range(self.blocks):
                x = self.block(i * self.blocks + n, x)
        return self.linear(F.relu(self.bn("head.bn", x)).mean((2, 3)))

    def options(self):
        return dict(net="%s x%d" % (self.scheme, self.blocks), down="connector",
                    levels=strided(self.widths),
                    branch="highway")


FAMILIES = {Symmetric: "symmetric", RepVGG: "repvgg", Fixup: "fixup", Highway: "highway"}

NETS = {
    "parabolic": Symmetric("euler", False, [4, 6], 2),
    "parabolic-tv": Symmetric("euler", True, [4, 8, 12], 2, size=12),
    "leapfrog-tv": Symmetric("leapfrog", True, [4, 6], 3),
    "hamiltonian-tv": Symmetric("hamiltonian", True, [4, 8], 2),
    "repvgg": RepVGG([(4, 1), (8, 2), (8, 2)], 2, size=12),
    "repvgg-flat": RepVGG([(4, 1), (6, 1)], 3),
    "fixup": Fixup([(4, 1), (8, 2), (16, 2)], 2, size=12),
    "fixup-odd": Fixup([(4, 1), (7, 2)], 3, size=9),
    "highway": Highway("euler", [4, 6, 8], 2),
    "highway-rk4": Highway("rk4", [4, 6], 1),
}


class Result:
    """Losses of all training passes, gradients of the first; statistics and logits at the end."""

    def __init__(self, net):
        labels = torch.tensor([(3 * i + 1) % CLASSES for i in range(BATCH)])
        self.losses, self.grads = [], {}
        for step in range(STEPS):
            loss = F.cross_entropy(net.logits(), labels)
            gradients = torch.autograd.grad(loss, list(net.params.values()))
            self.losses.append(float(loss))
            if step == 0:
                self.grads = dict(zip(net.params, gradients))
            with torch.no_grad():
                for p, g in zip(net.params.values(), gradients):
                    p -= RATE * g
        net.training = False
        self.stats, self.logits = net.stats, net.logits().detach()
        self.evaluated = float(F.cross_entropy(self.logits, labels))
        self.tensors = list(self.grads.items()) + list(self.stats.items())
        self.count = sum(p.numel() for p in net.params.values())


def checksum(tensor):
    flat = tensor.detach().reshape(-1)
    return float(flat @ sines(0.5, 2.3, flat.numel())), float(flat.norm())


def text(word):
    return '"%s"' % word if word else "NULL"


def numbers(values):
    return ", ".join("%.17g" % float(v) for v in values)


OPENING = """/* SPDX-License-Identifier: BSD-3-Clause
 * Made by special.py with PyTorch 1.13: do not edit."""

RULES = """
 *
 * Networks in double precision, which make three steps w <- w - %g dL/dw in training mode.
 * Images and labels are those of reference.h: %d images, %d classes.  Values follow from names.
 * s is the sum of the bytes of the full name, v = sin(0.37 s + 1.7 j) for element j:
 *     running_mean                    0.05 v
 *     bias, bias1a, ...               0.1 v
 *     scale, other vectors            1 + 0.1 v
 *     weights of convolutions, head   v sqrt(2/fan_in) */
#ifndef OT_TESTS_REFERENCE_SPECIAL_H
#define OT_TESTS_REFERENCE_SPECIAL_H

#include "models/reference/reference.h"
%s
enum { SPECIAL_STEPS = %d, SPECIAL_BATCH = %d, SPECIAL_CLASSES = %d };
#define SPECIAL_RATE %g

typedef struct special_net {
    const char *id, *net, *levels, *down, *subnet, *branch, *norm, *stem, *head;
    bool relu;
    int size, params;
    double loss[SPECIAL_STEPS]; /* before each step */
    double evaluated;           /* the loss after them, in evaluation */
    double logits, logits_norm; /* then, as checksum and norm */
    int n_tensors;              /* gradients of the first pass, then statistics at the end */
    const reference_tensor *tensors;
} special_net;

/* clang-format off */
"""


def family_lines(kind, name):
    guard = "OT_TESTS_REFERENCE_%s_H" % name.upper()
    lines = [OPENING, " * Included by special.h. */", "#ifndef " + guard, "#define " + guard, "",
             "/* clang-format off */"]
    for key, r in RESULTS.items():
        if isinstance(NETS[key], kind):
            lines.append("static const reference_tensor %s_special[] = {" % key.replace("-", "_"))
            lines += ['{ "%s", %d, %.17g, %.17g },' % (n, t.numel(), *checksum(t))
                      for n, t in r.tensors]
            lines.append("};")
    return lines + ["/* clang-format on */", "", "#endif", ""]


def table_row(key, r):
    o, name = NETS[key].options(), key.replace("-", "_") + "_special"
    words = [text(o.get(k)) for k in ("net", "levels", "down", "subnet")]
    more = [text(o.get(k)) for k in ("branch", "norm", "stem", "head")]
    return ['    { "%s", %s,' % (key, ", ".join(words)),
            "      %s, %s, %d, %d," % (", ".join(more), "true" if o.get("relu") else "false",
                                      NETS[key].size, r.count),
            "      { %s }, %.17g," % (numbers(r.losses), r.evaluated),
            "      %.17g, %.17g, %d, %s }," % (*checksum(r.logits), len(r.tensors), name)]


def write(file, lines):
    with open(file, "w", encoding="utf-8") as f:
        f.write("\n".join(lines))


def headers():
    includes = ""
    for kind, name in FAMILIES.items():
        includes += '#include "models/reference/%s.h"\n' % name
        write(name + ".h", family_lines(kind, name))
    lines = [OPENING + RULES % (RATE, BATCH, CLASSES, includes, STEPS, BATCH, CLASSES, RATE)]
    lines.append("static const special_net special_nets[] = {")
    for key, r in RESULTS.items():
        lines += table_row(key, r)
    write("special.h", lines + ["};", "/* clang-format on */", "", "#endif", ""])


RESULTS = {}


def main(arguments):
    RESULTS.update((name, Result(net)) for name, net in NETS.items())
    if arguments == ["--headers"]:
        headers()
        return
    for name, r in RESULTS.items():
        print("%-16s %7d parameters, losses %s, in evaluation %.17g"
              % (name, r.count, numbers(r.losses), r.evaluated))


if __name__ == "__main__":
    main(sys.argv[1:])
