#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""Trains a small network on the built-in images and draws the loss around it:

    landscape.py [PICTURE] [POINTS] [EPOCHS]

It needs odetape.py (./configure --with-python) and matplotlib (apt install python3-matplotlib)."""
# %% A network and its training
import sys

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt

import odetape as ot

picture = sys.argv[1] if len(sys.argv) > 1 else "landscape.png"
points = int(sys.argv[2]) if len(sys.argv) > 2 else 15
epochs = int(sys.argv[3]) if len(sys.argv) > 3 else 3

net = ot.Net("rk4 x1", width=8, stem_stride=2)
params = net.params(seed=1)
train, test = ot.Dataset("builtin", "train"), ot.Dataset("builtin", "test")
result = ot.train(net, params, train, test, epochs=epochs, lr=0.1, momentum=0.9)
print(f"test accuracy {100 * result.last.test_accuracy:.1f} %")

# %% The loss along two random directions
d0, d1 = (ot.Direction.random(params, norm="filter", seed=1, index=i) for i in range(2))
land = ot.Landscape(net, params, test, [(d0, -1, 1, points), (d1, -1, 1, points)], images=500)

# %% A picture of it
figure, axes = plt.subplots(figsize=(5.5, 4.5))
filled = axes.contourf(land.at[0], land.at[1], land.loss.T, 20)
axes.contour(land.at[0], land.at[1], land.loss.T, 20, colors="black", linewidths=0.3)
axes.plot(0, 0, "w+", markersize=12)
axes.set(xlabel="a", ylabel="b", title="loss at theta + a d0 + b d1", aspect="equal")
figure.colorbar(filled, label="mean cross-entropy")
figure.savefig(picture, dpi=120, bbox_inches="tight")
print(f"loss {land.loss.min():.3f} to {land.loss.max():.3f} in {picture}")
