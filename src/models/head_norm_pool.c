/* SPDX-License-Identifier: BSD-3-Clause
 * Head norm-pool: a norm and the mean over all pixels, as vision transformers without a class token
 * have it.  The linear layer starts as in DeiT's code (Touvron et al. 2021). */
#include "odetape.h"

static ot_init linear(int inputs, int classes)
{
    (void)inputs, (void)classes;
    return ot_init_truncated(0.02);
}

static ot_var record(ot_block *b, ot_var x)
{
    return ot_global_avg_pool(ot_block_tape(b), ot_block_norm(b, "norm", x));
}

const ot_head_kind ot_head_norm_pool = {
    .about = { .name = "norm-pool",
               .equation = "pool(norm(x))",
               .reference = "Dosovitskiy et al. 2021" },
    .mean_of_norm = true,
    .linear = linear,
    .record = record,
};
