/* SPDX-License-Identifier: BSD-3-Clause
 * Way down B of the first ResNet (He et al. 2015): the shortcut is a strided 1x1 convolution and a
 * norm. */
#include "odetape.h"

static ot_var inside(ot_block *b, ot_var x)
{
    x = ot_block_conv(b, "conv", x, 1, ot_block_channels(b), ot_block_stride(b));
    return ot_block_norm(b, "bn", x);
}

OT_DOWN(B, .about.equation = "bn(conv1x1(x))", .about.reference = "He et al. 2015",
        .inside = inside);
