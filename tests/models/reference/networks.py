#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
"""What PyTorch computes for whole residual networks, in double precision.

    python3 networks.py                  prints the numbers of every network
    python3 networks.py ID...            prints those of some networks
    python3 networks.py --headers DIR    writes reference.h and one header per family of networks

Made with Debian's PyTorch 1.13.  Shares nothing with the library: a network is built here from a
short description with PyTorch's own operations.  checks.py tests this file.

A level is a run of blocks of one width and image size.  A stage is one evaluation of a sub-net.
Blocks are numbered through the network from 0, levels from 0, evaluations within their block.
"""
import math
import sys
from dataclasses import dataclass

import torch
import torch.nn.functional as F

torch.set_default_dtype(torch.float64)
torch.set_num_threads(1)


@dataclass
class Net:
    """A network.  levels is "width:stride,..." with stride 1 left out.

    scheme      euler, rk4 (both with coefficients of TABLEAUX), lm, revnet, ab2, ab3, ab4, leapfrog,
                hamiltonian, poly2, poly3, mpoly2, mpoly3, way2, way3, plain
    blocks      in each level
    down        how the shape changes where a level begins.  A, B, P: inside its first block.
                connector, maxpool: in layers of its own before that block, which keeps the shape.
    subnet      preact: BN-ReLU-conv-BN-ReLU-conv; postact: conv-BN-ReLU-conv-BN
    stem        conv, or conv-bn-relu; its width is the first level's
    head        bn-relu-pool, or pool; a linear layer with bias follows
    relu        a ReLU after each block
    bare_first  the first evaluation of the network lacks its first BN and ReLU
    """
    id: str
    scheme: str
    levels: str
    blocks: int
    down: str
    subnet: str = "preact"
    stem: str = "conv"
    head: str = "bn-relu-pool"
    relu: bool = False
    bare_first: bool = False
    size: int = 8
    batch: int = 4
    classes: int = 5
    eps: float = 1e-5
    momentum: float = 0.1

    def shapes(self):
        """The (width, stride) of each level."""
        pairs = [level.split(":") for level in self.levels.split(",")]
        return [(int(p[0]), int(p[1]) if len(p) > 1 else 1) for p in pairs]


# Rules for values.  math.sin and not torch.sin: its results are those of the C library.

def sines(first, step, count):
    return torch.tensor([math.sin(first + step * j) for j in range(count)])


def value(name, shape):
    """Initial values of a parameter or running statistic, in PyTorch's order of elements."""
    s = sum(name.encode())
    v = sines(0.37 * s, 1.7, math.prod(shape)).reshape(shape)
    parent, last = name.split(".")[-2:]
    if last == "k":
        return -0.05 + 0.05 * v
    if last == "running_mean":
        return 0.05 * v
    if last == "bias":
        return 0.1 * v
    if last == "running_var" or parent.startswith("bn"):
        return 1 + 0.1 * v
    return v * math.sqrt(2 / math.prod(shape[1:]))


def images(net):
    """(N, C, H, W) for PyTorch, filled in the order (N, H, W, C)."""
    shape = (net.batch, net.size, net.size, 3)
    return sines(0.9, 0.31, math.prod(shape)).reshape(shape).permute(0, 3, 1, 2).contiguous()


def labels(net):
    return torch.tensor([(3 * i + 1) % net.classes for i in range(net.batch)])


def pattern(count):
    """The weights of the checksum of a tensor: a wrong or misplaced element changes the sum."""
    return sines(0.5, 2.3, count)


def checksum(tensor):
    flat = tensor.detach().reshape(-1)
    return float(flat @ pattern(flat.numel())), float(flat.norm())


TABLEAUX = {
    "euler": ([[]], [1.0]),
    "rk4": ([[], [1 / 2], [0, 1 / 2], [0, 0, 1]], [1 / 6, 1 / 3, 1 / 3, 1 / 6]),
}


ADAMS = {
    1: [1],
    2: [3 / 2, -1 / 2],
    3: [23 / 12, -16 / 12, 5 / 12],
    4: [55 / 24, -59 / 24, 37 / 24, -9 / 24],
}


