/* SPDX-License-Identifier: BSD-3-Clause
 * The transition between the levels of RK-Net (Zhu, Chang and Fu 2018): u = conv1x1(relu(bn(x))),
 * scaled per image and channel by sigmoid(fc2(relu(fc1(mean(u))))), then an average pool over
 * stride x stride pixels.  fc1 has half of the channels. */
#include "odetape.h"

typedef struct attributes {
    int attention;
} attributes;

enum { ON, OFF };
static const attributes defaults = { .attention = ON };
static const char *const choices[] = { [ON] = "on", [OFF] = "off", NULL };
static const ot_option rows[] = {
    { .name = "attention",
      .kind = OT_OPTION_CHOICE,
      .choices = choices,
      .offset = offsetof(attributes, attention),
      .help = "whether the result is scaled by a factor per image and channel" },
    { 0 },
};

static ot_var linear(ot_block *b, const char *name, ot_var x, int out)
{
    const ot_init init = ot_init_xavier_uniform(ot_var_shape(ot_block_tape(b), x).dim[1], out);
    return ot_block_linear_with(b, name, x, out, &init);
}

static ot_var attend(ot_block *b, ot_var u, int channels)
{
    ot_tape *const t = ot_block_tape(b);
    const int half = channels > 1 ? channels / 2 : 1;
    const ot_var inner = ot_relu(t, linear(b, "fc1", ot_global_avg_pool(t, u), half));
    return ot_gate(t, u, ot_sigmoid(t, linear(b, "fc2", inner, channels)));
}

static ot_var between(ot_block *b, ot_var x)
{
    ot_tape *const t = ot_block_tape(b);
    const attributes *const a = ot_block_attributes(b);
    const int out = ot_block_channels(b), stride = ot_block_stride(b);
    x = ot_relu(t, ot_block_norm(b, "bn", x));
    x = ot_block_conv(b, "conv", x, 1, out, 1);
    if (a->attention == ON) x = attend(b, x, out);
    return stride > 1 ? ot_avg_pool(t, x, stride, stride) : x;
}

OT_DOWN(rknet, .about.equation = "average pool(g u), u = conv1x1(relu(bn(x)))",
        .about.reference = "Zhu, Chang and Fu 2018", .about.attributes = rows,
        .about.size = sizeof(attributes), .about.defaults = &defaults, .between = between);
