/* SPDX-License-Identifier: BSD-3-Clause
 * scale: y = s[c]*x, one factor per channel c.  It is a learnable step with one number per channel.
 * Applied to what a block adds to x, it is LayerScale (Touvron et al. 2021).
 *
 *   gx = s[c]*gy,   gs[c] = sum of gy*x over everything except channels */
#include "ops/kernels/kernels.h"
#include "ops/ops.h"

static ot_status shape(ot__shaping *s)
{
    const ot_shape x = s->x[0], factor = s->x[1];
    if (x.rank < 1)
        return ot__fail(OT_ESHAPE, "scale: x is %s; it must have channels", ot__shape_text(x));
    if (factor.rank != 1 || s->batched[1] || factor.dim[0] != x.dim[x.rank - 1])
        return ot__fail(OT_ESHAPE,
                        "scale: x is %s and s is %s; s must be (%d), one number per channel",
                        ot__shape_text(x), ot__shape_text(factor), x.dim[x.rank - 1]);
    *s->y = x;
    *s->y_batched = s->batched[0];
    return OT_OK;
}

static ot__cost cost(const ot__record *r, const ot_shape *x)
{
    (void)r;
    const double n = (double)ot__elements(x[0]);
    return (ot__cost){ n, 3 * n };
}

static void forward(const ot__call *c)
{
    const size_t n = ot__elements(c->ys), channels = ot__elements(c->xs[1]);
    const double *x = c->x[0], *s = c->x[1];
    double *y = c->y;
    for (size_t i = 0; i < n; i++)
        y[i] = s[i % channels] * x[i];
}

static void backward(const ot__call *c)
{
    const size_t n = ot__elements(c->ys), channels = ot__elements(c->xs[1]);
    const double *x = c->x[0], *s = c->x[1], *gy = c->gy;
    double *gx = c->gx[0], *gs = c->gx[1];
    for (size_t k = 0; gs && k < channels; k++) {
        double sum = 0;
        for (size_t i = k; i < n; i += channels)
            sum += gy[i] * x[i];
        ot__deliver(&gs[k], c->add[1], sum);
    }
    for (size_t i = 0; gx && i < n; i++)
        ot__deliver(&gx[i], c->add[0], s[i % channels] * gy[i]);
}

/* A factor that is a parameter; a factor that is computed; x used twice; a parameter that is
 * scaled. */
static ot_var example(ot_tape *t, int variant)
{
    if (variant < 0 || variant > 3) return (ot_var){ 0 };
    ot_var s = ot_param(t, "s", OT_SHAPE(5), OT_ONES);
    if (variant == 3) return ot_scale(t, ot_param(t, "w", OT_SHAPE(3, 5), OT_ONES), s);
    const ot_var x = ot_input(t, "x", OT_SHAPE(2, 3, 4, 5));
    if (variant == 1) s = ot_mul(t, s, s);
    return variant == 2 ? ot_mul(t, x, ot_scale(t, x, s)) : ot_scale(t, x, s);
}

const ot_op ot__op_scale = {
    .name = "scale",
    .shape = shape,
    .keeps = OT__KEEPS_X(0) | OT__KEEPS_X(1),
    .cost = cost,
    .sums = { .x = OT__OPERAND(1) },
    .in_place_forward = true,
    .reference = { .forward = forward, .backward = backward, .overwrites = true },
    .portable = { .forward = ot__scale_forward_f32,
                  .backward = ot__scale_backward_f32,
                  .scratch = ot__scale_scratch_f32,
                  .overwrites = true },
    .example = example,
};

ot_var ot_scale(ot_tape *t, ot_var x, ot_var s)
{
    return ot__record_op(t, &ot__op_scale, 2, (const ot_var[]){ x, s }, NULL, 0);
}
