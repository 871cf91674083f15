# SPDX-License-Identifier: BSD-3-Clause
"""Compares the exported modules of PyTorch with odetape, for each folder that `fixtures` has made.

Prints a line per network: the largest differences of the logits (double, and float32), and of all
tensors after a step of training, as parts of the largest number.  Fails above 1e-5, and in double
above 1e-6 (files hold float32).
"""

import importlib.util
import os
import sys

import numpy
import torch


def distance(a, b):
    a, b = numpy.asarray(a, numpy.float64), numpy.asarray(b, numpy.float64)
    return abs(a - b).max() / max(abs(b).max(), 1e-30)


def open_module(folder):
    spec = importlib.util.spec_from_file_location("model", os.path.join(folder, "pytorch", "model.py"))
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def compare(folder):
    def array(name):
        return numpy.load(os.path.join(folder, name + ".npy"))

    module = open_module(folder)
    images = torch.tensor(array("images"))
    labels = torch.tensor(array("labels").astype(numpy.int64))
    with torch.no_grad():
        single = distance(module.load()(images), array("logits"))
        model = module.load().double()
        double = distance(model(images.double()), array("logits"))
    module.train(model, [(images.double(), labels)], lr=0.1, momentum=0.0)
    after = module.read_tensors(os.path.join(folder, "after.safetensors"))
    here = model.state_dict()
    step = max(distance(here[name], after[name]) for name in after)
    return double, single, step


def main():
    torch.manual_seed(0)
    worst = 0
    for name in sorted(os.listdir(sys.argv[1])):
        double, single, step = compare(os.path.join(sys.argv[1], name))
        passed = double <= 1e-6 and single <= 1e-5 and step <= 1e-5
        worst |= not passed
        print(f"{name:20} {double:9.1e} {single:9.1e} {step:9.1e} {'' if passed else 'WRONG'}")
    return worst


sys.exit(main())
