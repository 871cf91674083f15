/* SPDX-License-Identifier: BSD-3-Clause
 * How DenseNet was trained (Huang et al. 2017, as in andreasveit/densenet-pytorch): 4.76 % errors
 * on the test images with densenet-bc-100-12 and 5.35 % with densenet-40-12, in the best of 300
 * epochs. */
#include "odetape.h"

static const char reference[] = "Huang et al. 2017";
static const char summary[] = "SGD with Nesterov momentum for 300 epochs, batches of 64";

static const char *const options[][2] = {
    { "epochs", "300" },
    { "batch", "64" },
    { "lr", "0.1" },
    { "momentum", "0.9" },
    { "optimiser", "sgd(nesterov=on)" },
    { "weight-decay", "0.0001" },
    { "milestones", "150,225" },
    { "decay", "0.1" },
    { "augment", "standard" },
    { "crop", "4" },
    { "no-flip", "false" },
    { NULL, NULL },
};

const ot_recipe ot_recipe_densenet_bc_100_12 = {
    .name = "densenet-bc-100-12",
    .summary = summary,
    .reference = reference,
    .options = options,
};

const ot_recipe ot_recipe_densenet_40_12 = {
    .name = "densenet-40-12",
    .summary = summary,
    .reference = reference,
    .options = options,
};
