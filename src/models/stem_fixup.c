/* SPDX-License-Identifier: BSD-3-Clause
 * Stem fixup: a 3x3 convolution, one learned number and a ReLU.  The convolution keeps PyTorch's
 * default initial values, as in the authors' code. */
#include <math.h>

#include "odetape.h"

static ot_var record(ot_block *b, ot_var images)
{
    ot_tape *const t = ot_block_tape(b);
    const double most = 1 / sqrt(9.0 * ot_var_shape(t, images).dim[3]);
    const ot_init init = ot_init_uniform(-most, most);
    const ot_conv_opts opts = { .bias = OT_BIAS_NEVER, .init = &init };
    const ot_var x =
        ot_block_conv_with(b, "conv", images, 3, ot_block_channels(b), ot_block_stride(b), &opts);
    return ot_relu(t, ot_block_shift(b, "bias1", x, (ot_rule){ .lr = 0.1 }));
}

const ot_stem_kind ot_stem_fixup = {
    .about = { .name = "fixup",
               .equation = "relu(conv(images) + bias1)",
               .reference = "Zhang et al. 2019" },
    .record = record,
};
