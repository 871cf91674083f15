/* SPDX-License-Identifier: BSD-3-Clause
 * ResNet-20 for CIFAR-10 in its first form: 269,722 parameters. */
#include "odetape.h"

static const char *const options[][2] = {
    { "net", "euler x3" },    { "levels", "16,32:2,64:2" },
    { "down", "A" },          { "stem", "conv-bn-relu" },
    { "head", "pool" },       { "subnet", "postact" },
    { "block-relu", "true" }, { NULL, NULL },
};

const ot_system ot_system_resnet20_v1 = {
    .name = "resnet20-v1",
    .summary = "ResNet-20 with the activation after the sum",
    .reference = "He et al. 2015",
    .options = options,
};
