/* SPDX-License-Identifier: BSD-3-Clause
 * Sub-net bottleneck (He et al. 2016): a 1x1 convolution to C/expansion channels, a 3x3 convolution
 * of these, and a 1x1 convolution back to C, each after a norm and a ReLU.  ResNet-164 consists of
 * it. */
#include "odetape.h"

typedef struct attributes {
    int expansion;
} attributes;

static const attributes defaults = { .expansion = 4 };

static const ot_option rows[] = {
    { .name = "expansion",
      .kind = OT_OPTION_INT,
      .argument = "N",
      .least = 1,
      .most = 64,
      .offset = offsetof(attributes, expansion),
      .help = "C divided by the channels of the 3x3 convolution" },
    { 0 },
};

static int multiple(const void *of)
{
    return ((const attributes *)of)->expansion;
}

static ot_var activated(ot_block *b, const char *bn, ot_var x)
{
    return ot_relu(ot_block_tape(b), ot_block_norm(b, bn, x));
}

static ot_var record(ot_block *b, ot_var x)
{
    const int channels = ot_block_channels(b), inner = channels / multiple(ot_block_attributes(b));
    if (!ot_block_is_bare(b)) x = activated(b, "bn1", x);
    x = ot_block_conv(b, "conv1", x, 1, inner, 1);
    x = ot_block_conv(b, "conv2", activated(b, "bn2", x), 3, inner, ot_block_stride(b));
    return ot_block_conv(b, "conv3", activated(b, "bn3", x), 1, channels, 1);
}

OT_SUBNET(bottleneck,
          .about.equation = "conv1x1(relu(bn(conv3x3(relu(bn(conv1x1(relu(bn(x)))))))))",
          .about.reference = "He et al. 2016", .about.attributes = rows,
          .about.size = sizeof(attributes), .about.defaults = &defaults, .convs = 3, .bare = true,
          .multiple = multiple, .record = record);
