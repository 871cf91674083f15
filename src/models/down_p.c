/* SPDX-License-Identifier: BSD-3-Clause
 * Way down P of LM-ResNet (Lu et al. 2018): the shortcut is a norm, a ReLU and a strided 1x1
 * convolution. */
#include "odetape.h"

static ot_var inside(ot_block *b, ot_var x)
{
    x = ot_relu(ot_block_tape(b), ot_block_norm(b, "bn", x));
    return ot_block_conv(b, "conv", x, 1, ot_block_channels(b), ot_block_stride(b));
}

OT_DOWN(P, .about.equation = "conv1x1(relu(bn(x)))", .about.reference = "Lu et al. 2018",
        .inside = inside);
