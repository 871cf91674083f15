#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
"""The header import.h: logits of PyTorch networks with PyTorch's names, in double precision.

    python3 import.py RESNET20.safetensors TEST_BATCH.bin >import.h

Made with Debian's PyTorch 1.13.  The module is ResNet-20 as in public code for CIFAR-10 (akamaster/
pytorch_resnet_cifar10, option A and, as `option`, B).  "formula": narrow networks whose values
follow from the names of their tensors by the rule of tests/models/reference/reference.h.  "genuine":
the published weights, on the first images of CIFAR-10's test set; the numbers of mean and deviation
are rounded to float32, as files have them.
"""
import json
import os
import struct
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)),
                                "../../models/reference"))
import torch
import torch.nn as nn
import torch.nn.functional as F

import networks

IMAGES = 4
MEAN, DEVIATION = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)


class Block(nn.Module):
    def __init__(self, before, width, stride, option):
        super().__init__()
        self.conv1 = nn.Conv2d(before, width, 3, stride, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(width)
        self.conv2 = nn.Conv2d(width, width, 3, 1, 1, bias=False)
        self.bn2 = nn.BatchNorm2d(width)
        self.stride, self.pad = stride, (width - before) // 2
        self.shortcut = nn.Sequential()
        if option == "B" and (stride > 1 or self.pad):
            self.shortcut = nn.Sequential(nn.Conv2d(before, width, 1, stride, bias=False),
                                          nn.BatchNorm2d(width))

    def forward(self, x):
        y = self.bn2(self.conv2(F.relu(self.bn1(self.conv1(x)))))
        if len(self.shortcut):
            return F.relu(y + self.shortcut(x))
        s = x[:, :, ::self.stride, ::self.stride]
        return F.relu(y + F.pad(s, (0, 0, 0, 0, self.pad, self.pad)))


class ResNet(nn.Module):
    def __init__(self, widths, blocks, option, classes):
        super().__init__()
        self.conv1 = nn.Conv2d(3, widths[0], 3, 1, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(widths[0])
        before = widths[0]
        for i, width in enumerate(widths):
            level = []
            for k in range(blocks):
                level.append(Block(before, width, 2 if i and not k else 1, option))
                before = width
            setattr(self, "layer%d" % (i + 1), nn.Sequential(*level))
        self.linear = nn.Linear(before, classes)

    def forward(self, x):
        x = F.relu(self.bn1(self.conv1(x)))
        x = self.layer3(self.layer2(self.layer1(x)))
        return self.linear(x.mean((2, 3)))


def formula(option):
    net = ResNet((2, 4, 6), 2, option, 5).eval()
    state = {name: t if name.endswith("num_batches_tracked") else networks.value(name, t.shape)
             for name, t in net.state_dict().items()}
    net.load_state_dict(state)
    images = networks.images(networks.Net("", "euler", "2", 1, "A", batch=IMAGES, size=8))
    with torch.no_grad():
        return net(images)


def read_safetensors(path):
    data = open(path, "rb").read()
    size = struct.unpack("<Q", data[:8])[0]
    header = json.loads(data[8:8 + size])
    header.pop("__metadata__", None)
    state = {}
    for name, t in header.items():
        begin, end = (8 + size + at for at in t["data_offsets"])
        values = struct.unpack("<%df" % ((end - begin) // 4), data[begin:end])
        state[name] = torch.tensor(values).reshape(t["shape"])
    return state


def genuine(weights, batch):
    net = ResNet((16, 32, 64), 3, "A", 10).eval()
    missing, unexpected = net.load_state_dict(read_safetensors(weights), strict=False)
    assert not unexpected and all(m.endswith("num_batches_tracked") for m in missing)
    records = open(batch, "rb").read(IMAGES * 3073)
    pixels = torch.tensor(list(records)).reshape(IMAGES, 3073)[:, 1:].reshape(IMAGES, 3, 32, 32)
    mean, deviation = (torch.tensor(v, dtype=torch.float32).double().reshape(3, 1, 1)
                       for v in (MEAN, DEVIATION))
    with torch.no_grad():
        return net((pixels / 255 - mean) / deviation)


def write(name, logits):
    print("\nstatic const double %s[%d][%d] = {" % (name, *logits.shape))
    for row in logits.tolist():
        print("    { " + ",\n      ".join("%.17g" % v for v in row) + " },")
    print("};")


def main():
    torch.set_default_dtype(torch.float64)
    print("/* SPDX-License-Identifier: BSD-3-Clause")
    print(" * Made by import.py with PyTorch %s: do not edit. */" % torch.__version__[:4])
    print("#ifndef OT_TESTS_IMPORT_H\n#define OT_TESTS_IMPORT_H\n/* clang-format off */")
    print("\nenum { IMPORT_IMAGES = %d };" % IMAGES)
    write("import_option_a", formula("A"))
    write("import_option_b", formula("B"))
    print("\n/* The published weights of ResNet-20 on the first images of CIFAR-10's test set. */", end="")
    write("import_genuine", genuine(*sys.argv[1:]))
    print("\n#endif")


main()
