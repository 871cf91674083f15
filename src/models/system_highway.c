/* SPDX-License-Identifier: BSD-3-Clause
 * A highway network in the size of ResNet-20: y = T f(x) + (1 - T) x, with layers of their own
 * where the shape changes.  The paper's networks have 19 layers, 2.3 million parameters and no
 * batch norm; their widths are not published, so this size is our own. */
#include "odetape.h"

static const char *const options[][2] = {
    { "net", "euler x3" },   { "levels", "16,32:2,64:2" },
    { "down", "connector" }, { "branch", "highway(bias=-1)" },
    { "subnet", "preact" },  { NULL, NULL },
};

static const char *const closed[][2] = { { "branch", "highway(bias=-60)" }, { NULL, NULL } };
static const char *const open[][2] = { { "branch", "highway(bias=60)" }, { NULL, NULL } };
static const char *const plain[][2] = { { "net", "plain x3" }, { "branch", NULL }, { NULL, NULL } };

static const ot_check checks[] = {
    { .property = "parameters", .expected = 441098 },
    { .property = "identity", .options = closed, .bound = 1e-12 },
    { .property = "equals", .options = open, .other = plain, .bound = 1e-11 },
    { .property = NULL },
};

const ot_system ot_system_highway = {
    .name = "highway",
    .summary = "blocks with gates between f(x) and x",
    .reference = "Srivastava et al. 2015",
    .options = options,
    .checks = checks,
};
