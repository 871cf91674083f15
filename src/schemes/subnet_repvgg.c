/* SPDX-License-Identifier: BSD-3-Clause
 * Sub-net repvgg: f(x) = relu(bn(conv3x3(x)) + bn(conv1x1(x)) + bn(x)), the block of RepVGG (Ding
 * et al. 2021), for the scheme plain, y = f(x).  The last term is there only where the shape
 * stays.  After training the three are one convolution.  As in the authors' code, convolutions
 * start as PyTorch's default, and biases and the norms of the two convolutions have no weight
 * decay. */
#include <math.h>

#include "odetape.h"

/* A convolution and its norm; size is 3 or 1. */
static ot_var branch(ot_block *b, const char *conv, const char *bn, ot_var x, int size)
{
    static const ot_norm_rules rules = { { .no_decay = true }, { .no_decay = true } };
    const double most = 1 / sqrt((double)size * size * ot_var_shape(ot_block_tape(b), x).dim[3]);
    const ot_init init = ot_init_uniform(-most, most);
    const ot_conv_opts opts = { .init = &init };
    x = ot_block_conv_with(b, conv, x, size, ot_block_channels(b), ot_block_stride(b), &opts);
    return ot_block_norm_with(b, bn, x, &rules);
}

static ot_var record(ot_block *b, ot_var x)
{
    static const ot_norm_rules rules = { .bias.no_decay = true };
    static const ot_coef one[] = { { .value = 1 }, { .value = 1 }, { .value = 1 } };
    ot_tape *const t = ot_block_tape(b);
    const bool stays = ot_block_stride(b) == 1 && ot_var_shape(t, x).dim[3] == ot_block_channels(b);
    ot_var terms[3] = { branch(b, "rbr_dense.conv", "rbr_dense.bn", x, 3),
                        branch(b, "rbr_1x1.conv", "rbr_1x1.bn", x, 1) };
    if (stays) terms[2] = ot_block_norm_with(b, "rbr_identity", x, &rules);
    return ot_relu(t, ot_lincomb(t, stays ? 3 : 2, one, terms));
}

OT_SUBNET(repvgg, .about.equation = "relu(bn(conv3x3(x)) + bn(conv1x1(x)) + bn(x))",
          .about.reference = "Ding et al. 2021", .convs = 2, .record = record);
