/* SPDX-License-Identifier: BSD-3-Clause
 * Head bn-relu-pool: a norm, a ReLU and the mean over all pixels, as pre-activation networks have
 * it. */
#include "odetape.h"

static ot_var record(ot_block *b, ot_var x)
{
    ot_tape *const t = ot_block_tape(b);
    x = ot_relu(t, ot_block_norm(b, "bn", x));
    return ot_global_avg_pool(t, x);
}

const ot_head_kind ot_head_bn_relu_pool = {
    .about = { .name = "bn-relu-pool",
               .equation = "pool(relu(bn(x)))",
               .reference = "He et al. 2016" },
    .record = record,
};
