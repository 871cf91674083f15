/* SPDX-License-Identifier: BSD-3-Clause
 * How a network is trained, as options.  The defaults are the paper's recipe. */
#ifndef OT_CLI_FRAME_RECIPE_H
#define OT_CLI_FRAME_RECIPE_H

#include "cli/frame/augmentation.h"
#include "cli/frame/options.h"
#include "odetape.h"

typedef struct cli_recipe {
    int epochs, batch;
    double lr, momentum, weight_decay, decay;
    cli_list milestones;
    uint64_t seed;
    int augment; /* an index into cli_augmentation_names */
    int crop, cutout;
    bool flip, no_augment;
    double max_seconds;
} cli_recipe;

extern const cli_option cli_recipe_options[];

/* SGD, 260 epochs of batches of 128, lr 0.1 divided by 10 four times; crop and flip are what is
 * usual for CIFAR-10 (the paper does not say). */
#define CLI_PAPER_RECIPE                                                                           \
    {                                                                                              \
        .epochs = 260, .batch = 128, .lr = 0.1, .momentum = 0.9, .weight_decay = 1e-4,             \
        .decay = 0.1, .milestones = { .n = -1 }, .seed = 1, .augment = CLI_AUGMENT_STANDARD,       \
        .crop = 4, .flip = true                                                                    \
    }

/* Fill in what follows from other options: milestones at the paper's fractions of the epochs, no
 * augmentation at all. */
void cli_recipe_complete(cli_recipe *r);

#endif
