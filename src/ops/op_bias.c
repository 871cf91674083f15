/* SPDX-License-Identifier: BSD-3-Clause
 * bias: y = x + b[c], one number per channel c.
 *
 *   gx = gy,   gb[c] = sum of gy over everything except channels
 *
 * In float32 the result is a view of x, as that of batch norm is, so that a convolution or pool
 * after it computes x + b, or max(0, x + b), while it reads x. */
#include "ops/attr.h"
#include "ops/kernels/kernels.h"
#include "ops/ops.h"

static ot_status shape(ot__shaping *s)
{
    const ot_shape x = s->x[0], b = s->x[1];
    OT_TRY(ot__check_channels(&ot__op_bias, s, 0));
    if (b.rank != 1 || s->batched[1] || b.dim[0] != x.dim[x.rank - 1])
        return ot__fail(OT_ESHAPE,
                        "bias: x is %s and b is %s%s; b must be (%d), one number per channel",
                        ot__shape_text(x), ot__shape_text(b), s->batched[1] ? " with a batch" : "",
                        x.dim[x.rank - 1]);
    *s->y = x;
    *s->y_batched = s->batched[0];
    return OT_OK;
}

static size_t saved(const ot__record *r, const ot_shape *x, int batch)
{
    (void)r, (void)batch;
    return OT__BIAS_SAVED * (size_t)x[1].dim[0];
}

static ot__view view(const ot_shape *x, const float *saved)
{
    const size_t channels = (size_t)x[1].dim[0];
    return (ot__view){ .m = saved + OT__BIAS_M * channels,
                       .a = saved + OT__BIAS_A * channels,
                       .e = saved + OT__BIAS_E * channels };
}

static ot__cost cost(const ot__record *r, const ot_shape *x)
{
    (void)r;
    const double n = (double)ot__elements(x[0]);
    return (ot__cost){ n, n };
}

static void forward(const ot__call *c)
{
    const size_t n = ot__elements(c->ys), channels = ot__elements(c->xs[1]);
    const double *x = c->x[0], *b = c->x[1];
    double *y = c->y;
    for (size_t i = 0; i < n; i++)
        y[i] = x[i] + b[i % channels];
}

static void backward(const ot__call *c)
{
    const size_t n = ot__elements(c->ys), channels = ot__elements(c->xs[1]);
    const double *gy = c->gy;
    double *gx = c->gx[0], *gb = c->gx[1];
    for (size_t k = 0; gb && k < channels; k++) {
        double sum = 0;
        for (size_t i = k; i < n; i += channels)
            sum += gy[i];
        ot__deliver(&gb[k], c->add[1], sum);
    }
    for (size_t i = 0; gx && i < n; i++)
        ot__deliver(&gx[i], c->add[0], gy[i]);
}

/* More pixels than one chunk and more channels than one block; x used twice; a bias of a
 * parameter. */
static ot_var example(ot_tape *t, int variant)
{
    static const ot_shape shapes[] = {
        { 4, { 2, 3, 4, 5 } }, { 4, { 2, 17, 16, 3 } }, { 2, { 3, 70 } }, { 3, { 2, 3, 5 } }
    };
    if (variant < 0 || variant > 4) return (ot_var){ 0 };
    if (variant == 4)
        return ot_bias(t, ot_param(t, "w", OT_SHAPE(3, 5), OT_ONES),
                       ot_param(t, "bias", OT_SHAPE(5), OT_ZEROS));
    const ot_shape s = shapes[variant];
    const ot_var x = ot_input(t, "x", s);
    const ot_var b = ot_param(t, "bias", OT_SHAPE(s.dim[s.rank - 1]), OT_ZEROS);
    return variant == 3 ? ot_mul(t, x, ot_bias(t, x, b)) : ot_bias(t, x, b);
}

const ot_op ot__op_bias = {
    .name = "bias",
    .shape = shape,
    .keeps = OT__KEEPS_X(1),
    .saved = saved,
    .cost = cost,
    .sums = { .x = OT__OPERAND(1) },
    .view = view,
    .in_place_forward = true,
    .in_place_backward = true,
    .reference = { .forward = forward, .backward = backward, .overwrites = true },
    .portable = { .forward = ot__bias_forward_f32,
                  .backward = ot__bias_backward_f32,
                  .scratch = ot__bias_scratch_f32,
                  .overwrites = true,
                  .makes_view = true },
    .example = example,
};

ot_var ot_bias(ot_tape *t, ot_var x, ot_var b)
{
    return ot__record_op(t, &ot__op_bias, 2, (const ot_var[]){ x, b }, NULL, 0);
}
