/* SPDX-License-Identifier: BSD-3-Clause
 * HO-ResNet as in the code of the paper's authors: three levels after a stem with stride 2, and a
 * ReLU after each block, which the paper's equations do not have.  The scheme is RK-4; any other
 * can be named instead. */
#include "odetape.h"

static const char *const options[][2] = {
    { "net", "rk4 x1" },      { "levels", "16,32:2,64:2" },
    { "down", "A" },          { "stem", "conv-bn-relu" },
    { "stem-stride", "2" },   { "head", "pool" },
    { "block-relu", "true" }, { NULL, NULL },
};

const ot_system ot_system_ho_resnet = {
    .name = "ho-resnet",
    .summary = "HO-ResNet in the form of its authors' code",
    .reference = "Luo et al. 2021, github.com/zlannnn/HO-ResNet",
    .options = options,
};
