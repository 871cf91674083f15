/* SPDX-License-Identifier: BSD-3-Clause
 * How RevNets were trained on CIFAR-10, as in the code of Gomez et al. 2017: 80,000 steps of 100
 * images, which are 160 epochs; the rate is divided by 10 after 40,000 and 60,000.  Weights of
 * convolutions and of the linear layer alone have weight decay.  Their code subtracts a mean image
 * over the training and the test images; here it is a mean colour of the training images. */
#include "odetape.h"

static const char *const options[][2] = {
    { "epochs", "160" },
    { "batch", "100" },
    { "lr", "0.1" },
    { "momentum", "0.9" },
    { "weight-decay", "0.0002" },
    { "decay-on", "weights" },
    { "milestones", "80,120" },
    { "decay", "0.1" },
    { "augment", "standard" },
    { "crop", "2" },
    { "no-flip", "false" },
    { NULL, NULL },
};

const ot_recipe ot_recipe_revnet_38 = {
    .name = "revnet-38",
    .summary = "SGD for 160 epochs, lr 0.1 divided by 10 twice, no decay of norms",
    .reference = "Gomez et al. 2017",
    .options = options,
};

const ot_recipe ot_recipe_revnet_110 = {
    .name = "revnet-110",
    .summary = "the same as revnet-38",
    .reference = "Gomez et al. 2017",
    .options = options,
};
