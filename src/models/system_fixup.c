/* SPDX-License-Identifier: BSD-3-Clause
 * Fixup-ResNets for CIFAR-10, without normalisation (hongyi-zhang/Fixup): 20 layers with 268,393
 * parameters, and 110 layers with 1,720,138. */
#include "odetape.h"

static const char reference[] = "Zhang et al. 2019";

/* clang-format off */
#define FIXUP                                                                                      \
    { "levels", "16,32:2,64:2" }, { "down", "fixup" }, { "stem", "fixup" }, { "head", "fixup" },   \
    { "subnet", "fixup" }, { "norm", "none" }, { "block-relu", "true" }, { NULL, NULL }
#define CHECKS(parameters)                                                                         \
    { .property = "parameters", .expected = parameters }, { .property = "loss", .bound = 1e-14 },  \
    { .property = "identity", .options = other_head }, { .property = NULL }
/* clang-format on */

/* The linear layer of the head fixup starts at 0, so that all logits would be equal. */
static const char *const other_head[][2] = { { "head", "pool" }, { NULL, NULL } };

static const char *const options_20[][2] = { { "net", "euler x3" }, FIXUP };
static const ot_check checks_20[] = { CHECKS(268393) };
const ot_system ot_system_fixup20 = {
    .name = "fixup20",
    .summary = "Fixup: a residual network of 20 layers without normalisation",
    .reference = reference,
    .options = options_20,
    .recipe = "fixup",
    .checks = checks_20,
};

static const char *const options_110[][2] = { { "net", "euler x18" }, FIXUP };
static const ot_check checks_110[] = { CHECKS(1720138) };
const ot_system ot_system_fixup110 = {
    .name = "fixup110",
    .summary = "Fixup: a residual network of 110 layers without normalisation",
    .reference = reference,
    .options = options_110,
    .recipe = "fixup",
    .checks = checks_110,
};
