/* SPDX-License-Identifier: BSD-3-Clause
 * Sub-net fixup: f(x) = scale conv2(relu(conv1(x + bias1a) + bias1b) + bias2a) + bias2b, a
 * residual branch without a norm (Zhang, Dauphin and Ma 2019).  scale and each bias are one
 * number, which learns at a tenth of the rate.  conv1 starts L^(-1/2) times as large as He's (with
 * the fan of outputs), where L is the number of branches in the network, and conv2 starts at zero,
 * so f(x) = 0 before training.  A shortcut that changes the shape reads x + bias1a too. */
#include <math.h>

#include "odetape.h"

static const ot_rule slow = { .lr = 0.1 };

static ot_var prepare(ot_block *b, ot_var x)
{
    return ot_block_shift(b, "bias1a", x, slow);
}

static ot_var conv(ot_block *b, const char *name, ot_var x, int stride, double deviation)
{
    const ot_init init = { .kind = OT_INIT_NORMAL, .value = deviation };
    const ot_conv_opts opts = { .bias = OT_BIAS_NEVER, .init = &init };
    return ot_block_conv_with(b, name, x, 3, ot_block_channels(b), stride, &opts);
}

static ot_var record(ot_block *b, ot_var x)
{
    ot_tape *const t = ot_block_tape(b);
    const int branches = ot_block_count(b) * ot_scheme_evaluations(ot_block_scheme(b));
    const double he = sqrt(2.0 / (9 * ot_block_channels(b)));
    x = conv(b, "conv1", x, ot_block_stride(b), he / sqrt(branches));
    x = ot_relu(t, ot_block_shift(b, "bias1b", x, slow));
    x = conv(b, "conv2", ot_block_shift(b, "bias2a", x, slow), 1, 0);
    const ot_var scale = ot_block_param(b, "scale", OT_SCALAR, OT_ONES);
    ot_block_rule(b, scale, slow);
    x = ot_lincomb(t, 1, &(ot_coef){ 1.0, scale }, &x);
    return ot_block_shift(b, "bias2b", x, slow);
}

OT_SUBNET(fixup,
          .about.equation = "scale conv2(relu(conv1(x + bias1a) + bias1b) + bias2a) + bias2b",
          .about.reference = "Zhang et al. 2019", .convs = 2, .biases = true, .norm = "none",
          .prepare = prepare, .record = record);
