/* SPDX-License-Identifier: BSD-3-Clause
 * A layer of DenseNet (Huang et al. 2017), which adds channels after those of x:
 *
 *     y = [x, f(x)]
 *     bottleneck = 0:   f(x) = conv3(relu(bn(x)))
 *     bottleneck = w:   f(x) = conv3(relu(bn(conv1(relu(bn(x))))))
 *
 * f(x) has `growth` channels, and conv1 w times as many.  Weights start with the variance
 * 2 / (number of outputs), 9 growth for conv3, as in the published code. */
#include "odetape.h"

typedef struct attributes {
    int growth, bottleneck;
} attributes;

static const attributes defaults = { .growth = 12, .bottleneck = 4 };
static const ot_option rows[] = {
    { .name = "growth",
      .kind = OT_OPTION_INT,
      .argument = "N",
      .least = 1,
      .most = 1024,
      .offset = offsetof(attributes, growth),
      .help = "channels that a block adds" },
    { .name = "bottleneck",
      .kind = OT_OPTION_INT,
      .argument = "N",
      .most = 16,
      .offset = offsetof(attributes, bottleneck),
      .help = "channels of the 1x1 convolution, in parts of growth; 0: no such convolution" },
    { 0 },
};

static int channels(const void *user, int before)
{
    const attributes *const a = user;
    return before + a->growth;
}

/* conv(relu(bn(x))). */
static ot_var layer(ot_block *b, const char *bn, const char *conv, ot_var x, int size, int out)
{
    const ot_init init = ot_init_he(size * size * out);
    x = ot_relu(ot_block_tape(b), ot_block_norm(b, bn, x));
    return ot_block_conv_with(b, conv, x, size, out, 1, &(ot_conv_opts){ .init = &init });
}

static ot_var record(ot_block *b, ot_var x)
{
    const attributes *const a = ot_block_attributes(b);
    if (a->bottleneck == 0) return layer(b, "bn1", "conv1", x, 3, a->growth);
    x = layer(b, "bn1", "conv1", x, 1, a->bottleneck * a->growth);
    return layer(b, "bn2", "conv2", x, 3, a->growth);
}

static ot_state step(ot_block *b, ot_state in)
{
    const attributes *const a = ot_block_attributes(b);
    const ot_var f =
        ot_block_eval(b, in.v[0], &(ot_eval_opts){ .channels = a->growth, .record = record });
    const ot_var y = ot_concat(ot_block_tape(b), 2, (const ot_var[]){ in.v[0], f });
    return ot_state_of(1, &y);
}

OT_SCHEME(dense, .about.equation = "y = [x, f(x)], f of its own layers",
          .about.reference = "Huang et al. 2017", .about.attributes = rows,
          .about.size = sizeof(attributes), .about.defaults = &defaults, .evaluations = 1,
          .flags = OT_SCHEME_OWN_F, .channels = channels, .step = step);
