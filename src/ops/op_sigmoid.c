/* SPDX-License-Identifier: BSD-3-Clause
 * sigmoid: y = 1/(1 + exp(-x)).
 *
 *   gx = gy * y*(1 - y)
 *
 * Backward reads y only. */
#include <math.h>

#include "ops/activation.h"
#include "ops/kernels/kernels.h"

static ot_status shape(ot__shaping *s)
{
    return ot__shape_elementwise(&ot__op_sigmoid, s);
}

static ot__cost cost(const ot__record *r, const ot_shape *x)
{
    (void)r;
    return ot__activation_cost(x, 15, 3);
}

static double value(double x)
{
    return 1 / (1 + exp(-x));
}

static double slope(double y)
{
    return y * (1 - y);
}

static void forward(const ot__call *c)
{
    ot__activation_forward(c, value);
}

static void backward(const ot__call *c)
{
    ot__activation_backward(c, c->y, slope);
}

static ot_var example(ot_tape *t, int variant)
{
    const ot_var x = ot__activation_example(t, variant);
    return x.id ? ot_sigmoid(t, x) : x;
}

const ot_op ot__op_sigmoid = {
    .name = "sigmoid",
    .shape = shape,
    .keeps = OT__KEEPS_Y,
    .cost = cost,
    .sums = { .nothing = true },
    .in_place_forward = true,
    .in_place_backward = true,
    .reference = { .forward = forward, .backward = backward, .overwrites = true },
    .portable = { .forward = ot__sigmoid_forward_f32,
                  .backward = ot__sigmoid_backward_f32,
                  .overwrites = true,
                  .reads_view = true },
    .example = example,
};

ot_var ot_sigmoid(ot_tape *t, ot_var x)
{
    return ot__record_op(t, &ot__op_sigmoid, 1, &x, NULL, 0);
}
