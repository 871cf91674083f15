#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
"""What PyTorch computes for networks with other norms, sub-nets, stems, heads and branches than
those of networks.py, in double precision: one training pass, then three steps of gradient descent.

    python3 subnets.py DIR    writes subnets.h and its parts, which test_subnets.c reads

Made with Debian's PyTorch 1.13.  Shares nothing with the library.
"""
import math
import os
import sys
from dataclasses import dataclass

import torch
import torch.nn.functional as F

torch.set_default_dtype(torch.float64)
torch.set_num_threads(1)

LR, STEPS = 0.002, 3


@dataclass
class Net:
    """A network by the words of odetape's options.  Attributes are in their usual places."""
    id: str
    scheme: str = "euler"
    blocks: int = 2  # in each level
    levels: str = "4,8:2,12:2"
    down: str = "A"
    stem: str = "conv"
    head: str = "bn-relu-pool"
    norm: str = "batch"
    subnet: str = "preact"
    branch: str = ""
    step: str = ""  # learned-output: h multiplies the sum of y
    size: int = 8
    batch: int = 4
    classes: int = 5


FAMILIES = {
    "norms": [
        Net("group", norm="group(groups=2)", down="B"),
        Net("group-few", norm="group", levels="4,6:2", down="connector", head="pool",
            stem="conv-bn-relu"),
        Net("layer", norm="layer", levels="8,12:2", blocks=1, down="P", stem="conv-bn-relu"),
        Net("layer-eps", norm="layer(eps=0.01)", levels="6,8:2", down="B", blocks=1,
            subnet="postact"),
        Net("tv", norm="tv", levels="6,8:2", blocks=1, down="connector"),
        Net("tv-shift", norm="tv(eps=0.01,scale=false)", levels="6,8:2", blocks=1, down="B"),
        Net("none", norm="none", down="B"),
        Net("skipinit", norm="none", step="learned-output", down="A"),
        Net("layerscale", branch="layerscale", levels="4,6:2", down="B"),
        Net("layerscale-two", branch="layerscale(start=1)", scheme="midpoint", levels="4,6:2",
            blocks=1),
        Net("rezero", branch="rezero", subnet="vgg", levels="4,6:2", down="B", stem="conv-bn-relu",
            head="pool"),
    ],
    "bottlenecks": [
        Net("bottleneck", subnet="bottleneck", down="P"),
        Net("bottleneck-two", subnet="bottleneck(expansion=2)", scheme="rk4", levels="4,6:2",
            blocks=1, down="B"),
        Net("bottleneck-bare", subnet="bottleneck", scheme="revnet(first=bare)", levels="8,16:2",
            down="", stem="conv-bn-relu"),
    ],
    "transformers": [
        Net("mlp", subnet="mlp", down="A", size=12),
        Net("mlp-gelu", subnet="mlp(activation=gelu,expansion=2)", norm="layer", scheme="rk4",
            levels="4,8:2", blocks=1, down="connector"),
        Net("attention", subnet="attention", levels="6,8:2", down="connector", norm="layer"),
        Net("attention-heads", subnet="attention(heads=2)", levels="4,8:2", scheme="midpoint",
            down="maxpool", blocks=1),
        Net("vit", subnet="vit(heads=2)", levels="8", blocks=4, norm="layer(eps=1e-06)",
            stem="patch(size=2)", head="norm-pool"),
        Net("vit-rk4", subnet="vit(heads=3,expansion=2)", levels="6,12:2", scheme="rk4", blocks=1,
            stem="patch(size=3)", size=12, head="norm-pool", down="connector"),
        Net("vit-levels", subnet="vit", levels="4,6:2", blocks=3, norm="group(groups=2)",
            stem="patch(size=1)", head="norm-pool", down="connector", size=6),
    ],
}

TABLEAUX = {
    "euler": ([[]], [1.0]),
    "midpoint": ([[], [1 / 2]], [0.0, 1.0]),
    "rk4": ([[], [1 / 2], [0, 1 / 2], [0, 0, 1]], [1 / 6, 1 / 3, 1 / 3, 1 / 6]),
}


def part(text):
    """The name and the attributes of "name(a=1,b=c)"."""
    name, _, rest = text.partition("(")
    pairs = [pair.split("=") for pair in rest.rstrip(")").split(",") if pair]
    return name, dict(pairs)


