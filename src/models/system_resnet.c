/* SPDX-License-Identifier: BSD-3-Clause
 * ResNets for CIFAR-10: three levels of n blocks, that is 6n + 2 layers.
 *
 *     v1    ReLU after the sum (He et al. 2015); down A, or B as said
 *     v2    pre-activation (He et al. 2016); down A
 *
 * ResNet-164 has blocks of three convolutions.  Its stem is as wide as its first level, 64
 * channels; that of the paper has 16, and the first block widens it. */
#include "odetape.h"

#define OT_SYSTEM(id, is, what, who, count, ...)                                                   \
    const ot_system ot_system_##id = { .name = is,                                                 \
                                       .summary = what,                                            \
                                       .reference = who,                                           \
                                       .checks = count,                                            \
                                       .options = (const char *const[][2]){ __VA_ARGS__,           \
                                                                            { NULL, NULL } } }

/* clang-format off */
#define PARAMETERS(n)                                                                              \
    ((const ot_check[]){ { .property = "parameters", .expected = n }, { .property = NULL } })
#define LEVELS { "levels", "16,32:2,64:2" }
#define V1(blocks, down)                                                                           \
    { "net", blocks }, LEVELS, { "down", down }, { "stem", "conv-bn-relu" }, { "head", "pool" },   \
    { "subnet", "postact" }, { "block-relu", "true" }
#define V2(blocks)                                                                                 \
    { "net", blocks }, LEVELS, { "down", "A" }, { "stem", "conv" }, { "head", "bn-relu-pool" },    \
    { "subnet", "preact" }

#define AFTER " with the activation after the sum"
#define BEFORE " with pre-activation"
static const char v1[] = "He et al. 2015", v2[] = "He et al. 2016";

OT_SYSTEM(resnet20_v1, "resnet20-v1", "ResNet-20" AFTER, v1, PARAMETERS(269722),
          V1("euler x3", "A"));
OT_SYSTEM(resnet20_v1_b, "resnet20-v1-b", "ResNet-20 with projections as shortcuts", v1,
          PARAMETERS(272474),
          V1("euler x3", "B"));
OT_SYSTEM(resnet32_v1, "resnet32-v1", "ResNet-32" AFTER, v1, PARAMETERS(464154),
          V1("euler x5", "A"));
OT_SYSTEM(resnet44_v1, "resnet44-v1", "ResNet-44" AFTER, v1, PARAMETERS(658586),
          V1("euler x7", "A"));
OT_SYSTEM(resnet56_v1, "resnet56-v1", "ResNet-56" AFTER, v1, PARAMETERS(853018),
          V1("euler x9", "A"));
OT_SYSTEM(resnet110_v1, "resnet110-v1", "ResNet-110" AFTER, v1, PARAMETERS(1727962),
          V1("euler x18", "A"));
OT_SYSTEM(resnet20_v2, "resnet20-v2", "ResNet-20" BEFORE, v2, PARAMETERS(269722), V2("euler x3"));
OT_SYSTEM(resnet32_v2, "resnet32-v2", "ResNet-32" BEFORE, v2, PARAMETERS(464154),
          V2("euler x5"));
OT_SYSTEM(resnet44_v2, "resnet44-v2", "ResNet-44" BEFORE, v2, PARAMETERS(658586),
          V2("euler x7"));
OT_SYSTEM(resnet56_v2, "resnet56-v2", "ResNet-56" BEFORE, v2, PARAMETERS(853018),
          V2("euler x9"));
OT_SYSTEM(resnet110_v2, "resnet110-v2", "ResNet-110" BEFORE, v2, PARAMETERS(1727962),
          V2("euler x18"));
OT_SYSTEM(resnet164_v2, "resnet164-v2", "ResNet-164" BEFORE " and bottlenecks", v2, NULL,
          { "net", "euler x18" }, { "levels", "64,128:2,256:2" }, { "down", "P" },
          { "stem", "conv" }, { "head", "bn-relu-pool" }, { "subnet", "bottleneck" });
/* clang-format on */
