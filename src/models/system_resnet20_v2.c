/* SPDX-License-Identifier: BSD-3-Clause
 * ResNet-20 for CIFAR-10 in its second form, with pre-activation: 269,722 parameters. */
#include "odetape.h"

static const char *const options[][2] = {
    { "net", "euler x3" },      { "levels", "16,32:2,64:2" }, { "down", "A" }, { "stem", "conv" },
    { "head", "bn-relu-pool" }, { "subnet", "preact" },       { NULL, NULL },
};

const ot_system ot_system_resnet20_v2 = {
    .name = "resnet20-v2",
    .summary = "ResNet-20 with pre-activation",
    .reference = "He et al. 2016",
    .options = options,
};
