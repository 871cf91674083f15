#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
"""Ten steps of SGD with label smoothing, with mixup and with both, in double with PyTorch.

Makes losses.h, which test_losses.c compares with.  Run it with Debian's python3-torch:
    /usr/bin/python3 losses.py > losses.h
The network is written here in PyTorch.  Philox, the order of an epoch, the beta numbers and the
permutations of mixup are written here a second time too, from their papers."""
import math
import struct

import torch
import torch.nn.functional as F

SEED, IMAGES, SIZE, CLASSES, WIDTH, BATCH, EPOCHS = 11, 40, 8, 5, 4, 8, 2
LR, MOMENTUM, DECAY = 0.1, 0.9, 1e-2
SHUFFLE, MIXUP = 2, 9  # numbers of purposes, src/base/rng.h
RUNS = (("smoothing", 0.1, 0.0), ("mixup", 0.0, 0.4), ("mixup_above_1", 0.0, 2.5),
        ("both", 0.2, 1.0))
torch.set_default_dtype(torch.float64)


# ---- random numbers -------------------------------------------------------------------------

def philox(seed, purpose, *counter):
    """Philox4x32-10 (Salmon et al. 2011)."""
    mask = 0xFFFFFFFF
    key = [seed & mask, (seed >> 32) ^ (purpose * 0x9E3779B9 & mask)]
    c = list(counter)
    for _ in range(10):
        a, b = 0xD2511F53 * c[0], 0xCD9E8D57 * c[2]
        c = [b >> 32 ^ c[1] ^ key[0], b & mask, a >> 32 ^ c[3] ^ key[1], a & mask]
        key = [key[0] + 0x9E3779B9 & mask, key[1] + 0xBB67AE85 & mask]
    return c


def unit(word):
    return (word + 0.5) / 2**32


def log_gamma_number(alpha, *counter):
    """Marsaglia and Tsang 2000."""
    shape = alpha + 1 if alpha < 1 else alpha
    d = shape - 1 / 3
    tries = 0
    while True:
        w = philox(SEED, MIXUP, *counter, tries)
        tries += 1
        z = math.sqrt(-2 * math.log(unit(w[0]))) * math.cos(2 * math.pi * (w[1] / 2**32))
        v = (1 + z / math.sqrt(9 * d)) ** 3
        if v > 0 and math.log(unit(w[2])) < 0.5 * z * z + d - d * v + d * math.log(v):
            break
    return math.log(d * v) + (math.log(unit(w[3])) / alpha if alpha < 1 else 0)


def weight(alpha, epoch, batch):
    g, h = (log_gamma_number(alpha, epoch, batch, k) for k in (0, 1))
    return struct.unpack("f", struct.pack("f", 1 / (1 + math.exp(h - g))))[0]


def permutation(epoch, batch, n):
    word = []
    for i in range(n):
        at = philox(SEED, MIXUP, epoch, batch, 2, i)[0] * (i + 1) >> 32
        word.insert(at, i)
        if at < i:  # i takes a place, and the number that was there goes to the end
            word.append(word.pop(at + 1))
    p, cycle = list(range(n)), []
    for i in word + [n]:
        if cycle and i > cycle[0]:
            for a, b in zip(cycle, cycle[1:] + cycle[:1]):
                p[a] = b
            cycle = []
        cycle.append(i)
    return p


def order(epoch):
    return sorted(range(IMAGES), key=lambda i: (philox(SEED, SHUFFLE, epoch, i, 0, 0)[0], i))


# ---- data and network -----------------------------------------------------------------------

def data():
    noise, pixels = 1, []
    for _ in range(IMAGES * SIZE * SIZE * 3):
        noise = (noise * 1664525 + 1013904223) & 0xFFFFFFFF
        pixels.append(noise >> 24)
    x = torch.tensor(pixels, dtype=torch.float32) / torch.tensor(255, dtype=torch.float32)
    x = x.reshape(IMAGES, SIZE, SIZE, 3).permute(0, 3, 1, 2).to(torch.float64)
    return x, torch.tensor([(3 * i + 1) % CLASSES for i in range(IMAGES)])


