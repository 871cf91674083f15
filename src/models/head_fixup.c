/* SPDX-License-Identifier: BSD-3-Clause
 * Head fixup: the mean over all pixels and one learned number.  The linear layer after it starts at
 * zero, so all classes start with equal chances.  Both biases learn at a tenth of the rate. */
#include "odetape.h"

static ot_init zeros(int inputs, int classes)
{
    (void)inputs, (void)classes;
    return OT_ZEROS;
}

static ot_var record(ot_block *b, ot_var x)
{
    return ot_block_shift(b, "bias2", ot_global_avg_pool(ot_block_tape(b), x),
                          (ot_rule){ .lr = 0.1 });
}

const ot_head_kind ot_head_fixup = {
    .about = { .name = "fixup", .equation = "pool(x) + bias2", .reference = "Zhang et al. 2019" },
    .linear = zeros,
    .bias = { .lr = 0.1 },
    .record = record,
};
