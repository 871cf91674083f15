#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""Measures a network of bench/step in PyTorch.  Prints what bench/step --plain --memory prints: the
seconds of each step, then the growth of the peak resident size since PyTorch was loaded, in MiB.

    peer_torch.py --tableau "$(./peer_scheme.py ./odetape euler)" --blocks 8 [--width 64]
                  [--stride 1] [--batch 128] [--threads 2] [--steps 3] [--evaluate]
                  [--compiled] [--bf16]
    peer_torch.py --system resnet20-v1 [--batch 128] ...
    peer_torch.py --versions

This file needs no other file and can be read from standard input, so that it also runs in another
root.  Tensors are channels_last, which is PyTorch's fast layout on a CPU.  The systems are those of
odetape-systems(7)."""
import argparse
import json
import platform
import re
import resource
import time

import torch
import torch.nn as nn
import torch.nn.functional as F

WARM_UP = 2


def conv(before, after, size=3, stride=1):
    return nn.Conv2d(before, after, size, stride, size // 2, bias=False)


class BnReluConv(nn.Module):
    def __init__(self, before, after, size=3, stride=1, **norm):
        super().__init__()
        self.bn = nn.BatchNorm2d(before, **norm)
        self.conv = conv(before, after, size, stride)

    def forward(self, x):
        return self.conv(F.relu(self.bn(x), inplace=True))


class ConvBnRelu(nn.Module):
    def __init__(self, before, after, size=3, **norm):
        super().__init__()
        self.conv = conv(before, after, size)
        self.bn = nn.BatchNorm2d(after, **norm)

    def forward(self, x):
        return F.relu(self.bn(self.conv(x)), inplace=True)


class Head(nn.Module):
    """Mean over all pixels and a linear layer; with `norm`, BN-ReLU before."""

    def __init__(self, width, norm=None):
        super().__init__()
        self.bn = nn.BatchNorm2d(width, **norm) if norm is not None else None
        self.fc = nn.Linear(width, 10)

    def forward(self, x):
        if self.bn is not None:
            x = F.relu(self.bn(x), inplace=True)
        return self.fc(x.mean((2, 3)))


# ---- Runge-Kutta ----

class RungeKutta(nn.Module):
    """y = x + sum b_i k_i, k_i = f_i(x + sum a_ij k_j), f = BN-ReLU-conv twice."""

    def __init__(self, tableau, width):
        super().__init__()
        self.a, self.b = tableau["a"], tableau["b"]
        self.stages = nn.ModuleList(nn.Sequential(BnReluConv(width, width),
                                                  BnReluConv(width, width)) for _ in self.b)

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


def runge_kutta(tableau, blocks, width, stride):
    return nn.Sequential(conv(3, width, stride=stride),
                         *(RungeKutta(tableau, width) for _ in range(blocks)), Head(width, {}))


# ---- resnet20-v1 ----

class ResNetBlock(nn.Module):
    """y = relu(s + BN-conv-relu-BN-conv(x)), s with every second pixel and zero channels."""

    def __init__(self, before, after, stride):
        super().__init__()
        self.conv1, self.bn1 = conv(before, after, stride=stride), nn.BatchNorm2d(after)
        self.conv2, self.bn2 = conv(after, after), nn.BatchNorm2d(after)
        self.stride, self.zeros = stride, (after - before) // 2

    def forward(self, x):
        f = self.bn2(self.conv2(F.relu(self.bn1(self.conv1(x)), inplace=True)))
        if self.stride > 1:
            x = F.pad(x[:, :, ::self.stride, ::self.stride], (0, 0, 0, 0, self.zeros, self.zeros))
        return F.relu(x + f, inplace=True)


def resnet20_v1():
    widths = [16] * 4 + [32] * 3 + [64] * 3
    blocks = (ResNetBlock(before, after, after // before)
              for before, after in zip(widths, widths[1:]))
    return nn.Sequential(ConvBnRelu(3, 16), *blocks, Head(64))


# ---- revnet-38 ----

REVNET = {"eps": 1e-3, "momentum": 0.01}


class RevNetBlock(nn.Module):
    """y1 = D(x1) + F(x2), y2 = D(x2) + G(y1); kept, as torch has no reversible block."""

    def __init__(self, before, after, stride, bare):
        super().__init__()
        first = (conv(before, after, stride=stride) if bare else
                 BnReluConv(before, after, stride=stride, **REVNET))
        self.f = nn.Sequential(first, BnReluConv(after, after, **REVNET))
        self.g = nn.Sequential(BnReluConv(after, after, **REVNET),
                               BnReluConv(after, after, **REVNET))
        self.stride, self.zeros = stride, (after - before) // 2

    def down(self, x):
        if self.stride > 1:
            x = F.avg_pool2d(x, self.stride)
        return F.pad(x, (0, 0, 0, 0, self.zeros, self.zeros)) if self.zeros else x

    def forward(self, x):
        x1, x2 = x
        y1 = self.down(x1) + self.f(x2)
        return y1, self.down(x2) + self.g(y1)


class RevNet38(nn.Module):
    def __init__(self):
        super().__init__()
        halves = [16] * 4 + [32] * 3 + [56] * 3
        self.stem = ConvBnRelu(3, 32, **REVNET)
        self.blocks = nn.Sequential(*(RevNetBlock(b, a, 1 if a == b else 2, bare=i == 0)
                                      for i, (b, a) in enumerate(zip(halves, halves[1:]))))
        self.head = Head(112, REVNET)

    def forward(self, x):
        return self.head(torch.cat(self.blocks(self.stem(x).chunk(2, 1)), 1))


# ---- leapfrog-net ----

class Symmetric(nn.Module):
    """-K^T relu(N(K x)), N = tvNorm."""

    def __init__(self, width):
        super().__init__()
        self.k = nn.Parameter(0.1 * torch.randn(width, width, 3, 3))
        self.weight = nn.Parameter(torch.ones(width, 1, 1))
        self.bias = nn.Parameter(torch.zeros(width, 1, 1))

    def forward(self, x):
        y = F.conv2d(x, self.k, padding=1)
        y = y * torch.rsqrt((y * y).sum(1, keepdim=True) + 1e-4) * self.weight + self.bias
        return -F.conv_transpose2d(F.relu(y, inplace=True), self.k, padding=1)


class Leapfrog(nn.Module):
    """A level: y = 2 x - x_prev + f(x), from rest."""

    def __init__(self, width, steps):
        super().__init__()
        self.f = nn.ModuleList(Symmetric(width) for _ in range(steps))

    def forward(self, x):
        previous = x
        for f in self.f:
            x, previous = 2 * x - previous + f(x), x
        return x


def leapfrog_net():
    norm = {"eps": 1e-4}
    return nn.Sequential(ConvBnRelu(3, 32, **norm), Leapfrog(32, 3),
                         ConvBnRelu(32, 64, 1, **norm), nn.AvgPool2d(2), Leapfrog(64, 3),
                         ConvBnRelu(64, 112, 1, **norm), nn.AvgPool2d(2), Leapfrog(112, 3),
                         ConvBnRelu(112, 112, 1, **norm), Head(112))


# ---- densenet-40-12, densenet-bc-100-12 ----

class DenseLayer(nn.Module):
    def __init__(self, before, growth, bottleneck):
        super().__init__()
        inner = bottleneck * growth
        self.f = (nn.Sequential(BnReluConv(before, inner, 1), BnReluConv(inner, growth))
                  if bottleneck else BnReluConv(before, growth))

    def forward(self, x):
        return torch.cat((x, self.f(x)), 1)


def densenet(layers, bottleneck, theta, growth=12):
    parts, width = [conv(3, 2 * growth)], 2 * growth
    for level in range(3):
        if level > 0:
            after = int(theta * width)
            parts += [BnReluConv(width, after, 1), nn.AvgPool2d(2)]
            width = after
        for _ in range(layers):
            parts.append(DenseLayer(width, growth, bottleneck))
            width += growth
    return nn.Sequential(*parts, Head(width, {}))


# ---- vit-tiny-cifar ----

class Attention(nn.Module):
    def __init__(self, width, heads):
        super().__init__()
        self.norm = nn.LayerNorm(width, eps=1e-6)
        self.qkv = nn.Linear(width, 3 * width, bias=False)
        self.proj = nn.Linear(width, width)
        self.heads = heads

    @staticmethod
    def attend(q, k, v):
        if hasattr(F, "scaled_dot_product_attention"):
            return F.scaled_dot_product_attention(q, k, v)
        return torch.softmax(q @ k.transpose(-2, -1) / q.shape[-1] ** 0.5, -1) @ v

    def forward(self, x):
        n, pixels, width = x.shape
        qkv = self.qkv(self.norm(x)).view(n, pixels, 3, self.heads, width // self.heads)
        y = self.attend(*qkv.permute(2, 0, 3, 1, 4))
        return x + self.proj(y.transpose(1, 2).reshape(n, pixels, width))


class Mlp(nn.Module):
    def __init__(self, width, inner):
        super().__init__()
        self.norm = nn.LayerNorm(width, eps=1e-6)
        self.fc1, self.fc2 = nn.Linear(width, inner), nn.Linear(inner, width)

    def forward(self, x):
        return x + self.fc2(F.gelu(self.fc1(self.norm(x))))


class VitTiny(nn.Module):
    def __init__(self, width=192, heads=3, layers=12, size=4):
        super().__init__()
        self.stem = nn.Conv2d(3, width, size, size)
        self.position = nn.Parameter(0.02 * torch.randn((32 // size) ** 2, width))
        self.layers = nn.Sequential(*(half for _ in range(layers)
                                      for half in (Attention(width, heads), Mlp(width, 4 * width))))
        self.norm = nn.LayerNorm(width, eps=1e-6)
        self.fc = nn.Linear(width, 10)

    def forward(self, x):
        x = self.stem(x).flatten(2).transpose(1, 2) + self.position
        return self.fc(self.norm(self.layers(x)).mean(1))


SYSTEMS = {
    "resnet20-v1": resnet20_v1,
    "revnet-38": RevNet38,
    "leapfrog-net": leapfrog_net,
    "densenet-40-12": lambda: densenet(12, 0, 1),
    "densenet-bc-100-12": lambda: densenet(16, 4, 0.5),
    "vit-tiny-cifar": VitTiny,
}


# ---- measuring ----

def trainer(net, x, bf16):
    sgd = torch.optim.SGD(net.parameters(), lr=0.01, momentum=0.9, weight_decay=1e-4)
    labels = torch.arange(len(x)) % 10

    def step():
        sgd.zero_grad(set_to_none=True)
        with torch.autocast("cpu", torch.bfloat16, enabled=bf16):
            loss = F.cross_entropy(net(x), labels)
        loss.backward()
        sgd.step()
    return step


def evaluator(net, x, bf16):
    net.eval()

    @torch.no_grad()
    def step():
        with torch.autocast("cpu", torch.bfloat16, enabled=bf16):
            net(x)
    return step


def versions():
    built = torch.__config__.show()
    onednn = re.search(r"(?:MKL-DNN|oneDNN|DNNL) v?([\d.]+)", built)
    isa = re.search(r"CPU capability usage: (\S+)", built)
    return (f"PyTorch {torch.__version__}, oneDNN {onednn[1] if onednn else 'unknown'}, "
            f"{isa[1] if isa else 'unknown'} kernels, Python {platform.python_version()}")


def arguments():
    parser = argparse.ArgumentParser(prog="peer_torch.py",
                                     description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--tableau", type=json.loads, help='{"a": [[]], "b": [1.0]}')
    parser.add_argument("--system", choices=SYSTEMS)
    for name, default in (("blocks", 8), ("width", 64), ("stride", 1), ("batch", 128),
                          ("threads", 2), ("steps", 3)):
        parser.add_argument("--" + name, type=int, default=default)
    for name in ("evaluate", "compiled", "bf16", "versions", "parameters"):
        parser.add_argument("--" + name, action="store_true")
    args = parser.parse_args()
    if not (args.tableau or args.system or args.versions):
        parser.error("--tableau, --system or --versions is required")
    return args


def peak():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def measure(args, net):
    x = torch.randn(args.batch, 3, 32, 32).to(memory_format=torch.channels_last)
    step = (evaluator if args.evaluate else trainer)(net, x, args.bf16)
    for _ in range(WARM_UP):
        step()
    for _ in range(args.steps):
        start = time.perf_counter()
        step()
        print(f"{time.perf_counter() - start:.6f}", flush=True)


def main():
    before = peak()
    args = arguments()
    if args.versions:
        print(versions())
        return
    torch.set_num_threads(args.threads)
    torch.set_flush_denormal(True)
    torch.manual_seed(1)
    net = (SYSTEMS[args.system]() if args.system else
           runge_kutta(args.tableau, args.blocks, args.width, args.stride))
    if args.parameters:
        print(sum(p.numel() for p in net.parameters()))
        return
    net = net.to(memory_format=torch.channels_last)
    measure(args, torch.compile(net) if args.compiled else net)
    print(f"memory {peak() - before:.1f}")


if __name__ == "__main__":
    main()
