/* SPDX-License-Identifier: BSD-3-Clause
 * How Fixup networks were trained on CIFAR-10 (hongyi-zhang/Fixup): with mixup, which takes the
 * place of normalisation as a regulariser.  Biases and scales learn at a tenth of the rate, which
 * the parts called fixup say themselves.  Weight decay is on all parameters; without mixup it was
 * 5e-4. */
#include "odetape.h"

static const char *const options[][2] = {
    { "epochs", "200" },
    { "batch", "128" },
    { "lr", "0.1" },
    { "momentum", "0.9" },
    { "weight-decay", "0.0001" },
    { "milestones", "100,150" },
    { "decay", "0.1" },
    { "mixup", "1" },
    { "augment", "standard" },
    { "crop", "4" },
    { "no-flip", "false" },
    { NULL, NULL },
};

const ot_recipe ot_recipe_fixup = {
    .name = "fixup",
    .summary = "SGD for 200 epochs, lr 0.1 divided by 10 twice, mixup",
    .reference = "Zhang et al. 2019",
    .options = options,
};
