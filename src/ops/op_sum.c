/* SPDX-License-Identifier: BSD-3-Clause
 * sum: y = the sum of all elements of x, a scalar without batch.
 *
 *   gx = gy everywhere */
#include "ops/kernels/kernels.h"
#include "ops/ops.h"

static ot_status shape(ot__shaping *s)
{
    *s->y = OT_SCALAR;
    return OT_OK;
}

static ot__cost cost(const ot__record *r, const ot_shape *x)
{
    (void)r;
    const double n = (double)ot__elements(x[0]);
    return (ot__cost){ n, n };
}

static void forward(const ot__call *c)
{
    const size_t n = ot__elements(c->xs[0]);
    const double *x = c->x[0];
    double sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += x[i];
    *(double *)c->y = sum;
}

static void backward(const ot__call *c)
{
    const size_t n = ot__elements(c->xs[0]);
    const double g = *(const double *)c->gy;
    double *gx = c->gx[0];
    for (size_t i = 0; i < n; i++)
        ot__deliver(&gx[i], c->add[0], g);
}

static ot_var example(ot_tape *t, int variant)
{
    if (variant == 0) return ot_sum(t, ot_input(t, "x", OT_SHAPE(3, 4, 5, 2)));
    if (variant == 1) return ot_sum(t, ot_param(t, "w", OT_SHAPE(11), OT_ONES));
    return (ot_var){ 0 };
}

const ot_op ot__op_sum = {
    .name = "sum",
    .shape = shape,
    .cost = cost,
    .reference = { .forward = forward, .backward = backward, .overwrites = true },
    .portable = { .forward = ot__sum_forward_f32,
                  .backward = ot__sum_backward_f32,
                  .scratch = ot__sum_scratch_f32,
                  .overwrites = true },
    .example = example,
};

ot_var ot_sum(ot_tape *t, ot_var x)
{
    return ot__record_op(t, &ot__op_sum, 1, &x, NULL, 0);
}
