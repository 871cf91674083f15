#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
"""The moving average of the weights by torch.optim.swa_utils.AveragedModel, in double precision.

    python3 average.py | clang-format > average.h

Made with Debian's PyTorch 1.13.  A network of tests/models/reference/networks.py is trained for ten
steps of SGD, each on all training images.  After each step the averaged model is updated and
evaluated on the test images.  Images are bytes by a rule, normalised in float32 as loaders do."""
import os
import sys

import numpy as np
import torch
import torch.nn.functional as F
from torch.optim.swa_utils import AveragedModel

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "..", "models", "reference"))
import networks  # noqa: E402

STEPS, TRAIN, TEST, CLASSES, SIZE, DECAY = 10, 8, 5, 3, 8, 0.8
NET = networks.Net("average", "euler", "3,4:2", 1, "P", size=SIZE, classes=CLASSES)


def images(first, count):
    """Byte j of image i, in the order (H, W, C), is (73 j + 29 i + j^2 (i + 1)) mod 251."""
    j = np.arange(SIZE * SIZE * 3)
    bytes_ = np.stack([(73 * j + 29 * i + j * j * (i + 1)) % 251
                       for i in range(first, first + count)]).astype(np.float32)
    x = bytes_.reshape(count, SIZE, SIZE, 3) / np.float32(255)
    x = (x - np.float32([0.4, 0.5, 0.6])) / np.float32([0.2, 0.25, 0.3])
    assert x.dtype == np.float32
    return torch.tensor(x.astype(np.float64)).permute(0, 3, 1, 2).contiguous()


def loss_of(params, stats, first, count, training):
    labels = torch.tensor([i % CLASSES for i in range(first, first + count)])
    return F.cross_entropy(networks.Pass(NET, params, stats, training).logits(images(first, count)),
                           labels)


class Model(torch.nn.Module):
    """Parameters and statistics by the names of networks.py, with / for the dots."""

    def __init__(self):
        super().__init__()
        params, stats = {}, {}
        loss_of(params, stats, 0, 1, False)  # makes them
        for name, p in params.items():
            self.register_parameter(name.replace(".", "/"), torch.nn.Parameter(p.detach().clone()))
        for name, s in stats.items():
            self.register_buffer(name.replace(".", "/"), s.clone())

    def named(self):
        return ({n.replace("/", "."): p for n, p in self.named_parameters()},
                {n.replace("/", "."): b for n, b in self.named_buffers()})


def main():
    model = Model()
    params, stats = model.named()
    averaged = AveragedModel(model, use_buffers=True,
                             avg_fn=lambda a, w, n: DECAY * a + (1 - DECAY) * w)
    sgd = torch.optim.SGD(model.parameters(), lr=0.05, momentum=0.9, weight_decay=1e-3)
    losses, rows = [], []
    for _ in range(STEPS):
        sgd.zero_grad()
        loss_of(params, stats, 0, TRAIN, True).backward()
        sgd.step()
        averaged.update_parameters(model)
        of, running = averaged.module.named()
        with torch.no_grad():
            losses.append(float(loss_of(of, running, TRAIN, TEST, False)))
        rows.append([networks.checksum(t) for t in [*of.values(), *running.values()]])
    names = [*params, *stats]
    print("/* SPDX-License-Identifier: BSD-3-Clause\n"
          " * Made by average.py with PyTorch %s: do not edit.\n"
          " * The loss of the averaged model on the test images after each step, and checksum and norm\n"
          " * (tests/models/reference/reference.h) of each of its tensors. */\n"
          "#ifndef OT_TESTS_TRAIN_AVERAGE_H\n#define OT_TESTS_TRAIN_AVERAGE_H\n" % torch.__version__[:4])
    print("enum { AVERAGE_STEPS = %d, AVERAGE_TENSORS = %d };" % (STEPS, len(names)))
    print("static const double average_losses[AVERAGE_STEPS] = {")
    for loss in losses:
        print("    %.17g," % loss)
    print("};\nstatic const struct {\n    const char *name;\n"
          "    double of[AVERAGE_STEPS][2];\n} average_tensors[AVERAGE_TENSORS] = {")
    for k, name in enumerate(names):
        print('    { "%s",\n      {' % name)
        for row in rows:
            print("          { %.17g, %.17g }," % row[k])
        print("      } },")
    print("};\n\n#endif")


main()
