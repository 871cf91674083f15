/* SPDX-License-Identifier: BSD-3-Clause
 * Sub-net postact: f(x) = bn(conv(relu(bn(conv(x))))), the branch of the first ResNet (He et al.
 * 2015), which has a ReLU after the sum: --block-relu. */
#include "odetape.h"

static ot_var record(ot_block *b, ot_var x)
{
    const int channels = ot_block_channels(b);
    x = ot_block_norm(b, "bn1", ot_block_conv(b, "conv1", x, 3, channels, ot_block_stride(b)));
    x = ot_relu(ot_block_tape(b), x);
    return ot_block_norm(b, "bn2", ot_block_conv(b, "conv2", x, 3, channels, 1));
}

OT_SUBNET(postact, .about.equation = "bn(conv(relu(bn(conv(x)))))",
          .about.reference = "He et al. 2015", .convs = 2, .record = record);