class Pass:
    """One forward pass.  Parameters and running statistics are made when they are first used."""

    def __init__(self, net, params, stats, training):
        self.net, self.params, self.stats, self.training = net, params, stats, training
        self.margin = math.inf  # distance to the nearest kink of a ReLU or tie of a max pool

    # layers

    def param(self, name, *shape):
        if name not in self.params:
            self.params[name] = value(name, shape).requires_grad_()
        assert self.params[name].shape == shape, name
        return self.params[name]

    def stat(self, name, *shape):
        if name not in self.stats:
            self.stats[name] = value(name, shape)
        return self.stats[name]

    def conv(self, name, x, out, side, stride=1):
        weight = self.param(name + ".weight", out, x.shape[1], side, side)
        return F.conv2d(x, weight, stride=stride, padding=side // 2)

    def bn(self, name, x, owner=None):
        """Statistics are those of `name`, scale and shift those of `owner`."""
        channels = x.shape[1]
        weight = self.param((owner or name) + ".weight", channels)
        bias = self.param((owner or name) + ".bias", channels)
        mean = self.stat(name + ".running_mean", channels)
        var = self.stat(name + ".running_var", channels)
        return F.batch_norm(x, mean, var, weight, bias, self.training, self.net.momentum,
                            self.net.eps)

    def relu(self, x):
        self.margin = min(self.margin, float(x.detach().abs().min()))
        return F.relu(x)

    def max_pool(self, x):
        """3x3, stride 2, ceil mode, no padding: the last window may reach over the edge."""
        height, width = x.shape[2:]
        over = F.pad(x.detach(), (0, 2, 0, 2), value=-math.inf)
        windows = over.unfold(2, 3, 2).unfold(3, 3, 2).flatten(-2)
        top = windows.topk(2, dim=-1)[0]
        self.margin = min(self.margin, float((top[..., 0] - top[..., 1]).min()))
        assert height > 1 and width > 1
        return F.max_pool2d(x, 3, 2, ceil_mode=True)

    @staticmethod
    def pad(x, out):
        """Zero channels on both sides; the extra one of an odd number goes behind."""
        extra = out - x.shape[1]
        assert extra >= 0
        return F.pad(x, (0, 0, 0, 0, extra // 2, extra - extra // 2))

    # sub-nets

    def evaluate(self, block, stage, x, out, stride=1, shared=False):
        """f(x).  Evaluations that are shared have one set of weights, and statistics of their
        own."""
        name = "blocks.%d.stages.%d" % (block, stage)
        own = "blocks.%d.sets.1" % block if shared else name
        if self.net.subnet == "preact":
            if not (self.net.bare_first and block == 0 and stage == 0):
                x = self.relu(self.bn(name + ".bn1", x, own + ".bn1"))
            x = self.conv(own + ".conv1", x, out, 3, stride)
            x = self.relu(self.bn(name + ".bn2", x, own + ".bn2"))
            return self.conv(own + ".conv2", x, out, 3)
        x = self.conv(own + ".conv1", x, out, 3, stride)
        x = self.relu(self.bn(name + ".bn1", x, own + ".bn1"))
        return self.bn(name + ".bn2", self.conv(own + ".conv2", x, out, 3), own + ".bn2")

    # changes of shape

    def shortcut(self, block, x, out, stride):
        """Inside a block: x in the block's new shape."""
        if x.shape[1] == out and stride == 1:
            return x
        name = "blocks.%d.down" % block
        if self.net.down == "A":
            return self.pad(x[:, :, ::stride, ::stride], out)
        if self.net.down == "B":
            return self.bn(name + ".bn", self.conv(name + ".conv", x, out, 1, stride))
        assert self.net.down == "P"
        return self.conv(name + ".conv", self.relu(self.bn(name + ".bn", x)), out, 1, stride)

    def between(self, level, x, out, stride):
        """Between blocks: layers of their own where level number `level` begins."""
        if x.shape[1] == out and stride == 1:
            return x
        name = "levels.%d" % level
        if self.net.down == "connector":
            x = self.relu(self.bn(name + ".bn", self.conv(name + ".conv", x, out, 1)))
            return F.avg_pool2d(x, 2) if stride == 2 else x
        return self.pad(self.max_pool(x) if stride == 2 else x, out)

    # schemes: state to state; state[0] is what others read

    def runge_kutta(self, block, state, out, stride):
        x = state[0]
        rows, b = TABLEAUX[self.net.scheme]
        s = self.shortcut(block, x, out, stride)
        k = [self.evaluate(block, 0, x, out, stride)]
        for i, row in enumerate(rows[1:], 1):
            k.append(self.evaluate(block, i, s + sum(a * kj for a, kj in zip(row, k)), out))
        return [s + sum(bi * ki for bi, ki in zip(b, k))]

    def linear_multistep(self, block, state, out, stride):
        """y = (1 - k) s + k x_prev + f(x).  What the block leaves as x_prev is s."""
        x = state[0]
        s = self.shortcut(block, x, out, stride)
        f = self.evaluate(block, 0, x, out, stride)
        if len(state) == 1:
            return [s + f, s]
        k = self.param("blocks.%d.k" % block)
        return [(1 - k) * s + k * state[1] + f, s]

    def adams_bashforth(self, block, state, out, stride):
        """x + sum beta_j k_{n-j}.  The state is x and the k of blocks before, newest first."""
        order = int(self.net.scheme[2])
        beta = ADAMS[min(order, len(state))]
        s = self.shortcut(block, state[0], out, stride)
        k = [self.evaluate(block, 0, state[0], out, stride)] + state[1:]
        return [s + sum(w * kj for w, kj in zip(beta, k))] + k[:order - 1]

    def leapfrog(self, block, state, out, stride):
        """y = 2 s - x_prev + f(x); a level starts with x_prev = s."""
        s = self.shortcut(block, state[0], out, stride)
        f = self.evaluate(block, 0, state[0], out, stride)
        return [2 * s - (state[1] if len(state) == 2 else s) + f, s]

    def hamiltonian(self, block, state, out, stride):
        """y' = y + F(z), z' = z - G(y')."""
        assert stride == 1
        y, z = state
        y = y + self.evaluate(block, 0, z, out // 2)
        return [y, z - self.evaluate(block, 1, y, out // 2)]

    def polynet(self, block, state, out, stride):
        """poly: x + F(x) + F(F(x)) + ...; mpoly: x + F(x) + G(F(x)) + ...; way: x + F(x) + G(x)."""
        name, n = self.net.scheme[:-1], int(self.net.scheme[-1])
        x, y = state[0], self.shortcut(block, state[0], out, stride)
        u = x
        for i in range(n):
            strided = stride if i == 0 or name == "way" else 1
            u = self.evaluate(block, i, x if name == "way" else u, out, strided, name == "poly")
            y = y + u
        return [y]

    def plain(self, block, state, out, stride):
        return [self.evaluate(block, 0, state[0], out, stride)]

    def reversible(self, block, state, out, stride):
        """y1 = D(x1) + F(x2), y2 = D(x2) + G(y1): F is evaluation 0 and has the stride."""
        x1, x2 = state
        y1 = self.half(x1, out // 2, stride) + self.evaluate(block, 0, x2, out // 2, stride)
        y2 = self.half(x2, out // 2, stride) + self.evaluate(block, 1, y1, out // 2)
        return [y1, y2]

    def half(self, x, out, stride):
        """D: average pool by the stride, zero channels on both sides."""
        return self.pad(F.avg_pool2d(x, stride) if stride > 1 else x, out)

    def logits(self, x):
        net, shapes = self.net, self.net.shapes()
        between = net.down in ("connector", "maxpool")
        step = self.runge_kutta if net.scheme in TABLEAUX else {
            "lm": self.linear_multistep, "revnet": self.reversible, "ab": self.adams_bashforth,
            "leapfrog": self.leapfrog, "hamiltonian": self.hamiltonian, "poly": self.polynet,
            "mpoly": self.polynet, "way": self.polynet, "plain": self.plain,
        }[net.scheme.rstrip("234")]
        halves = net.scheme in ("revnet", "hamiltonian")
        x = self.conv("stem.conv", x, shapes[0][0], 3)
        if net.stem == "conv-bn-relu":
            x = self.relu(self.bn("stem.bn", x))
        state = list(x.chunk(2, dim=1)) if halves else [x]
        for level, (out, stride) in enumerate(shapes):
            if not halves:
                state = state[:1]  # no history from the level before
            if between:
                x = self.between(level, torch.cat(state, dim=1), out, stride)
                state = list(x.chunk(2, dim=1)) if halves else [x]
                stride = 1
            for n in range(net.blocks):
                block = level * net.blocks + n
                state = step(block, state, out, stride if n == 0 else 1)
                if net.relu:
                    state = [self.relu(state[0])]
        x = torch.cat(state, dim=1) if halves else state[0]
        if net.head == "bn-relu-pool":
            x = self.relu(self.bn("head.bn", x))
        x = x.mean(dim=(2, 3))
        weight = self.param("head.fc.weight", net.classes, x.shape[1])
        return F.linear(x, weight, self.param("head.fc.bias", net.classes))


def loss_of(net, params, stats, training):
    """The mean cross-entropy and the pass; in training, moves the running statistics."""
    run = Pass(net, params, stats, training)
    return F.cross_entropy(run.logits(images(net)), labels(net)), run


@dataclass
class Result:
    net: Net
    params: int       # numbers in all parameters
    loss: float       # of the training pass
    eval_loss: float  # with the running statistics that the training pass left
    margin: float
    tensors: list     # (name, count, checksum, norm): gradients, then running statistics


def result(net):
    params, stats = {}, {}
    loss, run = loss_of(net, params, stats, True)
    loss.backward()
    with torch.no_grad():
        eval_loss = loss_of(net, params, stats, False)[0]
    rows = [(name, p.grad) for name, p in params.items()] + list(stats.items())
    return Result(net, sum(p.numel() for p in params.values()), float(loss), float(eval_loss),
                  run.margin, [(name, t.numel(), *checksum(t)) for name, t in rows])


THREE = "4,8:2,12:2"
# The published ones, of 32x32 images and 10 classes.
PAPER = dict(size=32, batch=2, classes=10)
RESNET = "16,32:2,64:2"
V1 = dict(subnet="postact", stem="conv-bn-relu", head="pool", relu=True)
# RevNet's filters (32, 32, 64, 112) are the stem's and those of the three levels: the stem is as
# wide as the first level, which keeps the shape.  The counts 464,890 and 1,729,194 say so.
REVNET = dict(stem="conv-bn-relu", bare_first=True, eps=1e-3, momentum=0.01)

FAMILIES = {
    "euler": [
        Net("euler-a", "euler", THREE, 2, "A", size=12),
        Net("euler-a-odd", "euler", "4,4:2,7:2,9", 1, "A", size=9),
        Net("euler-b", "euler", THREE, 2, "B"),
        Net("euler-p", "euler", THREE, 2, "P"),
        Net("euler-p-flat", "euler", "4,6,8:2", 1, "P", stem="conv-bn-relu", head="pool"),
    ],
    "between": [
        Net("connector", "euler", THREE, 1, "connector", size=12),
        Net("connector-flat", "euler", "4,6,8:2", 2, "connector"),
        Net("maxpool", "euler", THREE, 2, "maxpool"),
        Net("maxpool-odd", "euler", "4,4:2,7:2", 1, "maxpool", size=11),
        Net("rk4-connector", "rk4", "4,6:2", 1, "connector"),
    ],
    "rk4": [
        Net("rk4-a", "rk4", THREE, 1, "A", size=12),
        Net("rk4-b", "rk4", THREE, 1, "B"),
        Net("rk4-p", "rk4", "4,8:2", 2, "P"),
    ],
    "resnet": [
        Net("v1-a", "euler", THREE, 2, "A", **V1),
        Net("v1-b", "euler", THREE, 2, "B", size=12, **V1),
        Net("v2-a", "euler", THREE, 2, "A"),
    ],
    "lm": [
        Net("lm-p", "lm", THREE, 3, "P"),
        Net("lm-a", "lm", THREE, 2, "A", size=12),
        Net("lm-one", "lm", "6", 4, "P"),
    ],
    "revnet": [
        Net("revnet", "revnet", THREE, 2, "half", size=12),
        Net("revnet-odd", "revnet", "4,6:2,12:2", 1, "half"),
        Net("revnet-first", "revnet", THREE, 2, "half", **REVNET),
    ],
    "multistep": [
        Net("ab2", "ab2", THREE, 3, "P"),
        Net("ab3", "ab3", "4,6:2", 4, "A", size=12),
        Net("ab4", "ab4", "4,6:2", 5, "B"),
    ],
    "polynet": [
        Net("poly2", "poly2", "4,6:2", 2, "connector"),
        Net("poly3", "poly3", "4,6:2", 1, "maxpool", subnet="postact"),
        Net("mpoly2", "mpoly2", THREE, 1, "A"),
        Net("mpoly3", "mpoly3", "4,6:2", 1, "B"),
        Net("way2", "way2", THREE, 1, "P"),
        Net("way3", "way3", "4,6:2", 1, "A", size=9),
    ],
    "others": [
        Net("leapfrog", "leapfrog", THREE, 3, "connector"),
        Net("leapfrog-p", "leapfrog", "4,6:2", 3, "P"),
        Net("hamiltonian", "hamiltonian", "4,8:2", 2, "connector"),
        Net("plain", "plain", THREE, 2, "none"),
    ],
    "paper": [
        Net("resnet20-v1-a", "euler", RESNET, 3, "A", **V1, **PAPER),
        Net("resnet20-v1-b", "euler", RESNET, 3, "B", **V1, **PAPER),
        Net("resnet20-v2-a", "euler", RESNET, 3, "A", **PAPER),
        Net("resnet20-v2-p", "euler", RESNET, 3, "P", **PAPER),
        Net("lm-resnet20", "lm", RESNET, 3, "P", **PAPER),
        Net("revnet-38", "revnet", "32,64:2,112:2", 3, "half", **REVNET, **PAPER),
        Net("revnet-110", "revnet", "32,64:2,128:2", 9, "half", **REVNET, **PAPER),
    ],
}


def main(arguments):
    if arguments[:1] == ["--headers"]:
        import headers
        headers.write(arguments[1])
        return
    for net in (n for family in FAMILIES.values() for n in family):
        if arguments and net.id not in arguments:
            continue
        r = result(net)
        print(net)
        print("parameters %d  loss %.17g  in evaluation %.17g  margin %.1e"
              % (r.params, r.loss, r.eval_loss, r.margin))
        for row in r.tensors:
            print("    %-36s %6d %24.17g %24.17g" % row)


if __name__ == "__main__":
    main(sys.argv[1:])
