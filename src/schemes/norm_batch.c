/* SPDX-License-Identifier: BSD-3-Clause
 * Batch norm (Ioffe and Szegedy 2015): y = gamma (x - mean)/sqrt(var + eps) + beta, all per
 * channel.  The defaults are PyTorch's. */
#include <stdio.h>

#include "odetape.h"

typedef struct attributes {
    double eps, momentum;
} attributes;

static const attributes defaults = { .eps = 1e-5, .momentum = 0.1 };

static const ot_option rows[] = {
    { .name = "eps",
      .kind = OT_OPTION_REAL,
      .argument = "X",
      .least = 1e-12,
      .most = 1,
      .offset = offsetof(attributes, eps),
      .help = "added to the variance" },
    { .name = "momentum",
      .kind = OT_OPTION_REAL,
      .argument = "X",
      .most = 1,
      .offset = offsetof(attributes, momentum),
      .help = "part of a batch in the running statistics" },
    { 0 },
};

static ot_var leaf(ot_block *b, bool is_param, const char *layer, const char *name, ot_shape shape,
                   ot_init init)
{
    char whole[128];
    snprintf(whole, sizeof whole, "%s.%s", layer, name);
    return (is_param ? ot_block_param : ot_block_stat)(b, whole, shape, init);
}

static ot_var record(ot_block *b, const char *name, ot_var x)
{
    const attributes *const a = ot_block_attributes(b);
    ot_tape *const t = ot_block_tape(b);
    const ot_shape s = ot_var_shape(t, x),
                   per_channel = OT_SHAPE(s.rank > 0 ? s.dim[s.rank - 1] : 1);
    const ot_var gamma = leaf(b, true, name, "weight", per_channel, OT_ONES);
    const ot_var beta = leaf(b, true, name, "bias", per_channel, OT_ZEROS);
    const ot_var mean = leaf(b, false, name, "running_mean", per_channel, OT_ZEROS);
    const ot_var var = leaf(b, false, name, "running_var", per_channel, OT_ONES);
    ot_scope_push(t, "%s", name);
    const ot_var y =
        ot_batch_norm(t, x, gamma, beta, mean, var, ot_block_momentum(b, a->momentum), a->eps);
    ot_scope_pop(t);
    return y;
}

const ot_norm_kind ot_norm_batch = {
    .about = { .name = "batch",
               .equation = "y = gamma (x - mean)/sqrt(var + eps) + beta",
               .reference = "Ioffe and Szegedy 2015",
               .attributes = rows,
               .size = sizeof(attributes),
               .defaults = &defaults },
    .record = record,
};
