/* SPDX-License-Identifier: BSD-3-Clause
 * The Hamiltonian network of Ruthotto and Haber 2018: symmetric layers on the two halves of the
 * channels, 264,106 parameters.  Norms are those of parabolic-net. */
#include "odetape.h"

static const char *const options[][2] = {
    { "net", "hamiltonian x3" },   { "levels", "32,64:2,112:2" },
    { "down", "connector" },       { "stem", "conv-bn-relu" },
    { "head", "connector" },       { "subnet", "sym(norm=tv)" },
    { "norm", "batch(eps=1e-4)" }, { NULL, NULL },
};

static const ot_check checks[] = {
    { .property = "parameters", .expected = 264106 },
    { .property = "inverse", .bound = 1e-11 },
    { .property = NULL },
};

const ot_system ot_system_hamiltonian_net = {
    .name = "hamiltonian-net",
    .summary = "symmetric layers as a Hamiltonian system",
    .reference = "Ruthotto and Haber 2018",
    .options = options,
    .recipe = "meganet",
    .checks = checks,
};
