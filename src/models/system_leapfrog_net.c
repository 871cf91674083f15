/* SPDX-License-Identifier: BSD-3-Clause
 * The second-order network of Ruthotto and Haber 2018: x'' = -K^T relu(N(K x)) by the leapfrog
 * scheme, 502,570 parameters.  Norms are those of parabolic-net. */
#include "odetape.h"

static const char *const options[][2] = {
    { "net", "leapfrog x3" },      { "levels", "32,64:2,112:2" },
    { "down", "connector" },       { "stem", "conv-bn-relu" },
    { "head", "connector" },       { "subnet", "sym(norm=tv)" },
    { "norm", "batch(eps=1e-4)" }, { NULL, NULL },
};

static const char *const bare[][2] = { { "subnet", "sym" }, { "norm", "none" }, { NULL, NULL } };

static const ot_check checks[] = {
    { .property = "parameters", .expected = 502570 },
    { .property = "inverse", .bound = 1e-11 },
    { .property = "symmetric", .options = bare, .bound = 1e-12 },
    { .property = NULL },
};

const ot_system ot_system_leapfrog_net = {
    .name = "leapfrog-net",
    .summary = "symmetric layers as a second-order equation",
    .reference = "Ruthotto and Haber 2018",
    .options = options,
    .recipe = "meganet",
    .checks = checks,
};
