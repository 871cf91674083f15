/* SPDX-License-Identifier: BSD-3-Clause
 * Sub-net preact: f(x) = conv(relu(bn(conv(relu(bn(x)))))), the pre-activation of He et al. 2016
 * and the order in the code of the paper's authors.  f ends in a conv, so it takes both signs. */
#include "odetape.h"

static ot_var activated(ot_block *b, const char *bn, ot_var x)
{
    return ot_relu(ot_block_tape(b), ot_block_norm(b, bn, x));
}

static ot_var record(ot_block *b, ot_var x)
{
    const int channels = ot_block_channels(b);
    if (!ot_block_is_bare(b)) x = activated(b, "bn1", x);
    x = ot_block_conv(b, "conv1", x, 3, channels, ot_block_stride(b));
    return ot_block_conv(b, "conv2", activated(b, "bn2", x), 3, channels, 1);
}

OT_SUBNET(preact, .about.equation = "conv(relu(bn(conv(relu(bn(x))))))",
          .about.reference = "He et al. 2016", .convs = 2, .bare = true, .record = record);
