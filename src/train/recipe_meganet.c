/* SPDX-License-Identifier: BSD-3-Clause
 * How the networks of Ruthotto and Haber were trained on CIFAR-10 (examples/2018-jmiv/runCIFAR10.m
 * of XtractOpen/Meganet.m): weights of consecutive steps stay close, and all parameters stay
 * within [-1, 1].  The learning rate is divided by 1.5 every 10 epochs from epoch 40 on.  The
 * weight decay spares the norms, as theirs does, and also the bias of the linear layer. */
#include "odetape.h"

static const char *const options[][2] = {
    { "epochs", "180" },
    { "batch", "32" },
    { "lr", "0.05" },
    { "momentum", "0.9" },
    { "weight-decay", "0.0002" },
    { "decay-on", "weights" },
    { "smoothness", "0.0002" },
    { "clamp", "1" },
    { "milestones", "40,50,60,70,80,90,100,110,120,130,140,150,160,170" },
    { "decay", "0.66666666666666663" },
    { "augment", "standard" },
    { "crop", "4" },
    { "no-flip", "false" },
    { NULL, NULL },
};

const ot_recipe ot_recipe_meganet = {
    .name = "meganet",
    .summary = "SGD for 180 epochs, smooth in time, all parameters within 1",
    .reference = "Ruthotto and Haber 2018",
    .options = options,
};
