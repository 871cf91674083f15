/* SPDX-License-Identifier: BSD-3-Clause
 * The two halves of a transformer layer, and both of them in turn:
 *
 *     attention   f(x) = W_p attend(W_qkv norm(x)) + b_p      between the pixels of an image
 *     mlp         f(x) = W_2 a(W_1 norm(x) + b_1) + b_2       within each pixel
 *     vit         attention in evaluations 0, 2, ... of the network, mlp with GELU in 1, 3, ...
 *
 * With vit, `euler x 2n` is a vision transformer of n layers (Dosovitskiy et al. 2021).  With other
 * schemes the halves alternate too: evaluations 0 and 2 of an rk4 block are attention.
 *
 * Matrices are 1x1 convolutions.  W_qkv has the rows of q, then of k, then of v, and no bias.  As
 * in the code of DeiT (Touvron et al. 2021), weights of attention and vit start as truncated normal
 * numbers. */
#include "odetape.h"

#define INITIAL 0.02 /* the standard deviation in DeiT */

/* ---- mlp ---- */

typedef struct mlp_attributes {
    int activation, expansion;
} mlp_attributes;

enum { RELU, GELU };
static const char *const activations[] = { [RELU] = "relu", [GELU] = "gelu", NULL };
static const mlp_attributes mlp_defaults = { .activation = RELU, .expansion = 4 };

#define EXPANSION(type)                                                                            \
    {                                                                                              \
        .name = "expansion", .kind = OT_OPTION_INT, .argument = "N", .least = 1, .most = 64,       \
        .offset = offsetof(type, expansion), .help = "inner channels of the mlp, divided by C"     \
    }

static const ot_option mlp_rows[] = {
    { .name = "activation",
      .kind = OT_OPTION_CHOICE,
      .argument = "NAME",
      .choices = activations,
      .offset = offsetof(mlp_attributes, activation),
      .help = "between the two matrices" },
    EXPANSION(mlp_attributes),
    { 0 },
};

static ot_var mlp(ot_block *b, ot_var x, const mlp_attributes *a, const ot_init *init)
{
    const ot_conv_opts biased = { .bias = OT_BIAS_ALWAYS, .init = init };
    const int channels = ot_block_channels(b), inner = channels * a->expansion;
    ot_tape *const t = ot_block_tape(b);
    x = ot_block_norm(b, "norm", x);
    x = ot_block_conv_with(b, "fc1", x, 1, inner, ot_block_stride(b), &biased);
    x = a->activation == GELU ? ot_gelu(t, x) : ot_relu(t, x);
    return ot_block_conv_with(b, "fc2", x, 1, channels, 1, &biased);
}

static ot_var record_mlp(ot_block *b, ot_var x)
{
    return mlp(b, x, ot_block_attributes(b), NULL);
}

OT_SUBNET(mlp, .about.equation = "W_2 relu(W_1 norm(x) + b_1) + b_2",
          .about.reference = "Vaswani et al. 2017", .about.attributes = mlp_rows,
          .about.size = sizeof(mlp_attributes), .about.defaults = &mlp_defaults, .convs = 2,
          .biases = true, .record = record_mlp);

/* ---- attention ---- */

typedef struct attention_attributes {
    int heads;
} attention_attributes;

static const attention_attributes attention_defaults = { .heads = 1 };

#define HEADS(type)                                                                                \
    {                                                                                              \
        .name = "heads", .kind = OT_OPTION_INT, .argument = "N", .least = 1, .most = 64,           \
        .offset = offsetof(type, heads), .help = "groups of channels that attend by themselves"    \
    }

static const ot_option attention_rows[] = { HEADS(attention_attributes), { 0 } };

static int heads_of(const void *attributes)
{
    return ((const attention_attributes *)attributes)->heads;
}

/* The longest side of an image.  The cost grows with the fourth power of it. */
enum { MOST_SIDE = 64 };

/* Refuses an image whose attention would take too long, with its cost. */
static bool is_small(const ot_block *b, ot_var x)
{
    const ot_shape s = ot_var_shape(ot_block_tape(b), x);
    const double pixels = s.rank == 4 ? (double)s.dim[1] * s.dim[2] : 0;
    if (pixels <= MOST_SIDE * MOST_SIDE) return true;
    ot_tape_fail(
        ot_block_tape(b), OT_EINVAL,
        "attention between the pixels of a %d x %d image costs %.0f million multiply-adds per "
        "image and evaluation, 2 (%d x %d)^2 x %d channels; it may have %d x %d pixels: "
        "make it %d times smaller with --stem-stride, --stem patch or the stride of a "
        "level",
        s.dim[1], s.dim[2], 2e-6 * pixels * pixels * s.dim[3], s.dim[1], s.dim[2], s.dim[3],
        MOST_SIDE, MOST_SIDE, (s.dim[1] + MOST_SIDE - 1) / MOST_SIDE);
    return false;
}

static ot_var attention(ot_block *b, ot_var x, int heads)
{
    const ot_init init = ot_init_truncated(INITIAL);
    const int channels = ot_block_channels(b);
    ot_tape *const t = ot_block_tape(b);
    if (!is_small(b, x)) return (ot_var){ 0 };
    x = ot_block_norm(b, "norm", x);
    x = ot_block_conv_with(b, "qkv", x, 1, 3 * channels, 1,
                           &(ot_conv_opts){ .bias = OT_BIAS_NEVER, .init = &init });
    return ot_block_conv_with(b, "proj", ot_attention(t, x, heads), 1, channels, 1,
                              &(ot_conv_opts){ .bias = OT_BIAS_ALWAYS, .init = &init });
}

static ot_var record_attention(ot_block *b, ot_var x)
{
    return attention(b, x, heads_of(ot_block_attributes(b)));
}

OT_SUBNET(attention,
          .about.equation = "W_p softmax(q k'/sqrt(d)) v + b_p, (q, k, v) = W_qkv norm(x)",
          .about.reference = "Vaswani et al. 2017", .about.attributes = attention_rows,
          .about.size = sizeof(attention_attributes), .about.defaults = &attention_defaults,
          .convs = 2, .one_shape = true, .biases = true, .multiple = heads_of,
          .record = record_attention);

/* ---- vit ---- */

typedef struct vit_attributes {
    int heads, expansion;
} vit_attributes;

static const vit_attributes vit_defaults = { .heads = 1, .expansion = 4 };
static const ot_option vit_rows[] = { HEADS(vit_attributes), EXPANSION(vit_attributes), { 0 } };

static int vit_multiple(const void *attributes)
{
    return ((const vit_attributes *)attributes)->heads;
}

static ot_var record_vit(ot_block *b, ot_var x)
{
    const vit_attributes *const a = ot_block_attributes(b);
    const ot_init init = ot_init_truncated(INITIAL);
    if (ot_block_evaluation(b) % 2 == 0) return attention(b, x, a->heads);
    return mlp(b, x, &(mlp_attributes){ .activation = GELU, .expansion = a->expansion }, &init);
}

OT_SUBNET(vit, .about.equation = "attention in even evaluations, mlp with GELU in odd ones",
          .about.reference = "Dosovitskiy et al. 2021", .about.attributes = vit_rows,
          .about.size = sizeof(vit_attributes), .about.defaults = &vit_defaults, .convs = 2,
          .one_shape = true, .biases = true, .alternates = true, .multiple = vit_multiple,
          .record = record_vit);
