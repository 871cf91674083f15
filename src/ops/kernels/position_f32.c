/* SPDX-License-Identifier: BSD-3-Clause
 * position in float32.  Threads share the elements of one image; each sums over all images in
 * order. */
#include "ops/kernels/block.h"
#include "ops/kernels/kernels.h"

void ot__position_forward_f32(const ot__call *c)
{
    const size_t image = ot__elements(c->xs[1]);
    const int images = c->ys.dim[0];
    const float *p = c->x[1];
    OT__PARALLEL_FOR
    for (ptrdiff_t k = 0; k < images; k++) {
        const float *x = (const float *)c->x[0] + (size_t)k * image;
        float *y = (float *)c->y + (size_t)k * image;
#pragma omp simd
        for (size_t i = 0; i < image; i++)
            y[i] = x[i] + p[i];
    }
}

/* gp of one block of elements. */
static void sum_block(const ot__call *c, ot__block part, size_t image)
{
    double sum[OT__BLOCK];
    float *gp = (float *)c->gx[1] + part.at;
    for (size_t i = 0; i < part.n; i++)
        sum[i] = c->add[1] ? gp[i] : 0;
    for (int k = 0; k < c->ys.dim[0]; k++) {
        const float *gy = (const float *)c->gy + (size_t)k * image + part.at;
#pragma omp simd
        for (size_t i = 0; i < part.n; i++)
            sum[i] += (double)gy[i];
    }
    for (size_t i = 0; i < part.n; i++)
        gp[i] = (float)sum[i];
}

void ot__position_backward_f32(const ot__call *c)
{
    const size_t image = ot__elements(c->xs[1]), n = ot__elements(c->ys);
    if (c->gx[1]) {
        OT__PARALLEL_FOR
        for (ptrdiff_t b = 0; b < ot__blocks(image); b++)
            sum_block(c, ot__block_of(image, b), image);
    }
    if (!c->gx[0]) return;
    OT__PARALLEL_FOR
    for (ptrdiff_t b = 0; b < ot__blocks(n); b++) {
        const ot__block part = ot__block_of(n, b);
        ot__deliver_scaled(part.n, (float *)c->gx[0] + part.at, c->add[0], 1,
                           (const float *)c->gy + part.at);
    }
}
