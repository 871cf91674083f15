/* SPDX-License-Identifier: BSD-3-Clause
 * How ResNet-20 was trained (He et al. 2015, as in akamaster/pytorch_resnet_cifar10): weight decay
 * on all parameters, and 8.27 % errors on the test images in the best of 200 epochs. */
#include "odetape.h"

static const char *const options[][2] = {
    { "epochs", "200" },
    { "batch", "128" },
    { "lr", "0.1" },
    { "momentum", "0.9" },
    { "weight-decay", "0.0001" },
    { "milestones", "100,150" },
    { "decay", "0.1" },
    { "augment", "standard" },
    { "crop", "4" },
    { "no-flip", "false" },
    { NULL, NULL },
};

const ot_recipe ot_recipe_resnet20_v1 = {
    .name = "resnet20-v1",
    .summary = "SGD for 200 epochs, lr 0.1 divided by 10 twice, crop and flip",
    .reference = "He et al. 2015",
    .options = options,
};
