/* SPDX-License-Identifier: BSD-3-Clause
 * RevNet for CIFAR-10 (Gomez et al. 2017), in the form of its authors' code: batch norm with eps
 * 1e-3, a first block whose F has no norm and ReLU of its own, since the stem ends in them. */
#include "odetape.h"

static const char *const options_38[][2] = {
    { "net", "revnet(first=bare) x3" },
    { "levels", "32,64:2,112:2" },
    { "stem", "conv-bn-relu" },
    { "head", "bn-relu-pool" },
    { "norm", "batch(eps=1e-3,momentum=0.01)" },
    { "subnet", "preact" },
    { NULL, NULL },
};

static const ot_check checks_38[] = {
    { .property = "parameters", .expected = 464890 },
    { .property = "inverse", .bound = 1e-12 },
    { .property = NULL },
};

const ot_system ot_system_revnet_38 = {
    .name = "revnet-38",
    .summary = "RevNet-38, whose blocks can be inverted",
    .reference = "Gomez et al. 2017, github.com/renmengye/revnet-public",
    .options = options_38,
    .checks = checks_38,
};

static const char *const options_110[][2] = {
    { "net", "revnet(first=bare) x9" },
    { "levels", "32,64:2,128:2" },
    { "stem", "conv-bn-relu" },
    { "head", "bn-relu-pool" },
    { "norm", "batch(eps=1e-3,momentum=0.01)" },
    { "subnet", "preact" },
    { NULL, NULL },
};

static const ot_check checks_110[] = {
    { .property = "parameters", .expected = 1729194 },
    { .property = "inverse", .bound = 1e-12 },
    { .property = NULL },
};

const ot_system ot_system_revnet_110 = {
    .name = "revnet-110",
    .summary = "RevNet-110, whose blocks can be inverted",
    .reference = "Gomez et al. 2017, github.com/renmengye/revnet-public",
    .options = options_110,
    .checks = checks_110,
};
