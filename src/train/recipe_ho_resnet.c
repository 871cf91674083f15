/* SPDX-License-Identifier: BSD-3-Clause
 * How HO-ResNet was trained in the deeper study of its paper: 260 epochs with AutoAugment.  The
 * paper does not say whether images were cropped and flipped; both are usual for CIFAR-10. */
#include "odetape.h"

static const char *const options[][2] = {
    { "epochs", "260" },
    { "batch", "128" },
    { "lr", "0.1" },
    { "momentum", "0.9" },
    { "weight-decay", "0.0001" },
    { "milestones", "100,150,200,230" },
    { "decay", "0.1" },
    { "augment", "autoaugment" },
    { "crop", "4" },
    { "no-flip", "false" },
    { NULL, NULL },
};

const ot_recipe ot_recipe_ho_resnet = {
    .name = "ho-resnet",
    .summary = "SGD for 260 epochs, lr 0.1 divided by 10 four times, AutoAugment",
    .reference = "Luo et al. 2021",
    .options = options,
};
