/* SPDX-License-Identifier: BSD-3-Clause
 * DenseNet for CIFAR-10 with 100 and 40 layers, 12 channels each, as in
 * github.com/andreasveit/densenet-pytorch: 769,162 and 1,059,298 parameters.  The stem has 24
 * channels there in both; in the paper that of the second has 16, --levels 16,*:2,*:2, which makes
 * 1,019,722 parameters. */
#include "odetape.h"

static const char reference[] = "Huang et al. 2017, github.com/andreasveit/densenet-pytorch";

static const char *const bc_100_12[][2] = {
    { "net", "dense(growth=12, bottleneck=4) x16" },
    { "levels", "24,*:2,*:2" },
    { "down", "dense(theta=0.5)" },
    { "stem", "conv(fan=out)" },
    { "head", "bn-relu-pool" },
    { NULL, NULL },
};

static const char *const plain_40_12[][2] = {
    { "net", "dense(growth=12, bottleneck=0) x12" },
    { "levels", "24,*:2,*:2" },
    { "down", "dense(theta=1)" },
    { "stem", "conv(fan=out)" },
    { "head", "bn-relu-pool" },
    { NULL, NULL },
};

static const ot_check bc_100_12_checks[] = {
    { .property = "parameters", .expected = 769162 },
    { .property = "channels", .expected = 342 },
    { .property = NULL },
};

const ot_system ot_system_densenet_bc_100_12 = {
    .name = "densenet-bc-100-12",
    .summary = "DenseNet-BC with 100 layers, growth 12",
    .reference = reference,
    .options = bc_100_12,
    .checks = bc_100_12_checks,
};

static const ot_check plain_40_12_checks[] = {
    { .property = "parameters", .expected = 1059298 },
    { .property = "channels", .expected = 456 },
    { .property = NULL },
};

const ot_system ot_system_densenet_40_12 = {
    .name = "densenet-40-12",
    .summary = "DenseNet with 40 layers, growth 12",
    .reference = reference,
    .options = plain_40_12,
    .checks = plain_40_12_checks,
};
