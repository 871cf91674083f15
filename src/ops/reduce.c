/* SPDX-License-Identifier: BSD-3-Clause
 * A sum over all elements, y = sum_i x_i, and its derivative, which is the same for every x_i. */
#include "ops/reduce.h"

ot_status ot__reduce_shape(ot__shaping *s)
{
    *s->y = OT_SCALAR;
    return OT_OK;
}

ot__cost ot__reduce_cost(const ot__record *r, const ot_shape *x)
{
    (void)r;
    const double n = (double)ot__elements(x[0]);
    return (ot__cost){ n, n };
}

double ot__reduce_sum(const ot__call *c)
{
    const size_t n = ot__elements(c->xs[0]);
    const double *x = c->x[0];
    double sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += x[i];
    return sum;
}

void ot__reduce_backward(const ot__call *c, double derivative)
{
    const size_t n = ot__elements(c->xs[0]);
    double *gx = c->gx[0];
    for (size_t i = 0; i < n; i++)
        ot__deliver(&gx[i], c->add[0], derivative);
}
