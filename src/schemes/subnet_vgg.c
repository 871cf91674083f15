/* SPDX-License-Identifier: BSD-3-Clause
 * Sub-net vgg: f(x) = relu(bn(conv(relu(bn(conv(x)))))), the VGG style that the paper's text
 * names. */
#include "odetape.h"

static ot_var unit(ot_block *b, const char *conv, const char *bn, ot_var x, int stride)
{
    x = ot_block_conv(b, conv, x, 3, ot_block_channels(b), stride);
    return ot_relu(ot_block_tape(b), ot_block_norm(b, bn, x));
}

static ot_var record(ot_block *b, ot_var x)
{
    return unit(b, "conv2", "bn2", unit(b, "conv1", "bn1", x, ot_block_stride(b)), 1);
}

OT_SUBNET(vgg, .about.equation = "relu(bn(conv(relu(bn(conv(x))))))",
          .about.reference = "Simonyan and Zisserman 2015", .convs = 2, .record = record);
