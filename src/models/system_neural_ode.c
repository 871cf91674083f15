/* SPDX-License-Identifier: BSD-3-Clause
 * A neural ODE for CIFAR-10.  Each level integrates one f(t, x), which all steps and stages share,
 * from time 0 to 1, in steps whose error is controlled.  f is that of the example odenet_mnist.py
 * of torchdiffeq, and so is the gradient of the steps.  The example has one level of 64 channels
 * after two strided residual blocks; here levels follow each other as in ResNet-20, with layers
 * between them, because an integral cannot change the shape. */
#include "odetape.h"

static const char *const options[][2] = {
    { "net", "dormand_prince54 x1" }, { "levels", "16,32:2,64:2" },
    { "down", "connector" },          { "stem", "conv" },
    { "head", "bn-relu-pool" },       { "subnet", "timed" },
    { "step", "controlled" },         { "weights", "shared" },
    { "gradient", "discrete" },       { NULL, NULL },
};

const ot_system ot_system_neural_ode = {
    .name = "neural-ode",
    .summary = "neural ODE with controlled steps and the time as a channel",
    .reference = "Chen et al. 2018, github.com/rtqichen/torchdiffeq",
    .options = options,
};
