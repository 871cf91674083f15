/* SPDX-License-Identifier: BSD-3-Clause
 * Stem conv: a 3x3 convolution.  The blocks that follow begin with a norm. */
#include "odetape.h"

static ot_var record(ot_block *b, ot_var images)
{
    return ot_block_conv(b, "conv", images, 3, ot_block_channels(b), ot_block_stride(b));
}

const ot_stem_kind ot_stem_conv = {
    .about = { .name = "conv", .equation = "conv(images)", .reference = "He et al. 2016" },
    .record = record,
};
