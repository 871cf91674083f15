/* SPDX-License-Identifier: BSD-3-Clause
 * ResNet-20 with other schemes in place of Euler's: linear multistep (LM-ResNet), Adams-Bashforth,
 * and the modules of PolyNet.  Of PolyNet only the scheme is taken: the published network is for
 * ImageNet, and its blocks are Inception's. */
#include "odetape.h"

/* clang-format off */
#define LEVELS { "levels", "16,32:2,64:2" }
#define V2 { "stem", "conv" }, { "head", "bn-relu-pool" }, { "subnet", "preact" }, { NULL, NULL }
/* clang-format on */

static const char lu[] = "Lu et al. 2018, github.com/2prime/LM-ResNet";
static const char zhang[] = "Zhang et al. 2017";

static const char *const lm[][2] = { { "net", "lm x3" }, LEVELS, { "down", "P" }, V2 };
static const char *const euler[][2] = { { "net", "euler x3" }, { NULL, NULL } };
static const char *const no_k[][2] = { { ".k", "0" }, { NULL, NULL } };
static const ot_check lm_checks[] = {
    { .property = "parameters", .expected = 272384 },
    { .property = "equals", .other = euler, .values = no_k },
    { .property = NULL },
};

const ot_system ot_system_lm_resnet20 = {
    .name = "lm-resnet20",
    .summary = "LM-ResNet-20, a linear multistep method with learned k",
    .reference = lu,
    .options = lm,
    .checks = lm_checks,
};

static const char *const ab2[][2] = { { "net", "ab2 x3" }, LEVELS, { "down", "A" }, V2 };
static const char *const first_step[][2] = { { "net", "ab2 x1" }, { NULL, NULL } };
static const char *const euler_step[][2] = { { "net", "euler x1" }, { NULL, NULL } };
static const ot_check ab2_checks[] = {
    { .property = "parameters", .expected = 269722 },
    { .property = "equals", .options = first_step, .other = euler_step },
    { .property = NULL },
};

const ot_system ot_system_ab2 = {
    .name = "ab2",
    .summary = "ResNet-20 with the Adams-Bashforth method of order 2",
    .reference = "Bashforth and Adams 1883",
    .options = ab2,
    .checks = ab2_checks,
};

static const char *const poly2[][2] = {
    { "net", "poly2 x3" }, LEVELS, { "down", "connector" }, V2
};
/* With G = F, mpoly2 is poly2. */
static const char *const one_f[][2] = { { "net", "mpoly2 x3" },
                                        { "weights", "shared" },
                                        { NULL, NULL } };
static const char *const poly2_of_it[][2] = { { "net", "poly2 x3" }, { NULL, NULL } };
static const ot_check poly_checks[] = {
    { .property = "equals", .options = one_f, .other = poly2_of_it },
    { .property = NULL },
};

const ot_system ot_system_poly2 = {
    .name = "polynet-poly2",
    .summary = "PolyNet's x + F(x) + F(F(x)) in the form of ResNet-20",
    .reference = zhang,
    .options = poly2,
    .checks = poly_checks,
};

static const char *const mpoly2[][2] = {
    { "net", "mpoly2 x3" }, LEVELS, { "down", "connector" }, V2
};
const ot_system ot_system_mpoly2 = {
    .name = "polynet-mpoly2",
    .summary = "PolyNet's x + F(x) + G(F(x)) in the form of ResNet-20",
    .reference = zhang,
    .options = mpoly2,
    .checks = poly_checks,
};

static const char *const way2[][2] = { { "net", "way2 x3" }, LEVELS, { "down", "connector" }, V2 };
const ot_system ot_system_way2 = {
    .name = "polynet-way2",
    .summary = "PolyNet's x + F(x) + G(x) in the form of ResNet-20",
    .reference = zhang,
    .options = way2,
};
