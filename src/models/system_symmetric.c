/* SPDX-License-Identifier: BSD-3-Clause
 * The networks of Ruthotto and Haber 2018, whose layers are F(x) = -K^T relu(N(K x)):
 *
 *     parabolic     x' = F(x) by Euler's scheme, 502,570 parameters
 *     leapfrog      x'' = F(x) by the leapfrog scheme, 502,570 parameters
 *     hamiltonian   y' = F(z), z' = -G(y) on the two halves of the channels, 264,106 parameters
 *
 * As in the authors' code (XtractOpen/Meganet.m), tvNorm is in the symmetric layers and batch norm,
 * with eps 1e-4, in the opening and the connectors.  The last of these belongs to the head. */
#include "odetape.h"

static const char reference[] = "Ruthotto and Haber 2018";

/* clang-format off */
#define SYMMETRIC                                                                                  \
    { "levels", "32,64:2,112:2" }, { "down", "connector" }, { "stem", "conv-bn-relu" },            \
    { "head", "connector" }, { "subnet", "sym(norm=tv)" }, { "norm", "batch(eps=1e-4)" },          \
    { NULL, NULL }
/* clang-format on */

/* The layer without its norm, which has a symmetric Jacobian. */
static const char *const bare[][2] = { { "subnet", "sym" }, { "norm", "none" }, { NULL, NULL } };

static const char *const parabolic[][2] = { { "net", "euler x3" }, SYMMETRIC };
static const ot_check parabolic_checks[] = {
    { .property = "parameters", .expected = 502570 },
    { .property = "symmetric", .options = bare, .bound = 1e-12 },
    { .property = NULL },
};
const ot_system ot_system_parabolic_net = {
    .name = "parabolic-net",
    .summary = "symmetric layers as a parabolic equation",
    .reference = reference,
    .options = parabolic,
    .recipe = "meganet",
    .checks = parabolic_checks,
};

static const char *const leapfrog[][2] = { { "net", "leapfrog x3" }, SYMMETRIC };
static const ot_check leapfrog_checks[] = {
    { .property = "parameters", .expected = 502570 },
    { .property = "inverse", .bound = 1e-11 },
    { .property = "symmetric", .options = bare, .bound = 1e-12 },
    { .property = NULL },
};
const ot_system ot_system_leapfrog_net = {
    .name = "leapfrog-net",
    .summary = "symmetric layers as a second-order equation",
    .reference = reference,
    .options = leapfrog,
    .recipe = "meganet",
    .checks = leapfrog_checks,
};

static const char *const hamiltonian[][2] = { { "net", "hamiltonian x3" }, SYMMETRIC };
static const ot_check hamiltonian_checks[] = {
    { .property = "parameters", .expected = 264106 },
    { .property = "inverse", .bound = 1e-11 },
    { .property = NULL },
};
const ot_system ot_system_hamiltonian_net = {
    .name = "hamiltonian-net",
    .summary = "symmetric layers as a Hamiltonian system",
    .reference = reference,
    .options = hamiltonian,
    .recipe = "meganet",
    .checks = hamiltonian_checks,
};
