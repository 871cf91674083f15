#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
"""The header freeze.h: what PyTorch computes when a part of a network is frozen, in double.

    python3 freeze.py >freeze.h

Made with Debian's PyTorch 1.13.  The networks are those of tests/models/reference/networks.py.  A
parameter whose name matches a pattern has requires_grad=False.  A batch norm whose weight and bias
are both frozen is in evaluation mode, as after bn.eval().  Ten steps of torch.optim.SGD with the
parameters that are left; then the checksums of all parameters and running statistics.
"""
import fnmatch
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)),
                                "../../models/reference"))
import torch
import torch.nn.functional as F

import networks
from networks import Net

STEPS = 10
LR, MOMENTUM, DECAY = 0.02, 0.9, 1e-3

# A network and the patterns of what is frozen.
CASES = [
    (Net("stem-and-first-level", "euler", "4,8:2", 1, "A"), "stem.*,blocks.0.*"),
    (Net("one-block-between-others", "euler", "4,8:2", 1, "P"), "blocks.0.*"),
    (Net("first-norms", "euler", "4,8:2", 2, "A"), "*.bn1.*"),
    (Net("convolutions", "rk4", "4,8:2", 1, "A"), "*.conv?.weight"),
    (Net("weights-of-norms", "euler", "4,8:2", 1, "A"), "*.bn?.weight"),
    (Net("all-but-the-head", "euler", "4,8:2", 1, "B", **networks.V1), "stem.*,blocks.*"),
    (Net("head", "euler", "4,8:2", 1, "A"), "head.*"),
    (Net("numbers-of-lm", "lm", "4", 3, "P"), "blocks.*.k,blocks.1.*"),
]


class Frozen(networks.Pass):
    """A training pass in which the batch norms that are frozen evaluate."""

    def __init__(self, net, params, stats, patterns):
        super().__init__(net, params, stats, True)
        self.patterns = patterns.split(",")

    def is_frozen(self, name):
        return any(fnmatch.fnmatchcase(name, pattern) for pattern in self.patterns)

    def param(self, name, *shape):
        return super().param(name, *shape).requires_grad_(not self.is_frozen(name))

    def bn(self, name, x):
        self.training = not (self.is_frozen(name + ".weight") and self.is_frozen(name + ".bias"))
        y = super().bn(name, x)
        self.training = True
        return y


def train(net, patterns):
    params, stats, losses, margin, sgd = {}, {}, [], 1.0, None
    for _ in range(STEPS):
        run = Frozen(net, params, stats, patterns)
        loss = F.cross_entropy(run.logits(networks.images(net)), networks.labels(net))
        if sgd is None:
            sgd = torch.optim.SGD([p for p in params.values() if p.requires_grad], lr=LR,
                                  momentum=MOMENTUM, weight_decay=DECAY)
        sgd.zero_grad()
        loss.backward()
        sgd.step()
        losses.append(float(loss))
        margin = min(margin, run.margin)
    after = [*params.items(), *stats.items()]
    rows = [(name, t.numel(), *networks.checksum(t)) for name, t in after]
    return losses, margin, rows


def lines(losses):
    """The numbers, four a line."""
    texts = ["%.17g" % x for x in losses]
    return ",\n        ".join(", ".join(texts[i:i + 4]) for i in range(0, len(texts), 4))


def main():
    print("/* SPDX-License-Identifier: BSD-3-Clause\n"
          " * Made by freeze.py with PyTorch %s: do not edit.\n"
          " *\n"
          " * Ten steps of SGD with a part of the network frozen: the losses, and then the parameters\n"
          " * and running statistics as checksums (tests/models/reference/reference.h). */\n"
          "#ifndef OT_TESTS_REFERENCE_FREEZE_H\n"
          "#define OT_TESTS_REFERENCE_FREEZE_H\n\n"
          '#include "models/reference/reference.h"\n\n'
          "enum { FREEZE_STEPS = %d };\n"
          "static const double freeze_lr = %g, freeze_momentum = %g, freeze_decay = %g;\n\n"
          "typedef struct frozen_net {\n"
          "    reference_net net; /* its numbers are not used */\n"
          "    const char *patterns;\n"
          "    double losses[FREEZE_STEPS];\n"
          "    double margin; /* the nearest distance to a kink of a ReLU */\n"
          "    int n_tensors;\n"
          "    const reference_tensor *tensors;\n"
          "} frozen_net;\n\n"
          "/* clang-format off */" % (torch.__version__[:4], STEPS, LR, MOMENTUM, DECAY))
    entries = []
    for net, patterns in CASES:
        losses, margin, rows = train(net, patterns)
        name = net.id.replace("-", "_") + "_after"
        print("static const reference_tensor %s[] = {" % name)
        for row in rows:
            print('{ "%s", %d, %.17g, %.17g },' % row)
        print("};\n")
        truth = ("false", "true")
        entries.append(
            '    { { .id = "%s", .scheme = "%s", .levels = "%s", .blocks = %d,\n'
            '        .down = "%s", .subnet = "%s", .stem = "%s", .head = "%s", .relu = %s,\n'
            "        .size = %d, .batch = %d, .classes = %d, .eps = %g, .momentum = %g },\n"
            '      "%s",\n      { %s },\n      %.1e, %d, %s },'
            % (net.id, net.scheme, net.levels, net.blocks, net.down, net.subnet, net.stem, net.head,
               truth[net.relu], net.size, net.batch, net.classes, net.eps, net.momentum, patterns,
               lines(losses), margin, len(rows), name))
    print("static const frozen_net frozen_nets[] = {")
    print("\n".join(entries))
    print("};\n/* clang-format on */\n\n#endif")


main()
