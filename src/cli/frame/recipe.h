/* SPDX-License-Identifier: BSD-3-Clause
 * The default options of a training: the paper's recipe. */
#ifndef OT_CLI_FRAME_RECIPE_H
#define OT_CLI_FRAME_RECIPE_H

#include "odetape.h"

/* SGD, 260 epochs, batches of 128 images, lr 0.1 divided by 10 four times.  The paper does not say
 * how images are augmented; crop and flip are usual for CIFAR-10. */
#define CLI_PAPER_RECIPE                                                                           \
    {                                                                                              \
        .epochs = 260, .batch = 128, .lr = 0.1, .momentum = 0.9, .weight_decay = 1e-4,             \
        .decay = 0.1, .milestones = { .n = -1 }, .seed = 1, .crop_pad = 4, .flip = true            \
    }

#endif
