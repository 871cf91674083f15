/* SPDX-License-Identifier: BSD-3-Clause
 * Fixup-ResNet-110 for CIFAR-10, without normalisation (hongyi-zhang/Fixup): 1,720,138
 * parameters. */
#include "odetape.h"

static const char *const options[][2] = {
    { "net", "euler x18" }, { "levels", "16,32:2,64:2" }, { "down", "fixup" },
    { "stem", "fixup" },    { "head", "fixup" },          { "subnet", "fixup" },
    { "norm", "none" },     { "block-relu", "true" },     { NULL, NULL },
};

static const char *const other_head[][2] = { { "head", "pool" }, { NULL, NULL } };

static const ot_check checks[] = {
    { .property = "parameters", .expected = 1720138 },
    { .property = "loss", .bound = 1e-14 },
    { .property = "identity", .options = other_head },
    { .property = NULL },
};

const ot_system ot_system_fixup110 = {
    .name = "fixup110",
    .summary = "Fixup: a residual network of 110 layers without normalisation",
    .reference = "Zhang et al. 2019",
    .options = options,
    .recipe = "fixup",
    .checks = checks,
};
