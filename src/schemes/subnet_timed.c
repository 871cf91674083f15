/* SPDX-License-Identifier: BSD-3-Clause
 * Sub-net timed: the f(t, x) of a neural ODE as the example odenet_mnist.py of torchdiffeq has it
 * (Chen et al. 2018),
 *
 *     f(t, x) = gn(conv([t, s(gn(conv([t, s(gn(x))])))])),   s = relu, or silu for a smooth f.
 *
 * The time t is the first channel of what a convolution reads, and is padded with zeros as all
 * others.  A group norm has min(32, C) groups.  Norms and biases are its own, whatever the norm of
 * the network is.  Convolutions start as PyTorch's do: weights and biases are uniform within
 * +-1/sqrt(fan_in). */
#include <math.h>
#include <stddef.h>
#include <stdio.h>

#include "odetape.h"

enum { MOST_GROUPS = 32 };

typedef struct attributes {
    int activation; /* a choice of `activations` */
} attributes;

static const attributes defaults = { 0 };
static const char *const activations[] = { "relu", "silu", NULL };
static ot_var (*const activate[])(ot_tape *t, ot_var x) = { ot_relu, ot_silu };

static const ot_option rows[] = {
    { .name = "activation",
      .kind = OT_OPTION_CHOICE,
      .argument = "NAME",
      .choices = activations,
      .offset = offsetof(attributes, activation),
      .help = "relu, or silu for a smooth f" },
    { 0 },
};

static ot_var param(ot_block *b, const char *layer, const char *name, ot_shape shape, ot_init init)
{
    char whole[64];
    snprintf(whole, sizeof whole, "%s.%s", layer, name);
    return ot_block_param(b, whole, shape, init);
}

static int channels_of(const ot_block *b, ot_var x)
{
    const ot_shape s = ot_var_shape(ot_block_tape(b), x);
    return s.rank == 4 ? s.dim[3] : 1; /* the op refuses another rank */
}

static ot_var norm(ot_block *b, const char *name, ot_var x)
{
    ot_tape *const t = ot_block_tape(b);
    const int channels = channels_of(b, x);
    const int groups = channels < MOST_GROUPS ? channels : MOST_GROUPS;
    if (channels % groups != 0)
        return ot_tape_fail(
            t, OT_EINVAL, "timed: %d channels cannot be normalised in %d groups; %d or %d can",
            channels, groups, channels - channels % groups, channels + groups - channels % groups);
    const ot_var gamma = param(b, name, "weight", OT_SHAPE(channels), OT_ONES);
    const ot_var beta = param(b, name, "bias", OT_SHAPE(channels), OT_ZEROS);
    ot_scope_push(t, "%s", name);
    const ot_var y = ot_group_norm(t, x, gamma, beta, groups, 1e-5);
    ot_scope_pop(t);
    return y;
}

/* A convolution that reads the time and then x. */
static ot_var conv(ot_block *b, const char *name, ot_var x, int stride)
{
    ot_tape *const t = ot_block_tape(b);
    const int in = channels_of(b, x) + 1;
    const double bound = 1 / sqrt(9.0 * in);
    const ot_init init = ot_init_uniform(-bound, bound);
    const ot_var time = ot_fill(t, x, (ot_coef){ 1, ot_block_time(b) });
    const ot_var both = ot_concat(t, 2, (const ot_var[]){ time, x });
    const ot_var y =
        ot_block_conv_with(b, name, both, 3, ot_block_channels(b), stride,
                           &(const ot_conv_opts){ .bias = OT_BIAS_NEVER, .init = &init });
    const ot_var bias = param(b, name, "bias", OT_SHAPE(ot_block_channels(b)), init);
    return ot_bias(t, y, bias);
}

static ot_var record(ot_block *b, ot_var x)
{
    const attributes *const a = ot_block_attributes(b);
    ot_tape *const t = ot_block_tape(b);
    x = conv(b, "conv1", activate[a->activation](t, norm(b, "norm1", x)), ot_block_stride(b));
    x = conv(b, "conv2", activate[a->activation](t, norm(b, "norm2", x)), 1);
    return norm(b, "norm3", x);
}

OT_SUBNET(timed, .about.equation = "gn(conv([t, relu(gn(conv([t, relu(gn(x))])))]))",
          .about.reference = "Chen et al. 2018", .about.attributes = rows,
          .about.size = sizeof(attributes), .about.defaults = &defaults, .convs = 2, .biases = true,
          .record = record);
