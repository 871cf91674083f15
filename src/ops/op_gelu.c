/* SPDX-License-Identifier: BSD-3-Clause
 * gelu: y = x*P(x), where P(x) = (1 + erf(x/sqrt(2)))/2 is the distribution function of the normal
 * distribution (Hendrycks and Gimpel 2016).  This is the exact form, not the fit by tanh.
 *
 *   gx = gy * (P(x) + x*p(x)),   p(x) = exp(-x^2/2)/sqrt(2 pi) */
#include <math.h>

#include "ops/activation.h"
#include "ops/kernels/kernels.h"

static ot_status shape(ot__shaping *s)
{
    return ot__shape_elementwise(&ot__op_gelu, s);
}

static ot__cost cost(const ot__record *r, const ot_shape *x)
{
    (void)r;
    return ot__activation_cost(x, 25, 40);
}

static double distribution(double x)
{
    return (1 + erf(x * M_SQRT1_2)) / 2;
}

static double value(double x)
{
    return x * distribution(x);
}

static double slope(double x)
{
    const double density = exp(-x * x / 2) / sqrt(2 * M_PI);
    return distribution(x) + x * density;
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
    return x.id ? ot_gelu(t, x) : x;
}

const ot_op ot__op_gelu = {
    .name = "gelu",
    .shape = shape,
    .keeps = OT__KEEPS_X(0),
    .cost = cost,
    .sums = { .nothing = true },
    .in_place_forward = true,
    .in_place_backward = true,
    .reference = { .forward = forward, .backward = backward, .overwrites = true },
    .portable = { .forward = ot__gelu_forward_f32,
                  .backward = ot__gelu_backward_f32,
                  .overwrites = true,
                  .reads_view = true },
    .example = example,
};

ot_var ot_gelu(ot_tape *t, ot_var x)
{
    return ot__record_op(t, &ot__op_gelu, 1, &x, NULL, 0);
}
