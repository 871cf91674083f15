/* SPDX-License-Identifier: BSD-3-Clause
 * The transition between the levels of DenseNet (Huang et al. 2017): a norm, a ReLU and a 1x1
 * convolution, then an average pool over stride x stride pixels.  Of m channels it makes
 * floor(theta m), unless the levels name another width.  Weights start with the variance
 * 2 / (number of outputs), as in the published code. */
#include "odetape.h"

typedef struct attributes {
    double theta;
} attributes;

static const attributes defaults = { .theta = 0.5 };
static const ot_option rows[] = {
    { .name = "theta",
      .kind = OT_OPTION_REAL,
      .argument = "X",
      .least = 1e-3,
      .most = 1,
      .offset = offsetof(attributes, theta),
      .help = "the part of the channels that stays, where the levels have the width *" },
    { 0 },
};

static int channels(const void *user, int before)
{
    const attributes *const a = user;
    return (int)(a->theta * before);
}

static ot_var between(ot_block *b, ot_var x)
{
    ot_tape *const t = ot_block_tape(b);
    const int out = ot_block_channels(b), stride = ot_block_stride(b);
    const ot_init init = ot_init_he(out);
    x = ot_relu(t, ot_block_norm(b, "bn", x));
    x = ot_block_conv_with(b, "conv", x, 1, out, 1, &(ot_conv_opts){ .init = &init });
    return stride > 1 ? ot_avg_pool(t, x, stride, stride) : x;
}

OT_DOWN(dense, .about.equation = "average pool(conv1x1(relu(bn(x))))",
        .about.reference = "Huang et al. 2017", .about.attributes = rows,
        .about.size = sizeof(attributes), .about.defaults = &defaults, .between = between,
        .channels = channels);