def parameters():
    f = "blocks.0.stages.0."
    shapes = {"stem.conv.weight": (WIDTH, 3, 3, 3)}
    for k in 1, 2:
        shapes[f + "bn%d.weight" % k] = shapes[f + "bn%d.bias" % k] = (WIDTH,)
        shapes[f + "conv%d.weight" % k] = (WIDTH, WIDTH, 3, 3)
    shapes["head.bn.weight"] = shapes["head.bn.bias"] = (WIDTH,)
    shapes["head.fc.weight"], shapes["head.fc.bias"] = (CLASSES, WIDTH), (CLASSES,)
    return {name: initial(name, shape).requires_grad_() for name, shape in shapes.items()}


def initial(name, shape):
    s, n = sum(name.encode()), math.prod(shape)
    v = torch.tensor([math.sin(0.37 * s + 1.7 * j) for j in range(n)]).reshape(shape)
    if name.endswith("bias"):
        return 0.1 * v
    if ".bn" in name:
        return 1 + 0.1 * v
    return v * math.sqrt(2 / math.prod(shape[1:]))


def logits(p, x):
    def norm_relu(name, x):
        return F.relu(F.batch_norm(x, None, None, p[name + ".weight"], p[name + ".bias"], True))

    f = "blocks.0.stages.0."
    x = F.conv2d(x, p["stem.conv.weight"], padding=1)
    y = F.conv2d(norm_relu(f + "bn1", x), p[f + "conv1.weight"], padding=1)
    x = x + F.conv2d(norm_relu(f + "bn2", y), p[f + "conv2.weight"], padding=1)
    return F.linear(norm_relu("head.bn", x).mean((2, 3)), p["head.fc.weight"], p["head.fc.bias"])


def train(smoothing, alpha):
    """Rows of (loss, checksums of all parameters) after each step."""
    p, (images, labels), rows = parameters(), data(), []
    sgd = torch.optim.SGD(p.values(), lr=LR, momentum=MOMENTUM, weight_decay=DECAY)
    loss_of = torch.nn.CrossEntropyLoss(label_smoothing=smoothing)
    for epoch in range(EPOCHS):
        places = order(epoch)
        for b in range(IMAGES // BATCH):
            at = torch.tensor(places[b * BATCH:(b + 1) * BATCH])
            x, first, second, w = images[at], labels[at], labels[at], 1.0
            if alpha:
                with_ = torch.tensor(permutation(epoch, b, BATCH))
                w = weight(alpha, epoch, b)
                second = first[with_]
                x = w * x + (1 - w) * x[with_]
            y = logits(p, x)
            loss = w * loss_of(y, first) + (1 - w) * loss_of(y, second)
            sgd.zero_grad()
            loss.backward()
            sgd.step()
            rows.append([loss.item()] + [checksum(t) for t in p.values()])
    return rows


def checksum(t):
    return sum(v * math.sin(0.5 + 2.3 * j) for j, v in enumerate(t.detach().flatten().tolist()))


# ---- the header -----------------------------------------------------------------------------

def main():
    names = list(parameters())
    print("""/* SPDX-License-Identifier: BSD-3-Clause
 * Made by losses.py with PyTorch %s: do not edit.  The loss of each step, and the checksums
 * of all parameters after it: the sum of element j times sin(0.5 + 2.3 j). */
#ifndef OT_TESTS_LOSSES_H
#define OT_TESTS_LOSSES_H

enum { LOSSES_STEPS = %d, LOSSES_TENSORS = %d };

/* clang-format off */
static const char *const losses_names[] = {
    %s };
static const struct losses_run {
    const char *id;
    double smoothing, mixup;
    struct { double loss, checksum[LOSSES_TENSORS]; } step[LOSSES_STEPS];
} losses_runs[] = {""" % (torch.__version__[:4], EPOCHS * IMAGES // BATCH, len(names),
                          ",\n    ".join('"%s"' % n for n in names)))
    for name, smoothing, alpha in RUNS:
        print('    { "%s", %g, %g, {' % (name, smoothing, alpha))
        for row in train(smoothing, alpha):
            print("        { %.17g, {" % row[0])
            for i in range(1, len(row), 4):
                print("            " + ", ".join("%.17g" % v for v in row[i:i + 4]) + ",")
            print("        } },")
        print("    } },")
    print("};\n/* clang-format on */\n\n#endif")


main()
