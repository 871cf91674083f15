/* SPDX-License-Identifier: BSD-3-Clause
 * Branch highway: T (f(x) - x) with a gate T = sigmoid(conv3x3(x) + b) per pixel and channel
 * (Srivastava, Greff and Schmidhuber 2015).  With Euler's scheme a block is T f(x) + (1 - T) x.  b
 * starts below 0, so that blocks start by passing x on; deeper networks start lower, down to -4. */
#include "odetape.h"

typedef struct attributes {
    double bias;
} attributes;

static const attributes defaults = { .bias = -1 };
static const ot_option rows[] = {
    { .name = "bias",
      .kind = OT_OPTION_REAL,
      .argument = "X",
      .least = -100,
      .most = 100,
      .offset = offsetof(attributes, bias),
      .help = "where b starts, in all channels" },
    { 0 },
};

static ot_var record(ot_block *b, ot_var x, ot_var f)
{
    const attributes *const a = ot_block_attributes(b);
    ot_tape *const t = ot_block_tape(b);
    const int channels = ot_block_channels(b);
    const ot_init start = { .kind = OT_INIT_CONSTANT, .value = a->bias };
    const ot_var w = ot_block_param(b, "gate.weight", OT_SHAPE(channels, channels, 3, 3),
                                    ot_init_he(9 * channels));
    const ot_var c = ot_block_param(b, "gate.bias", OT_SHAPE(channels), start);
    const ot_var gate = ot_sigmoid(t, ot_bias(t, ot_conv2d(t, x, w, 1, 1), c));
    const ot_var difference = ot_lincomb(t, 2, (const ot_coef[]){ { .value = 1 }, { .value = -1 } },
                                         (const ot_var[]){ f, x });
    return ot_mul(t, gate, difference);
}

OT_BRANCH(highway, .about.equation = "T (f(x) - x), T = sigmoid(conv3x3(x) + b)",
          .about.reference = "Srivastava et al. 2015", .about.attributes = rows,
          .about.size = sizeof(attributes), .about.defaults = &defaults, .one_shape = true,
          .record = record);
