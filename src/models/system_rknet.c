/* SPDX-License-Identifier: BSD-3-Clause
 * RK-Net for CIFAR-10: three levels of one step with five stages, of 80 channels, in the three
 * forms of github.com/ZhuMai/RKCNN.  Explicit: 1,192,810 parameters.  With one update, in place or
 * all at once: 2,551,210. */
#include "odetape.h"

static const char reference[] = "Zhu, Chang and Fu 2018, github.com/ZhuMai/RKCNN";

#define OPTIONS(id, net)                                                                           \
    static const char *const id[][2] = {                                                           \
        { "net", net },           { "levels", "80,80:2,80:2" },                                    \
        { "down", "rknet" },      { "stem", "conv" },                                              \
        { "head", "multiscale" }, { "norm", "batch(eps=1e-3, momentum=0.01)" },                    \
        { NULL, NULL },                                                                            \
    }
OPTIONS(explicit, "rknet(stages=5)");
OPTIONS(inplace, "rknet(stages=5, updates=1, update=inplace)");
OPTIONS(all, "rknet(stages=5, updates=1, update=all)");

static const ot_check explicit_checks[] = {
    { .property = "parameters", .expected = 1192810 },
    { .property = NULL },
};

const ot_system ot_system_rknet_e_5_5_5 = {
    .name = "rknet-e-5-5-5",
    .summary = "RK-Net, explicit, five stages in each level",
    .reference = reference,
    .options = explicit,
    .checks = explicit_checks,
};

static const ot_check inplace_checks[] = {
    { .property = "parameters", .expected = 2551210 },
    { .property = NULL },
};

const ot_system ot_system_rknet_i_5_5_5 = {
    .name = "rknet-i-5-5-5",
    .summary = "RK-Net with one update in place",
    .reference = reference,
    .options = inplace,
    .checks = inplace_checks,
};

static const ot_check all_checks[] = {
    { .property = "parameters", .expected = 2551210 },
    { .property = NULL },
};

const ot_system ot_system_rknet_r_5_5_5 = {
    .name = "rknet-r-5-5-5",
    .summary = "RK-Net with one update of all stages at once",
    .reference = reference,
    .options = all,
    .checks = all_checks,
};
