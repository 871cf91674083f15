/* SPDX-License-Identifier: BSD-3-Clause
 * fill in float32: one number per pixel, too few to share among threads. */
#include "ops/attr.h"
#include "ops/kernels/kernels.h"

void ot__fill_forward_f32(const ot__call *c)
{
    const ot__fill_attr *a = c->attr;
    const double factor = c->n_in > 1 ? (double)*(const float *)c->x[1] : 1;
    const float value = (float)(a->value * factor);
    float *y = c->y;
    for (size_t i = 0; i < ot__elements(c->ys); i++)
        y[i] = value;
}

void ot__fill_backward_f32(const ot__call *c)
{
    const ot__fill_attr *a = c->attr;
    const float *gy = c->gy;
    float *g = c->n_in > 1 ? c->gx[1] : NULL;
    double sum = 0;
    for (size_t i = 0; g && i < ot__elements(c->ys); i++)
        sum += (double)gy[i];
    if (g) *g = (float)(a->value * sum + (c->add[1] ? (double)*g : 0));
}
