/* SPDX-License-Identifier: BSD-3-Clause
 * sum: y = the sum of all elements of x, a scalar without batch.
 *
 *   gx = gy everywhere */
#include "ops/kernels/kernels.h"
#include "ops/reduce.h"

static void forward(const ot__call *c)
{
    *(double *)c->y = ot__reduce_sum(c);
}

static void backward(const ot__call *c)
{
    ot__reduce_backward(c, *(const double *)c->gy);
}

static ot_var example(ot_tape *t, int variant)
{
    if (variant == 0) return ot_sum(t, ot_input(t, "x", OT_SHAPE(3, 4, 5, 2)));
    if (variant == 1) return ot_sum(t, ot_param(t, "w", OT_SHAPE(11), OT_ONES));
    return (ot_var){ 0 };
}

const ot_op ot__op_sum = {
    .name = "sum",
    .shape = ot__reduce_shape,
    .cost = ot__reduce_cost,
    .sums = { .y = true },
    .reference = { .forward = forward, .backward = backward, .overwrites = true },
    .portable = { .forward = ot__sum_forward_f32,
                  .backward = ot__sum_backward_f32,
                  .overwrites = true },
    .example = example,
};

ot_var ot_sum(ot_tape *t, ot_var x)
{
    return ot__record_op(t, &ot__op_sum, 1, &x, NULL, 0);
}
