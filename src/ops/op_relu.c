/* SPDX-License-Identifier: BSD-3-Clause
 * relu: y = max(x, 0), and NaN where x is NaN.
 *
 *   gx = gy where y > 0, else 0
 *
 * The derivative at 0 is 0, as in PyTorch.  Backward reads y only, so x is not kept. */
#include "ops/kernels/kernels.h"
#include "ops/ops.h"

static ot_status shape(ot__shaping *s)
{
    return ot__shape_elementwise(&ot__op_relu, s);
}

static ot__cost cost(const ot__record *r, const ot_shape *x)
{
    (void)r;
    const double n = (double)ot__elements(x[0]);
    return (ot__cost){ n, n };
}

static void forward(const ot__call *c)
{
    const size_t n = ot__elements(c->ys);
    const double *x = c->x[0];
    double *y = c->y;
    for (size_t i = 0; i < n; i++)
        y[i] = x[i] <= 0 ? 0 : x[i]; /* NaN stays NaN */
}

static void backward(const ot__call *c)
{
    const size_t n = ot__elements(c->ys);
    const double *y = c->y, *gy = c->gy;
    double *gx = c->gx[0];
    for (size_t i = 0; i < n; i++)
        ot__deliver(&gx[i], c->add[0], y[i] > 0 ? gy[i] : 0);
}

/* A hash (FNV-1a) of where x is positive. */
static uint64_t piece(const ot__call *c)
{
    const size_t n = ot__elements(c->ys);
    const double *x = c->x[0];
    uint64_t h = 0xcbf29ce484222325u;
    for (size_t i = 0; i < n; i++)
        h = (h ^ (x[i] > 0)) * 0x100000001b3u;
    return h;
}

static ot_var example(ot_tape *t, int variant)
{
    if (variant == 0) return ot_relu(t, ot_input(t, "x", OT_SHAPE(2, 3, 5, 4)));
    if (variant == 1) return ot_relu(t, ot_param(t, "w", OT_SHAPE(7), OT_ONES));
    return (ot_var){ 0 };
}

const ot_op ot__op_relu = {
    .name = "relu",
    .shape = shape,
    .keeps = OT__KEEPS_Y,
    .cost = cost,
    .sums = { .nothing = true },
    .is_relu = true,
    .in_place_forward = true,
    .in_place_backward = true,
    .reference = { .forward = forward, .backward = backward, .overwrites = true },
    .portable = { .forward = ot__relu_forward_f32,
                  .backward = ot__relu_backward_f32,
                  .overwrites = true },
    .piece = piece,
    .example = example,
};

ot_var ot_relu(ot_tape *t, ot_var x)
{
    return ot__record_op(t, &ot__op_relu, 1, &x, NULL, 0);
}
