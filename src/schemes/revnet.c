/* SPDX-License-Identifier: BSD-3-Clause
 * The reversible block of RevNet (Gomez et al. 2017).  The state is the two halves of the channels:
 *
 *     y1 = D(x1) + F(x2),   y2 = D(x2) + G(y1)
 *
 * F and G are evaluations of f on half of the channels.  D is the identity; where the shape changes
 * it is an average pool over stride x stride pixels and zero channels on both sides.  The published
 * network leaves out the norm and ReLU of its very first F, since its stem ends in them:
 * revnet(first=bare). */
#include "odetape.h"

typedef struct attributes {
    int first;
} attributes;

enum { WHOLE, BARE };
static const attributes defaults = { .first = WHOLE };
static const char *const firsts[] = { [WHOLE] = "whole", [BARE] = "bare", NULL };
static const ot_option rows[] = {
    { .name = "first",
      .kind = OT_OPTION_CHOICE,
      .choices = firsts,
      .offset = offsetof(attributes, first),
      .help = "bare: the first F of the network has no norm and ReLU before its convolution" },
    { 0 },
};

/* Channels from..from + n of x. */
static ot_var part(ot_block *b, ot_var x, int from, int n)
{
    return ot_channels(ot_block_tape(b), x, from, from + n);
}

static ot_state enter(ot_block *b, ot_var x)
{
    const int half = ot_var_shape(ot_block_tape(b), x).dim[3] / 2;
    return ot_state_of(2, (const ot_var[]){ part(b, x, 0, half), part(b, x, half, half) });
}

/* D. */
static ot_var down(ot_block *b, ot_var x, int channels)
{
    const int stride = ot_block_stride(b), old = ot_var_shape(ot_block_tape(b), x).dim[3];
    if (stride > 1) x = ot_avg_pool(ot_block_tape(b), x, stride, stride);
    return channels == old ? x : part(b, x, -((channels - old) / 2), channels);
}

/* D of a strided block averages whole squares of pixels. */
static bool fits(ot_block *b, ot_var x)
{
    const int stride = ot_block_stride(b), size = ot_var_shape(ot_block_tape(b), x).dim[1];
    if (size % stride == 0) return true;
    ot_tape_fail(
        ot_block_tape(b), OT_EINVAL,
        "revnet: an image of %d pixels cannot be divided into squares of %d; one of %d can", size,
        stride, size - size % stride);
    return false;
}

/* x + k, from which x can be solved for. */
static ot_var sum(ot_block *b, ot_var x, ot_var k)
{
    const ot_var y =
        ot_lincomb(ot_block_tape(b), 2, (const ot_coef[]){ { .value = 1 }, { .value = 1 } },
                   (const ot_var[]){ x, k });
    ot_solvable(ot_block_tape(b), x, y);
    return y;
}

static ot_state step(ot_block *b, ot_state in)
{
    const attributes *const a = ot_block_attributes(b);
    const int half = ot_block_channels(b) / 2;
    const ot_eval_opts f = { .channels = half, .bare = a->first == BARE && ot_block_index(b) == 0 };
    const ot_eval_opts g = { .channels = half };
    if (!fits(b, in.v[0])) return ot_state_of(0, NULL);
    const ot_var f_x2 = ot_block_eval(b, in.v[1], &f);
    const ot_var y1 = sum(b, down(b, in.v[0], half), f_x2);
    const ot_var g_y1 = ot_block_eval(b, y1, &g);
    const ot_var y2 = sum(b, down(b, in.v[1], half), g_y1);
    return ot_state_of(2, (const ot_var[]){ y1, y2 });
}

static ot_var leave(ot_block *b, ot_state out)
{
    return ot_concat(ot_block_tape(b), 2, out.v);
}

OT_SCHEME(revnet, .about.equation = "y1 = D(x1) + F(x2), y2 = D(x2) + G(y1)",
          .about.reference = "Gomez et al. 2017", .about.attributes = rows,
          .about.size = sizeof(attributes), .about.defaults = &defaults, .evaluations = 2,
          .flags = OT_SCHEME_EVEN | OT_SCHEME_OWN_DOWN, .enter = enter, .step = step,
          .leave = leave);
