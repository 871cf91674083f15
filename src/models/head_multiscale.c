/* SPDX-License-Identifier: BSD-3-Clause
 * Head multiscale of RK-Net (Zhu, Chang and Fu 2018): a norm, a ReLU and the mean over all pixels
 * of what every level leaves, one after the other as features.  The weights of the linear layer
 * start as Xavier's, uniform. */
#include <stdio.h>

#include "odetape.h"

enum { MOST_LEVELS = 16 };

static ot_var pooled(ot_block *b, int level, ot_var x)
{
    ot_tape *const t = ot_block_tape(b);
    char bn[16];
    snprintf(bn, sizeof bn, "bn%d", level);
    return ot_global_avg_pool(t, ot_relu(t, ot_block_norm(b, bn, x)));
}

static ot_var record(ot_block *b, ot_var x)
{
    ot_tape *const t = ot_block_tape(b);
    ot_var features[MOST_LEVELS];
    int n = 0;
    for (ot_var y; n < MOST_LEVELS && (y = ot_block_level(b, n)).id; n++)
        features[n] = pooled(b, n, y);
    if (n > 0 || !x.id) return ot_concat(t, n, features);
    return ot_tape_fail(
        t, OT_EINVAL,
        "the head multiscale reads every level, which controlled steps do not keep; "
        "use --head bn-relu-pool");
}

const ot_head_kind ot_head_multiscale = {
    .about = { .name = "multiscale",
               .equation = "[pool(relu(bn(x))) of every level]",
               .reference = "Zhu, Chang and Fu 2018" },
    .linear = ot_init_xavier_uniform,
    .record = record,
};
