/* SPDX-License-Identifier: BSD-3-Clause
 * fill in float32: one number per pixel, too few to share among threads. */
#include "ops/attr.h"
#include "base/chunks.h"
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
    const ot__cut cut = ot__cut_images(c->share, ot__images(c->ys), ot__elements(c->ys));
    double sum[OT__MOST_CHUNKS] = { 0 };
    for (size_t i = 0; g && i < cut.units; i++)
        sum[i / cut.chunk] += (double)gy[i];
    ot__add_chunks(&cut, 1, 1, sum);
    if (g) *g = (float)(a->value * sum[0] + (c->add[1] ? (double)*g : 0));
}
