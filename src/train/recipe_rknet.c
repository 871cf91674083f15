/* SPDX-License-Identifier: BSD-3-Clause
 * How RK-Net was trained (github.com/ZhuMai/RKCNN, with --data_augmentation), without the dropout
 * of that program. */
#include "odetape.h"

static const char reference[] = "Zhu, Chang and Fu 2018";
static const char summary[] = "SGD with Nesterov momentum for 300 epochs, batches of 32";

static const char *const options[][2] = {
    { "epochs", "300" },
    { "batch", "32" },
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

const ot_recipe ot_recipe_rknet_e_5_5_5 = {
    .name = "rknet-e-5-5-5",
    .summary = summary,
    .reference = reference,
    .options = options,
};

const ot_recipe ot_recipe_rknet_i_5_5_5 = {
    .name = "rknet-i-5-5-5",
    .summary = summary,
    .reference = reference,
    .options = options,
};

const ot_recipe ot_recipe_rknet_r_5_5_5 = {
    .name = "rknet-r-5-5-5",
    .summary = summary,
    .reference = reference,
    .options = options,
};
