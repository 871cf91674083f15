/* SPDX-License-Identifier: BSD-3-Clause
 * mul: y = a * b, element by element.
 *
 *   ga = gy * b,   gb = gy * a */
#include "ops/kernels/kernels.h"
#include "ops/ops.h"

static ot_status shape(ot__shaping *s)
{
    return ot__shape_elementwise(&ot__op_mul, s);
}

static ot__cost cost(const ot__record *r, const ot_shape *x)
{
    (void)r;
    const double n = (double)ot__elements(x[0]);
    return (ot__cost){ n, 2 * n };
}

static void forward(const ot__call *c)
{
    const size_t n = ot__elements(c->ys);
    const double *a = c->x[0], *b = c->x[1];
    double *y = c->y;
    for (size_t i = 0; i < n; i++)
        y[i] = a[i] * b[i];
}

static void backward(const ot__call *c)
{
    const size_t n = ot__elements(c->ys);
    const double *a = c->x[0], *b = c->x[1], *gy = c->gy;
    double *ga = c->gx[0], *gb = c->gx[1];
    for (size_t i = 0; i < n; i++) {
        const double g = gy[i]; /* read first, because ga or gb may overlap gy */
        if (ga) ot__deliver(&ga[i], c->add[0], g * b[i]);
        if (gb) ot__deliver(&gb[i], c->add[1], g * a[i]);
    }
}

static ot_var example(ot_tape *t, int variant)
{
    if (variant < 0 || variant > 1) return (ot_var){ 0 };
    const ot_var a = ot_input(t, "a", OT_SHAPE(3, 2, 5));
    return ot_mul(t, a, variant == 0 ? ot_input(t, "b", OT_SHAPE(3, 2, 5)) : a);
}

const ot_op ot__op_mul = {
    .name = "mul",
    .shape = shape,
    .keeps = OT__KEEPS_X(0) | OT__KEEPS_X(1),
    .cost = cost,
    .sums = { .nothing = true },
    .in_place_forward = true,
    .in_place_backward = true,
    .reference = { .forward = forward, .backward = backward, .overwrites = true },
    .portable = { .forward = ot__mul_forward_f32,
                  .backward = ot__mul_backward_f32,
                  .overwrites = true },
    .example = example,
};

ot_var ot_mul(ot_tape *t, ot_var a, ot_var b)
{
    return ot__record_op(t, &ot__op_mul, 2, (const ot_var[]){ a, b }, NULL, 0);
}
