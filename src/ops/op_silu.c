/* SPDX-License-Identifier: BSD-3-Clause
 * silu: y = x*sigmoid(x), also called swish (Hendrycks and Gimpel 2016).  With s = sigmoid(x)
 *
 *   gx = gy * s*(1 + x*(1 - s)) */
#include <math.h>

#include "ops/activation.h"
#include "ops/kernels/kernels.h"

static ot_status shape(ot__shaping *s)
{
    return ot__shape_elementwise(&ot__op_silu, s);
}

static ot__cost cost(const ot__record *r, const ot_shape *x)
{
    (void)r;
    return ot__activation_cost(x, 16, 20);
}

static double sigmoid(double x)
{
    return 1 / (1 + exp(-x));
}

static double value(double x)
{
    return x * sigmoid(x);
}

static double slope(double x)
{
    const double s = sigmoid(x);
    return s * (1 + x * (1 - s));
}

static void forward(const ot__call *c)
{
    ot__activation_forward(c, value);
}

static void backward(const ot__call *c)
{
    ot__activation_backward(c, c->x[0], slope);
}

static ot_var example(ot_tape *t, int variant)
{
    const ot_var x = ot__activation_example(t, variant);
    return x.id ? ot_silu(t, x) : x;
}

const ot_op ot__op_silu = {
    .name = "silu",
    .shape = shape,
    .keeps = OT__KEEPS_X(0),
    .cost = cost,
    .sums = { .nothing = true },
    .in_place_forward = true,
    .in_place_backward = true,
    .reference = { .forward = forward, .backward = backward, .overwrites = true },
    .portable = { .forward = ot__silu_forward_f32,
                  .backward = ot__silu_backward_f32,
                  .overwrites = true,
                  .reads_view = true },
    .example = example,
};

ot_var ot_silu(ot_tape *t, ot_var x)
{
    return ot__record_op(t, &ot__op_silu, 1, &x, NULL, 0);
}
