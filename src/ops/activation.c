/* SPDX-License-Identifier: BSD-3-Clause
 * Loops over elements for the reference kernels of activations; see activation.h. */
#include "ops/activation.h"

void ot__activation_forward(const ot__call *c, double (*f)(double x))
{
    const size_t n = ot__elements(c->ys);
    const double *x = c->x[0];
    double *y = c->y;
    for (size_t i = 0; i < n; i++)
        y[i] = f(x[i]);
}

void ot__activation_backward(const ot__call *c, const double *u, double (*slope)(double u))
{
    const size_t n = ot__elements(c->ys);
    const double *gy = c->gy;
    double *gx = c->gx[0];
    for (size_t i = 0; i < n; i++)
        ot__deliver(&gx[i], c->add[0], gy[i] * slope(u[i]));
}

uint64_t ot__activation_piece(const ot__call *c, unsigned (*piece)(const void *attr, double x))
{
    const size_t n = ot__elements(c->ys);
    const double *x = c->x[0];
    uint64_t h = 0xcbf29ce484222325u;
    for (size_t i = 0; i < n; i++)
        h = (h ^ piece(c->attr, x[i])) * 0x100000001b3u;
    return h;
}

ot_var ot__activation_example(ot_tape *t, int variant)
{
    if (variant == 0) return ot_input(t, "x", OT_SHAPE(2, 3, 5, 4));
    if (variant == 1) return ot_param(t, "w", OT_SHAPE(7), OT_ONES);
    if (variant == 2) return ot_input(t, "x", OT_SHAPE(3, 1, 1, 67));
    return (ot_var){ 0 };
}

ot__cost ot__activation_cost(const ot_shape *x, double forward, double backward)
{
    const double n = (double)ot__elements(x[0]);
    return (ot__cost){ forward * n, backward * n };
}
