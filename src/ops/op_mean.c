/* SPDX-License-Identifier: BSD-3-Clause
 * mean: y = the sum of all elements of x divided by their number n, a scalar without batch.  n is
 * that of the current run, whose batch may be smaller than the recorded one.
 *
 *   gx = gy/n everywhere */
#include "ops/kernels/kernels.h"
#include "ops/reduce.h"

static void forward(const ot__call *c)
{
    *(double *)c->y = ot__reduce_sum(c) / (double)ot__elements(c->xs[0]);
}

static void backward(const ot__call *c)
{
    ot__reduce_backward(c, *(const double *)c->gy / (double)ot__elements(c->xs[0]));
}

static ot_var example(ot_tape *t, int variant)
{
    if (variant == 0) return ot_mean(t, ot_input(t, "x", OT_SHAPE(3, 4, 5, 2)));
    if (variant == 1) return ot_mean(t, ot_param(t, "w", OT_SHAPE(11), OT_ONES));
    return (ot_var){ 0 };
}

const ot_op ot__op_mean = {
    .name = "mean",
    .shape = ot__reduce_shape,
    .cost = ot__reduce_cost,
    .sums = { .y = true, .mean = true },
    .reference = { .forward = forward, .backward = backward, .overwrites = true },
    .portable = { .forward = ot__mean_forward_f32,
                  .backward = ot__mean_backward_f32,
                  .overwrites = true },
    .example = example,
};

ot_var ot_mean(ot_tape *t, ot_var x)
{
    return ot__record_op(t, &ot__op_mean, 1, &x, NULL, 0);
}
