/* SPDX-License-Identifier: BSD-3-Clause
 * Sub-net sym: f(x) = -K^T relu(N(K x)), the symmetric layer of Ruthotto and Haber 2018.  K is a
 * 3x3 convolution, K^T its adjoint with the same weights, and N a norm.  It has 9 C^2 + 2 C
 * parameters.  Without N its Jacobian -K^T D K is symmetric and negative semidefinite, so x' =
 * f(x) is a parabolic equation.
 *
 * init=published is the deviation sqrt(2/(3 C)) of the authors' code (XtractOpen/Meganet.m), which
 * is sqrt(3) times He's.  There, what lies beyond two deviations is drawn again from N(0,
 * 1) instead of N(0, deviation), and all steps of a block start from one draw.  Here it is drawn
 * again from the same distribution, and each evaluation has its own draw, so that networks of
 * other schemes start from the same weights. */
#include <math.h>

#include "odetape.h"

enum { NETWORK, TV };
enum { PUBLISHED, HE };

typedef struct attributes {
    int norm, init;
} attributes;

static const attributes defaults = { .norm = NETWORK, .init = PUBLISHED };
static const char *const norms[] = { [NETWORK] = "network", [TV] = "tv", NULL };
static const char *const inits[] = { [PUBLISHED] = "published", [HE] = "he", NULL };
static const ot_option rows[] = {
    { .name = "norm",
      .kind = OT_OPTION_CHOICE,
      .choices = norms,
      .offset = offsetof(attributes, norm),
      .help = "network: that of --norm; tv: tvNorm, which scales each pixel to length 1" },
    { .name = "init",
      .kind = OT_OPTION_CHOICE,
      .choices = inits,
      .offset = offsetof(attributes, init),
      .help = "deviation of K: published, sqrt(2/(3 C)), or he, sqrt(2/(9 C))" },
    { 0 },
};

static ot_var tv_norm(ot_block *b, ot_var x, int channels)
{
    const double eps = 1e-4; /* inside the root */
    const ot_var gamma = ot_block_param(b, "tv.weight", OT_SHAPE(channels), OT_ONES);
    const ot_var beta = ot_block_param(b, "tv.bias", OT_SHAPE(channels), OT_ZEROS);
    return ot_pixel_norm(ot_block_tape(b), x, gamma, beta, eps);
}

static ot_var record(ot_block *b, ot_var x)
{
    const attributes *const a = ot_block_attributes(b);
    ot_tape *const t = ot_block_tape(b);
    const int channels = ot_block_channels(b);
    const ot_shape s = ot_var_shape(t, x);
    if (s.rank != 4) return ot_tape_fail(t, OT_ESHAPE, "sym: x must be (N, H, W, C)");
    const ot_init init =
        a->init == HE ? ot_init_he(9 * channels) : ot_init_truncated(sqrt(2.0 / (3 * channels)));
    const ot_var k = ot_block_param(b, "conv.weight", OT_SHAPE(channels, channels, 3, 3), init);
    ot_var y = ot_conv2d(t, x, k, 1, 1);
    y = a->norm == TV ? tv_norm(b, y, channels) : ot_block_norm(b, "bn", y);
    y = ot_conv2d_transpose(t, ot_relu(t, y), k, 1, 1, s.dim[1], s.dim[2]);
    return ot_lincomb(t, 1, &(ot_coef){ .value = -1 }, &y);
}

OT_SUBNET(sym, .about.equation = "-K^T relu(N(K x))", .about.reference = "Ruthotto and Haber 2018",
          .about.attributes = rows, .about.size = sizeof(attributes), .about.defaults = &defaults,
          .convs = 2, .one_shape = true, .biases = true, .record = record);
