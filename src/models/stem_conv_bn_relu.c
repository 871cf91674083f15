/* SPDX-License-Identifier: BSD-3-Clause
 * Stem conv-bn-relu: a 3x3 convolution, a norm and a ReLU, as in the first ResNet. */
#include "odetape.h"

static ot_var record(ot_block *b, ot_var images)
{
    ot_var x = ot_block_conv(b, "conv", images, 3, ot_block_channels(b), ot_block_stride(b));
    x = ot_block_norm(b, "bn", x);
    return ot_relu(ot_block_tape(b), x);
}

const ot_stem_kind ot_stem_conv_bn_relu = {
    .about = { .name = "conv-bn-relu",
               .equation = "relu(bn(conv(images)))",
               .reference = "He et al. 2015" },
    .record = record,
};
