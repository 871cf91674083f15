#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
"""Random crops by the two orders that training scripts have, for every place of the crop.

    python3 crops.py | clang-format > crops.h

black: pad the pixels with 0, crop, then normalise (torchvision's transforms in their usual order).
mean: normalise, pad with 0, then crop.  Byte j of the image, in the order (H, W, C), is 37 j mod 256."""
import numpy as np

HEIGHT, WIDTH, CHANNELS, PAD = 4, 3, 2, 1
MEAN, DEVIATION = np.float32([0.25, 0.6]), np.float32([0.2, 0.3])

image = (37 * np.arange(HEIGHT * WIDTH * CHANNELS) % 256).reshape(HEIGHT, WIDTH, CHANNELS)
border = ((PAD, PAD), (PAD, PAD), (0, 0))


def normalise(x):
    return (x.astype(np.float32) / np.float32(255) - MEAN) / DEVIATION


padded = [normalise(np.pad(image, border)), np.pad(normalise(image), border)]
print("/* SPDX-License-Identifier: BSD-3-Clause\n"
      " * Made by crops.py with NumPy: do not edit.  By fill (black, mean) and place of the crop, row by\n"
      " * row. */\n#ifndef OT_TESTS_DATA_CROPS_H\n#define OT_TESTS_DATA_CROPS_H\n")
print("enum { CROP_HEIGHT = %d, CROP_WIDTH = %d, CROP_CHANNELS = %d, CROP_PAD = %d };"
      % (HEIGHT, WIDTH, CHANNELS, PAD))
print("static const float crops[2][%d][%d] = {" % ((2 * PAD + 1) ** 2, image.size))
for fill in padded:
    print("    {")
    for y in range(2 * PAD + 1):
        for x in range(2 * PAD + 1):
            window = fill[y:y + HEIGHT, x:x + WIDTH].reshape(-1)
            print("        { " + ", ".join("%.9gf" % v if v != int(v) else "%.1ff" % v
                                           for v in window) + " },")
    print("    },")
print("};\n\n#endif")
