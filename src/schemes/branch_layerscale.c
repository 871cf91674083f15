/* SPDX-License-Identifier: BSD-3-Clause
 * Branch layerscale: lambda[c] f(x) with one learned vector lambda per evaluation, which starts
 * small (Touvron et al. 2021, CaiT).  In a Runge-Kutta scheme it scales each k_i by a vector of its
 * own; one vector per block is --step channel with --step-start.
 *
 * lambda has no weight decay, because their code has none on any parameter of one dimension. */
#include "odetape.h"

typedef struct attributes {
    double start;
} attributes;

static const attributes defaults = { .start = 1e-5 };

static const ot_option rows[] = {
    { .name = "start",
      .kind = OT_OPTION_REAL,
      .argument = "X",
      .most = 1000,
      .offset = offsetof(attributes, start),
      .help = "the value of lambda at first" },
    { 0 },
};

static ot_var record(ot_block *b, ot_var x, ot_var f)
{
    const attributes *const a = ot_block_attributes(b);
    const ot_init init = { .kind = OT_INIT_CONSTANT, .value = a->start };
    const ot_shape s = ot_var_shape(ot_block_tape(b), f);
    (void)x;
    const ot_var lambda =
        ot_block_param(b, "lambda", OT_SHAPE(s.rank > 0 ? s.dim[s.rank - 1] : 1), init);
    ot_block_rule(b, lambda, (ot_rule){ .no_decay = true });
    return ot_scale(ot_block_tape(b), f, lambda);
}

OT_BRANCH(layerscale, .about.equation = "lambda[c] f(x), lambda = 1e-5 at first",
          .about.reference = "Touvron et al. 2021", .about.attributes = rows,
          .about.size = sizeof(attributes), .about.defaults = &defaults, .record = record);
