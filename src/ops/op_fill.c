/* SPDX-License-Identifier: BSD-3-Clause
 * fill: y = value, or value*factor, in one channel of the pixels of another tensor.
 *
 *   gfactor = value * sum gy
 *
 * Operand 0 gives the shape and the batch only. */
#include <math.h>

#include "base/decimal.h"
#include "ops/attr.h"
#include "ops/kernels/kernels.h"
#include "ops/ops.h"

static ot_status shape(ot__shaping *s)
{
    const ot__fill_attr *a = s->attr;
    OT_TRY(ot__check_channels(&ot__op_fill, s, 0));
    if (!isfinite(a->value))
        return ot__fail(OT_EINVAL, "fill: the value is %s; it must be finite", OT__REAL(a->value));
    if (s->n_in > 1 && (s->x[1].rank != 0 || s->batched[1]))
        return ot__fail(OT_ESHAPE, "fill: the factor is %s; it must be a scalar",
                        ot__shape_text(s->x[1]));
    *s->y = s->x[0];
    s->y->dim[s->y->rank - 1] = 1;
    *s->y_batched = s->batched[0];
    return OT_OK;
}

/* Moves numbers only, and sums them. */
static ot__cost cost(const ot__record *r, const ot_shape *x)
{
    (void)x;
    return (ot__cost){ 0, r->n_in > 1 ? (double)ot__elements(r->shape) : 0 };
}

static ot__batch_sums sums_of(const ot__record *r, bool evaluate)
{
    (void)evaluate;
    return r->n_in > 1 ? (ot__batch_sums){ .x = OT__OPERAND(1) }
                       : (ot__batch_sums){ .nothing = true };
}

static void forward(const ot__call *c)
{
    const ot__fill_attr *a = c->attr;
    const double factor = c->n_in > 1 ? *(const double *)c->x[1] : 1;
    double *y = c->y;
    for (size_t i = 0; i < ot__elements(c->ys); i++)
        y[i] = a->value * factor;
}

static void backward(const ot__call *c)
{
    const ot__fill_attr *a = c->attr;
    const double *gy = c->gy;
    double sum = 0;
    for (size_t i = 0; i < ot__elements(c->ys); i++)
        sum += gy[i];
    if (c->n_in > 1 && c->gx[1]) ot__deliver(c->gx[1], c->add[1], a->value * sum);
}

/* A constant and a learnable number, beside the channels that it is shaped like. */
static ot_var example(ot_tape *t, int variant)
{
    if (variant < 0 || variant > 2) return (ot_var){ 0 };
    const ot_var x = ot_input(t, "x", variant == 2 ? OT_SHAPE(2, 70) : OT_SHAPE(2, 7, 9, 4));
    const ot_var like = ot_mul(t, x, x);
    if (variant == 0)
        return ot_concat(t, 2, (const ot_var[]){ ot_fill(t, x, (ot_coef){ .value = 0.5 }), x });
    return ot_fill(t, like, (ot_coef){ -1.5, ot_param(t, "time", OT_SCALAR, OT_ONES) });
}

const ot_op ot__op_fill = {
    .name = "fill",
    .shape = shape,
    .shapes = OT__OPERAND(0),
    .cost = cost,
    .sums_of = sums_of,
    .reference = { .forward = forward, .backward = backward, .overwrites = true },
    .portable = { .forward = ot__fill_forward_f32,
                  .backward = ot__fill_backward_f32,
                  .overwrites = true,
                  .reads_view = true },
    .example = example,
};

ot_var ot_fill(ot_tape *t, ot_var like, ot_coef value)
{
    const ot__fill_attr attr = { value.value };
    const ot_var in[] = { like, value.factor };
    return ot__record_op(t, &ot__op_fill, value.factor.id ? 2 : 1, in, &attr, sizeof attr);
}
