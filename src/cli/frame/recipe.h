/* SPDX-License-Identifier: BSD-3-Clause
 * How a network is trained unless the options say otherwise: the paper's recipe. */
#ifndef OT_CLI_FRAME_RECIPE_H
#define OT_CLI_FRAME_RECIPE_H

#include "odetape.h"

/* SGD, 260 epochs of batches of 128, lr 0.1 divided by 10 four times; crop and flip are what is
 * usual for CIFAR-10 (the paper does not say). */
#define CLI_PAPER_RECIPE                                                                           \
    {                                                                                              \
        .epochs = 260, .batch = 128, .lr = 0.1, .momentum = 0.9, .weight_decay = 1e-4,             \
        .decay = 0.1, .milestones = { .n = -1 }, .seed = 1, .crop_pad = 4, .flip = true            \
    }

#endif
