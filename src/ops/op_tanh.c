/* SPDX-License-Identifier: BSD-3-Clause
 * tanh: y = tanh(x).
 *
 *   gx = gy * (1 - y^2)
 *
 * Backward reads y only. */
#include <math.h>

#include "ops/activation.h"
#include "ops/kernels/kernels.h"

static ot_status shape(ot__shaping *s)
{
    return ot__shape_elementwise(&ot__op_tanh, s);
}

static ot__cost cost(const ot__record *r, const ot_shape *x)
{
    (void)r;
    return ot__activation_cost(x, 20, 3);
}

static double value(double x)
{
    return tanh(x);
}

static double slope(double y)
{
    return 1 - y * y;
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
    return x.id ? ot_tanh(t, x) : x;
}

const ot_op ot__op_tanh = {
    .name = "tanh",
    .shape = shape,
    .keeps = OT__KEEPS_Y,
    .cost = cost,
    .sums = { .nothing = true },
    .in_place_forward = true,
    .in_place_backward = true,
    .reference = { .forward = forward, .backward = backward, .overwrites = true },
    .portable = { .forward = ot__tanh_forward_f32,
                  .backward = ot__tanh_backward_f32,
                  .overwrites = true,
                  .reads_view = true },
    .example = example,
};

ot_var ot_tanh(ot_tape *t, ot_var x)
{
    return ot__record_op(t, &ot__op_tanh, 1, &x, NULL, 0);
}
