/* SPDX-License-Identifier: BSD-3-Clause
 * A module of VoVNet: one-shot aggregation (Lee et al. 2019) with the gate of its second version
 * (Lee and Park 2020):
 *
 *     u_0 = x,   u_i = relu(bn(conv3(u_{i-1}))),   i = 1 .. n
 *     o = relu(bn(conv1([x, u_1, ..., u_n])))
 *     g = relu6(fc(mean(o)) + 3) / 6,   a number per image and channel
 *     f(x) = g o,   y = x + f(x), or f(x) for the first block of a run
 *
 * Seen as a Runge-Kutta step, the u are the stages, and conv1 holds the weights b that blend
 * them. */
#include <stdio.h>

#include "odetape.h"

typedef struct attributes {
    int n, inner, out, gate;
} attributes;

enum { MOST_N = 16, MOST_CHANNELS = 4096 };
enum { ON, OFF };
static const attributes defaults = { .n = 5, .gate = ON };
static const char *const gates[] = { [ON] = "on", [OFF] = "off", NULL };
static const ot_option rows[] = {
    { .name = "n",
      .kind = OT_OPTION_INT,
      .argument = "N",
      .least = 1,
      .most = MOST_N,
      .offset = offsetof(attributes, n),
      .help = "3x3 convolutions of a block" },
    { .name = "inner",
      .kind = OT_OPTION_INT,
      .argument = "N",
      .most = MOST_CHANNELS,
      .offset = offsetof(attributes, inner),
      .help = "channels of these convolutions; 0: half of those of y" },
    { .name = "out",
      .kind = OT_OPTION_INT,
      .argument = "N",
      .most = MOST_CHANNELS,
      .offset = offsetof(attributes, out),
      .help = "channels of y; 0: those of x" },
    { .name = "gate",
      .kind = OT_OPTION_CHOICE,
      .choices = gates,
      .offset = offsetof(attributes, gate),
      .help = "whether y is scaled by a factor per image and channel" },
    { 0 },
};

static int channels(const void *user, int before)
{
    const attributes *const a = user;
    return a->out ? a->out : before;
}

/* relu(bn(conv(x))). */
static ot_var layer(ot_block *b, const char *conv, const char *bn, ot_var x, int size, int out)
{
    x = ot_block_norm(b, bn, ot_block_conv(b, conv, x, size, out, 1));
    return ot_relu(ot_block_tape(b), x);
}

/* ---- the gate ---- */

/* relu6(x + 3) / 6. */
static double hard_sigmoid(double x)
{
    return x <= -3 ? 0 : x >= 3 ? 1 : (x + 3) / 6;
}

static double hard_slope(double x)
{
    return x <= -3 || x >= 3 ? 0 : 1.0 / 6;
}

static ot_var gated(ot_block *b, ot_var o, int out)
{
    static const ot_function hard = {
        .value = hard_sigmoid, .slope = hard_slope, .kinks = 2, .kink = { -3, 3 }
    };
    ot_tape *const t = ot_block_tape(b);
    const ot_var means = ot_global_avg_pool(t, o);
    return ot_gate(t, o, ot_map(t, ot_block_linear(b, "fc", means, out), &hard));
}

/* ---- the module ---- */

static ot_var record(ot_block *b, ot_var x)
{
    const attributes *const a = ot_block_attributes(b);
    const int out = ot_block_channels(b), half = out > 1 ? out / 2 : 1;
    ot_var u[MOST_N + 1] = { x };
    for (int i = 1; i <= a->n; i++) {
        char conv[16], bn[16];
        snprintf(conv, sizeof conv, "conv%d", i);
        snprintf(bn, sizeof bn, "bn%d", i);
        u[i] = layer(b, conv, bn, u[i - 1], 3, a->inner ? a->inner : half);
    }
    const ot_var all = ot_concat(ot_block_tape(b), a->n + 1, u);
    const ot_var o = layer(b, "conv", "bn", all, 1, out);
    return a->gate == ON ? gated(b, o, out) : o;
}

static ot_state step(ot_block *b, ot_state in)
{
    static const double one = 1;
    const ot_var f = ot_block_eval(b, in.v[0], &(ot_eval_opts){ .record = record });
    const ot_var y = ot_block_position(b) > 0 ? ot_block_sum(b, in.v[0], 1, &one, &f, 0) : f;
    return ot_state_of(1, &y);
}

OT_SCHEME(osa, .about.equation = "y = x + g o, o of [x, u_1, ..., u_n]; first of a level: y = g o",
          .about.reference = "Lee et al. 2019", .about.attributes = rows,
          .about.size = sizeof(attributes), .about.defaults = &defaults, .evaluations = 1,
          .flags = OT_SCHEME_OWN_F, .channels = channels, .step = step);
