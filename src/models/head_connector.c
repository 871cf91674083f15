/* SPDX-License-Identifier: BSD-3-Clause
 * Head connector: a 1x1 convolution, a norm and a ReLU, as between levels, then the mean over all
 * pixels (Ruthotto and Haber 2018).  The linear layer starts with the deviation 0.1 of the authors'
 * code, which clips beyond 0.2; here such a number is drawn again. */
#include "odetape.h"

static ot_init small(int inputs, int classes)
{
    (void)inputs, (void)classes;
    return ot_init_truncated(0.1);
}

static ot_var record(ot_block *b, ot_var x)
{
    ot_tape *const t = ot_block_tape(b);
    x = ot_block_norm(b, "bn", ot_block_conv(b, "conv", x, 1, ot_block_channels(b), 1));
    return ot_global_avg_pool(t, ot_relu(t, x));
}

const ot_head_kind ot_head_connector = {
    .about = { .name = "connector",
               .equation = "pool(relu(bn(conv1x1(x))))",
               .reference = "Ruthotto and Haber 2018" },
    .linear = small,
    .record = record,
};
