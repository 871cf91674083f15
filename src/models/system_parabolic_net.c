/* SPDX-License-Identifier: BSD-3-Clause
 * The parabolic network of Ruthotto and Haber 2018: x' = -K^T relu(N(K x)) by Euler's scheme,
 * 502,570 parameters.  As in the authors' code (XtractOpen/Meganet.m), tvNorm is in the symmetric
 * layers and batch norm, with eps 1e-4, in the opening and the connectors.  The last of these
 * belongs to the head. */
#include "odetape.h"

static const char *const options[][2] = {
    { "net", "euler x3" },         { "levels", "32,64:2,112:2" },
    { "down", "connector" },       { "stem", "conv-bn-relu" },
    { "head", "connector" },       { "subnet", "sym(norm=tv)" },
    { "norm", "batch(eps=1e-4)" }, { NULL, NULL },
};

/* The layer without its norm, which has a symmetric Jacobian. */
static const char *const bare[][2] = { { "subnet", "sym" }, { "norm", "none" }, { NULL, NULL } };

static const ot_check checks[] = {
    { .property = "parameters", .expected = 502570 },
    { .property = "symmetric", .options = bare, .bound = 1e-12 },
    { .property = NULL },
};

const ot_system ot_system_parabolic_net = {
    .name = "parabolic-net",
    .summary = "symmetric layers as a parabolic equation",
    .reference = "Ruthotto and Haber 2018",
    .options = options,
    .recipe = "meganet",
    .checks = checks,
};
