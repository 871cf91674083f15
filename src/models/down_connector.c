/* SPDX-License-Identifier: BSD-3-Clause
 * The connector between the blocks of two levels (Ruthotto and Haber 2018): a 1x1 convolution, a
 * norm and a ReLU, then an average pool over stride x stride pixels. */
#include "odetape.h"

static ot_var between(ot_block *b, ot_var x)
{
    ot_tape *const t = ot_block_tape(b);
    const int stride = ot_block_stride(b);
    x = ot_block_norm(b, "bn", ot_block_conv(b, "conv", x, 1, ot_block_channels(b), 1));
    x = ot_relu(t, x);
    return stride > 1 ? ot_avg_pool(t, x, stride, stride) : x;
}

OT_DOWN(connector, .about.equation = "average pool(relu(bn(conv1x1(x))))",
        .about.reference = "Ruthotto and Haber 2018", .between = between);
