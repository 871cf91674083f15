/* SPDX-License-Identifier: BSD-3-Clause
 * Head pool: the mean over all pixels, as in the first ResNet and in the paper's parameter
 * count. */
#include "odetape.h"

static ot_var record(ot_block *b, ot_var x)
{
    return ot_global_avg_pool(ot_block_tape(b), x);
}

const ot_head_kind ot_head_pool = {
    .about = { .name = "pool", .equation = "pool(x)", .reference = "He et al. 2015" },
    .record = record,
};
