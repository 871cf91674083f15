/* SPDX-License-Identifier: BSD-3-Clause
 * ResNet-20 with scaled branches.
 *
 *     rezero-resnet       alpha f(x), one number per block that starts at 0, in the form of the
 *                         unofficial code for CIFAR-10: f ends in a ReLU, shortcuts are projections
 *     layerscale-resnet   lambda[c] f(x) with vectors that start at 0.1, the value of CaiT for nets
 *                         of up to 18 layers
 *     skipinit            alpha f(x) without any norm: a step size per block that starts at 0 */
#include "odetape.h"

/* clang-format off */
#define EULER { "net", "euler x3" }, { "levels", "16,32:2,64:2" }
/* clang-format on */

static const char *const rezero[][2] = {
    EULER,
    { "down", "B" },
    { "stem", "conv-bn-relu" },
    { "head", "pool" },
    { "subnet", "vgg" },
    { "branch", "rezero" },
    { NULL, NULL },
};

static const ot_check starts_as_the_identity[] = {
    { .property = "identity" },
    { .property = NULL },
};

const ot_system ot_system_rezero_resnet = {
    .name = "rezero-resnet",
    .summary = "ResNet-20 whose blocks start as the identity",
    .reference = "Bachlechner et al. 2020, github.com/fabio-deep/ReZero-ResNet",
    .options = rezero,
    .checks = starts_as_the_identity,
};

static const char *const layerscale[][2] = {
    EULER,
    { "down", "A" },
    { "stem", "conv" },
    { "head", "bn-relu-pool" },
    { "subnet", "preact" },
    { "branch", "layerscale(start=0.1)" },
    { NULL, NULL },
};

static const char *const unscaled[][2] = { { "branch", NULL }, { NULL, NULL } };
static const char *const ones[][2] = { { ".lambda", "1" }, { NULL, NULL } };
static const ot_check layerscale_checks[] = {
    { .property = "equals", .other = unscaled, .values = ones },
    { .property = NULL },
};

const ot_system ot_system_layerscale_resnet = {
    .name = "layerscale-resnet",
    .summary = "ResNet-20 with a learned scale per channel of f",
    .reference = "Touvron et al. 2021",
    .options = layerscale,
    .checks = layerscale_checks,
};

static const char *const skipinit[][2] = {
    EULER,
    { "down", "A" },
    { "stem", "conv" },
    { "head", "bn-relu-pool" },
    { "norm", "none" },
    { "subnet", "preact" },
    { "step", "learned-output" },
    { "step-start", "0" },
    { NULL, NULL },
};

const ot_system ot_system_skipinit = {
    .name = "skipinit",
    .summary = "ResNet-20 without norms, whose blocks start as the identity",
    .reference = "De and Smith 2020",
    .options = skipinit,
    .checks = starts_as_the_identity,
};
