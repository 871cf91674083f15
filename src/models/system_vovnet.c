/* SPDX-License-Identifier: BSD-3-Clause
 * VoVNet-19-slim with gates for images of 32 x 32 pixels.  The published one
 * (github.com/youngwanLEE/vovnet-detectron2) is a backbone for large images.  This one has a
 * quarter of its channels, and one 3x3 convolution of stride 1 as stem instead of three that divide
 * the image by 4.  Modules, gates and max pools are the same. */
#include "odetape.h"

static const char *const options[][2] = {
    { "net", "osa(n=3, inner=16, out=28) + osa(n=3, inner=20, out=64) + "
             "osa(n=3, inner=24, out=96) + osa(n=3, inner=28, out=128)" },
    { "levels", "32,*:2,*:2,*:2" },
    { "down", "maxpool" },
    { "stem", "conv-bn-relu" },
    { "head", "pool" },
    { NULL, NULL },
};

static const ot_check checks[] = {
    { .property = "parameters", .expected = 162094 },
    { .property = "fused", .bound = 1e-12 },
    { .property = NULL },
};

const ot_system ot_system_vovnet = {
    .name = "vovnet",
    .summary = "VoVNet-19-slim with gates, a quarter of its channels",
    .reference = "Lee and Park 2020, github.com/youngwanLEE/vovnet-detectron2",
    .options = options,
    .checks = checks,
};