def sines(first, step, count):
    """math.sin and not torch.sin: its results are those of the C library."""
    return torch.tensor([math.sin(first + step * j) for j in range(count)])


def value(name, shape):
    """Initial values; the rule is in the header too."""
    v = sines(0.37 * sum(name.encode()), 1.7, math.prod(shape)).reshape(shape)
    owner, last = name.split(".")[-2:]
    if last in ("lambda", "alpha", "h"):
        return 0.5 + 0.1 * v
    if last == "position":
        return 0.2 * v
    if last == "running_mean":
        return 0.05 * v
    if last == "bias":
        return 0.1 * v
    if last == "running_var" or owner.startswith(("bn", "norm")):
        return 1 + 0.1 * v
    return v * math.sqrt(2 / math.prod(shape[1:]))


class Pass:
    """One forward pass.  Tensors are made when they are first used."""

    def __init__(self, net, params, stats, training):
        self.net, self.params, self.stats, self.training = net, params, stats, training
        self.evaluation = 0  # counted over the network
        self.margin = math.inf

    def param(self, name, *shape):
        if name not in self.params:
            self.params[name] = value(name, shape).requires_grad_()
        assert self.params[name].shape == shape, name
        return self.params[name]

    # layers; x is (N, C, H, W)

    def conv(self, name, x, out, side, stride=1, bias=None):
        weight = self.param(name + ".weight", out, x.shape[1], side, side)
        biased = self.net.norm == "none" if bias is None else bias
        b = self.param(name + ".bias", out) if biased else None
        return F.conv2d(x, weight, b, stride=stride, padding=side // 2)

    def normed(self, name, x):
        kind, a = part(self.net.norm)
        channels = x.shape[1]
        if kind == "none":
            return x
        if kind == "tv":
            # Ruthotto and Haber: divided by the norm over channels, then scale and shift
            y = x / (x.square().sum(dim=1, keepdim=True) + float(a.get("eps", 1e-4))).sqrt()
            if a.get("scale") != "false":
                y = y * self.param(name + ".weight", channels).reshape(1, -1, 1, 1)
            return y + self.param(name + ".bias", channels).reshape(1, -1, 1, 1)
        weight = self.param(name + ".weight", channels)
        bias = self.param(name + ".bias", channels)
        eps = float(a.get("eps", 1e-5))
        if kind == "group":
            return F.group_norm(x, min(int(a.get("groups", 32)), channels), weight, bias, eps)
        if kind == "layer":
            y = F.layer_norm(x.permute(0, 2, 3, 1), (channels,), weight, bias, eps)
            return y.permute(0, 3, 1, 2)
        for stat in ("running_mean", "running_var"):
            if name + "." + stat not in self.stats:
                self.stats[name + "." + stat] = value(name + "." + stat, (channels,))
        mean, var = self.stats[name + ".running_mean"], self.stats[name + ".running_var"]
        return F.batch_norm(x, mean, var, weight, bias, self.training, 0.1, eps)

    def relu(self, x):
        self.margin = min(self.margin, float(x.detach().abs().min()))
        return F.relu(x)

    # sub-nets

    def evaluate(self, block, stage, x, out, stride=1, bare=False):
        name = "blocks.%d.stages.%d" % (block, stage)
        kind, a = part(self.net.subnet)
        if kind == "vit":
            kind = "attention" if self.evaluation % 2 == 0 else "mlp"
            a = dict(a, activation="gelu")
        self.evaluation += 1
        f = getattr(self, kind)(name, a, x, out, stride, bare)
        branch, _ = part(self.net.branch)
        if branch == "layerscale":
            return f * self.param(name + ".lambda", out).reshape(1, -1, 1, 1)
        if branch == "rezero":
            return f * self.param(name + ".alpha")
        return f

    def preact(self, name, a, x, out, stride, bare):
        if not bare:
            x = self.relu(self.normed(name + ".bn1", x))
        x = self.conv(name + ".conv1", x, out, 3, stride)
        return self.conv(name + ".conv2", self.relu(self.normed(name + ".bn2", x)), out, 3)

    def postact(self, name, a, x, out, stride, bare):
        x = self.relu(self.normed(name + ".bn1", self.conv(name + ".conv1", x, out, 3, stride)))
        return self.normed(name + ".bn2", self.conv(name + ".conv2", x, out, 3))

    def vgg(self, name, a, x, out, stride, bare):
        return self.relu(self.postact(name, a, x, out, stride, bare))

    def bottleneck(self, name, a, x, out, stride, bare):
        inner = out // int(a.get("expansion", 4))
        if not bare:
            x = self.relu(self.normed(name + ".bn1", x))
        x = self.conv(name + ".conv1", x, inner, 1)
        x = self.conv(name + ".conv2", self.relu(self.normed(name + ".bn2", x)), inner, 3, stride)
        return self.conv(name + ".conv3", self.relu(self.normed(name + ".bn3", x)), out, 1)

    def mlp(self, name, a, x, out, stride, bare):
        x = self.normed(name + ".norm", x)
        x = self.conv(name + ".fc1", x, out * int(a.get("expansion", 4)), 1, stride, bias=True)
        x = F.gelu(x) if a.get("activation") == "gelu" else self.relu(x)
        return self.conv(name + ".fc2", x, out, 1, bias=True)

    def attention(self, name, a, x, out, stride, bare):
        assert x.shape[1] == out and stride == 1
        n, c, height, width = x.shape
        heads = int(a.get("heads", 1))
        qkv = self.conv(name + ".qkv", self.normed(name + ".norm", x), 3 * c, 1, bias=False)
        # (N, 3, heads, d, T) to (3, N, heads, T, d), as timm has it
        q, k, v = qkv.reshape(n, 3, heads, c // heads, height * width).permute(1, 0, 2, 4, 3)
        weights = (q @ k.transpose(-2, -1) / math.sqrt(c // heads)).softmax(dim=-1)
        y = (weights @ v).transpose(-2, -1).reshape(n, c, height, width)
        return self.conv(name + ".proj", y, c, 1, bias=True)

    # changes of shape

    @staticmethod
    def pad(x, out):
        extra = out - x.shape[1]
        return F.pad(x, (0, 0, 0, 0, extra // 2, extra - extra // 2))

    def shortcut(self, block, x, out, stride):
        if x.shape[1] == out and stride == 1:
            return x
        name = "blocks.%d.down" % block
        if self.net.down == "A":
            return self.pad(x[:, :, ::stride, ::stride], out)
        if self.net.down == "B":
            return self.normed(name + ".bn", self.conv(name + ".conv", x, out, 1, stride))
        assert self.net.down == "P"
        return self.conv(name + ".conv", self.relu(self.normed(name + ".bn", x)), out, 1, stride)

    def between(self, level, x, out, stride):
        if x.shape[1] == out and stride == 1:
            return x
        if self.net.down == "connector":
            name = "levels.%d" % level
            x = self.relu(self.normed(name + ".bn", self.conv(name + ".conv", x, out, 1)))
            return F.avg_pool2d(x, stride)
        return self.pad(F.max_pool2d(x, 3, stride, ceil_mode=True), out)

    # schemes

    def runge_kutta(self, block, x, out, stride):
        rows, b = TABLEAUX[self.net.scheme]
        s = self.shortcut(block, x, out, stride)
        k = [self.evaluate(block, 0, x, out, stride)]
        for i, row in enumerate(rows[1:], 1):
            k.append(self.evaluate(block, i, s + sum(a * kj for a, kj in zip(row, k)), out))
        h = self.param("blocks.%d.h" % block) if self.net.step else 1
        return s + h * sum(bi * ki for bi, ki in zip(b, k))

    def reversible(self, block, x, out, stride):
        x1, x2 = x.chunk(2, dim=1)
        d1, d2 = [self.pad(F.avg_pool2d(h, stride), out // 2) for h in (x1, x2)]
        y1 = d1 + self.evaluate(block, 0, x2, out // 2, stride, bare=block == 0)
        return torch.cat([y1, d2 + self.evaluate(block, 1, y1, out // 2)], dim=1)

    # the network

    def first_layers(self, images, out):
        kind, a = part(self.net.stem)
        if kind == "patch":
            size = int(a.get("size", 4))
            weight = self.param("stem.conv.weight", out, 3, size, size)
            x = F.conv2d(images, weight, self.param("stem.conv.bias", out), stride=size)
            return x + self.param("stem.position", x.shape[2], x.shape[3], out).permute(2, 0, 1)
        x = self.conv("stem.conv", images, out, 3)
        return self.relu(self.normed("stem.bn", x)) if kind == "conv-bn-relu" else x

    def logits(self, images):
        net = self.net
        pairs = [(level + ":1").split(":") for level in net.levels.split(",")]
        shapes = [(int(p[0]), int(p[1])) for p in pairs]
        step = self.reversible if net.scheme.startswith("revnet") else self.runge_kutta
        x = self.first_layers(images, shapes[0][0])
        for level, (out, stride) in enumerate(shapes):
            if net.down in ("connector", "maxpool"):
                x, stride = self.between(level, x, out, stride), 1
            for n in range(net.blocks):
                x = step(level * net.blocks + n, x, out, stride if n == 0 else 1)
        if net.head == "bn-relu-pool":
            x = self.relu(self.normed("head.bn", x))
        elif net.head == "norm-pool":
            x = self.normed("head.norm", x)
        x = x.mean(dim=(2, 3))
        weight = self.param("head.fc.weight", net.classes, x.shape[1])
        return F.linear(x, weight, self.param("head.fc.bias", net.classes))


def run(net, params, stats, training):
    """The loss, the logits, and the pass."""
    shape = (net.batch, net.size, net.size, 3)
    images = sines(0.9, 0.31, math.prod(shape)).reshape(shape).permute(0, 3, 1, 2).contiguous()
    labels = torch.tensor([(3 * i + 1) % net.classes for i in range(net.batch)])
    this = Pass(net, params, stats, training)
    logits = this.logits(images)
    return F.cross_entropy(logits, labels), logits, this


def train(net, change=0.0):
    """The first training pass with its gradients, then what three steps leave.  The parameters are
    moved by a part `change` of themselves before."""
    params, stats = {}, {}
    first = None
    run(net, params, stats, False)
    for name, p in params.items():
        moves = sines(0.3 + 0.01 * sum(name.encode()), 2.9, p.numel()).reshape(p.shape)
        params[name] = (p.detach() * (1 + change * moves)).requires_grad_()
    for _ in range(STEPS):
        loss, logits, this = run(net, params, stats, True)
        for p in params.values():
            p.grad = None
        loss.backward()
        gradients = {name: p.grad.clone() for name, p in params.items()}
        first = first or (float(loss), logits.detach().clone(), gradients, this.margin)
        with torch.no_grad():
            for p in params.values():
                p -= LR * p.grad
    with torch.no_grad():
        after, logits, this = run(net, params, stats, False)
    assert min(first[3], this.margin) > 1e-9, net.id
    return params, stats, first, float(after), logits


def noise(net):
    """How far the results move if the parameters move by a rounding or two: of the gradients and
    logits of the first pass, and of what is after the steps, as parts of the largest norm."""
    def moved(a, b):
        return max(float((x - y).norm()) for x, y in zip(a, b)) / max(float(x.norm()) for x in a)

    worst = [0, 0]
    runs = [train(net, change) for change in (0, 3e-16, -3e-16, 6e-16)]
    for _, stats, first, after, logits in runs[1:]:
        _, stats0, first0, after0, logits0 = runs[0]
        worst[0] = max(worst[0], moved(list(first0[2].values()), list(first[2].values())),
                       moved([first0[1]], [first[1]]), abs(first[0] / first0[0] - 1))
        worst[1] = max(worst[1], moved([logits0], [logits]), abs(after / after0 - 1),
                       moved(list(stats0.values()), list(stats.values())) if stats else 0)
    return worst


def checks(t):
    flat = t.detach().reshape(-1)
    return "%.17g, %.17g" % (float(flat @ sines(0.5, 2.3, flat.numel())), float(flat.norm()))


MADE = """/* SPDX-License-Identifier: BSD-3-Clause
 * Made by subnets.py with PyTorch %s: do not edit.""" % torch.__version__[:4]

OPENING = MADE + """
 *
 * A network is trained for %d steps of gradient descent, w -= %g g, in double precision.  The
 * images and labels are those of reference.h.  Values follow from names: with s, the sum of the
 * bytes of the full name, and v = sin(0.37 s + 1.7 j) for element j
 *     lambda, alpha, h                          0.5 + 0.1 v
 *     position                                  0.2 v
 *     biases                                    0.1 v
 *     weights of layers bn* and norm            1 + 0.1 v
 *     other weights                             v sqrt(2/fan_in)
 *     running_mean, running_var                 0.05 v, 1 + 0.1 v
 * A checksum is the sum of element j times sin(0.5 + 2.3 j). */
#ifndef OT_TESTS_SUBNETS_H
#define OT_TESTS_SUBNETS_H

#include "odetape.h"

#define SUBNETS_LR %g
enum { SUBNETS_STEPS = %d };

typedef struct subnets_tensor {
    const char *name; /* a gradient of the first pass, or a running statistic after all steps */
    int count;
    double checksum, norm;
} subnets_tensor;

typedef struct subnets_net {
    const char *id;
    ot_net_opts opts;
    int params;
    double loss, logits[2];        /* of the first pass: checksum and norm of the logits */
    double after, logits_after[2]; /* in evaluation mode after all steps */
    double noise[2]; /* how far these move with a rounding of the parameters, relative: what is of
                        the first pass, and what is after all steps */
    int n_tensors;
    const subnets_tensor *tensors;
} subnets_net;

""" % (STEPS, LR, LR, STEPS)


def text(s):
    return '"%s"' % s if s else "NULL"


def options(net):
    rows = [("blocks", '"%s x%d"' % (net.scheme, net.blocks)), ("levels", text(net.levels)),
            ("down", text(net.down)), ("stem", text(net.stem)), ("head", text(net.head)),
            ("norm", text(net.norm)), ("subnet", text(net.subnet)), ("branch", text(net.branch)),
            ("step", "OT_STEP_LEARNED_OUTPUT" if net.step else "OT_STEP_FIXED"),
            ("image", net.size), ("batch", net.batch), ("classes", net.classes)]
    lines = ["{"]
    for row in rows:
        if row[1] == "NULL":
            continue
        word = ".%s = %s," % row
        if len(lines[-1]) + len(word) > 96:
            lines.append("   ")
        lines[-1] += " " + word
    return "\n".join(lines).rstrip(",") + " }"


def entry(net):
    """The rows of the tensors of a network, and its own."""
    params, stats, (loss, logits, gradients, _), after, logits_after = train(net)
    name = net.id.replace("-", "_")
    rows = list(gradients.items()) + list(stats.items())
    largest = max(float(g.norm()) for g in gradients.values())
    lines = ["static const subnets_tensor %s_rows[] = {" % name]
    for key, t in rows:
        tiny = key in gradients and float(t.norm()) < 1e-13 * largest
        lines.append('{ "%s", %d, %s },' % (key, t.numel(), "0, 0" if tiny else checks(t)))
    form = ('{ "%s",\n  %s,\n  %d, %.17g, { %s },\n  %.17g, { %s },\n'
            '  { %.1e, %.1e }, %d, %s_rows },')
    own = form % (
        net.id, options(net), sum(p.numel() for p in params.values()), loss, checks(logits),
        after, checks(logits_after), *noise(net), len(rows), name)
    return lines + ["};"], own


def family_header(family, nets):
    guard = "OT_TESTS_SUBNETS_%s_H" % family.upper()
    lines = [MADE, " * Included by subnets.h. */", "#ifndef " + guard, "#define " + guard, "",
             "/* clang-format off */"]
    own = []
    for net in nets:
        rows, this = entry(net)
        lines += rows
        own.append(this)
    lines += ["static const subnets_net subnets_%s[] = {" % family] + own
    return "\n".join(lines + ["};", "/* clang-format on */", "", "#endif", ""])


def main(folder):
    index = OPENING
    for family, nets in FAMILIES.items():
        index += '#include "subnets_%s.h"\n' % family
        with open(os.path.join(folder, "subnets_%s.h" % family), "w", encoding="utf-8") as file:
            file.write(family_header(family, nets))
    index += "\nstatic const struct {\n    int n;\n    const subnets_net *nets;\n"
    index += "} subnets_families[] = {\n"
    for family, nets in FAMILIES.items():
        index += "    { %d, subnets_%s },\n" % (len(nets), family)
    index += "};\n\n#endif\n"
    with open(os.path.join(folder, "subnets.h"), "w", encoding="utf-8") as file:
        file.write(index)


if __name__ == "__main__":
    main(sys.argv[1])
