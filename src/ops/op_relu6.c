/* SPDX-License-Identifier: BSD-3-Clause
 * relu6: y = min(max(x, 0), 6), and NaN where x is NaN (Krizhevsky 2010).
 *
 *   gx = gy where 0 < y < 6, else 0
 *
 * The derivatives at 0 and at 6 are 0, as in PyTorch.  Backward reads y only. */
#include "ops/activation.h"
#include "ops/kernels/kernels.h"

static ot_status shape(ot__shaping *s)
{
    return ot__shape_elementwise(&ot__op_relu6, s);
}

static ot__cost cost(const ot__record *r, const ot_shape *x)
{
    (void)r;
    return ot__activation_cost(x, 2, 1);
}

static double value(double x)
{
    return x <= 0 ? 0 : x >= 6 ? 6 : x; /* NaN stays NaN */
}

static double slope(double y)
{
    return y > 0 && y < 6;
}

static void forward(const ot__call *c)
{
    ot__activation_forward(c, value);
}

static void backward(const ot__call *c)
{
    ot__activation_backward(c, c->y, slope);
}

/* 0, 1 or 2: below 0, between, above 6. */
static unsigned piece_of(const void *attr, double x)
{
    (void)attr;
    return (x > 0) + (x > 6);
}

static uint64_t piece(const ot__call *c)
{
    return ot__activation_piece(c, piece_of);
}

static ot_var example(ot_tape *t, int variant)
{
    const ot_var x = ot__activation_example(t, variant);
    return x.id ? ot_relu6(t, x) : x;
}

const ot_op ot__op_relu6 = {
    .name = "relu6",
    .shape = shape,
    .keeps = OT__KEEPS_Y,
    .cost = cost,
    .sums = { .nothing = true },
    .in_place_forward = true,
    .in_place_backward = true,
    .reference = { .forward = forward, .backward = backward, .overwrites = true },
    .portable = { .forward = ot__relu6_forward_f32,
                  .backward = ot__relu6_backward_f32,
                  .overwrites = true,
                  .reads_view = true },
    .piece = piece,
    .example = example,
};

ot_var ot_relu6(ot_tape *t, ot_var x)
{
    return ot__record_op(t, &ot__op_relu6, 1, &x, NULL, 0);
}
