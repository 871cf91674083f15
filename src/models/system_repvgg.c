/* SPDX-License-Identifier: BSD-3-Clause
 * RepVGG on CIFAR-10: 18 blocks without shortcuts, as many 3x3 convolutions as ResNet-20 has in
 * its blocks.  Its networks were published for ImageNet only; this size, 301,914 parameters, is
 * our own, and its stem is a convolution with a norm where theirs is one more block.  A block of
 * 64 channels has 41,344 parameters, and 36,928 after fusing. */
#include "odetape.h"

static const char *const options[][2] = {
    { "net", "plain x6" }, { "levels", "16,32:2,64:2" }, { "stem", "conv-bn-relu" },
    { "head", "pool" },    { "subnet", "repvgg" },       { NULL, NULL },
};

/* One block of 64 channels: a stem of 1,856 parameters and a head of 650. */
static const char *const block[][2] = { { "net", "plain x1" }, { "levels", "64" }, { NULL, NULL } };

static const ot_check checks[] = {
    { .property = "parameters", .expected = 301914 },
    { .property = "parameters", .options = block, .expected = 41344 + 1856 + 650 },
    { .property = "fused", .bound = 1e-12 },
    { .property = NULL },
};

const ot_system ot_system_repvgg = {
    .name = "repvgg",
    .summary = "RepVGG: blocks of three parallel terms, no shortcuts",
    .reference = "Ding et al. 2021",
    .options = options,
    .checks = checks,
};
