/* SPDX-License-Identifier: BSD-3-Clause
 * position in float32.  Threads share the elements of one image; each sums them over all images. */
#include "ops/kernels/block.h"
#include "base/chunks.h"
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

enum { STRIP = 64 }; /* elements that are summed together */

/* gp of the elements at .. at+n-1. */
static void sum_strip(const ot__call *c, const ot__cut *images, size_t image, size_t at, size_t n)
{
    double sum[OT__MOST_CHUNKS][STRIP] = { { 0 } };
    float *gp = (float *)c->gx[1] + at;
    for (size_t k = 0; k < images->units; k++) {
        const float *gy = (const float *)c->gy + k * image + at;
        double *const to = sum[k / images->chunk];
#pragma omp simd
        for (size_t i = 0; i < n; i++)
            to[i] += (double)gy[i];
    }
    ot__add_chunks(images->chunks, STRIP, STRIP, sum[0]);
    for (size_t i = 0; i < n; i++)
        gp[i] = (float)(sum[0][i] + (c->add[1] ? (double)gp[i] : 0));
}

void ot__position_backward_f32(const ot__call *c)
{
    const size_t image = ot__elements(c->xs[1]), n = ot__elements(c->ys);
    const ot__cut images = ot__cut_images(c->ys.dim[0], (size_t)c->ys.dim[0]);
    if (c->gx[1]) {
        OT__PARALLEL_FOR
        for (ptrdiff_t at = 0; at < (ptrdiff_t)image; at += STRIP)
            sum_strip(c, &images, image, (size_t)at,
                      image - (size_t)at < STRIP ? image - (size_t)at : STRIP);
    }
    if (!c->gx[0]) return;
    OT__PARALLEL_FOR
    for (ptrdiff_t b = 0; b < ot__blocks(n); b++) {
        const ot__block part = ot__block_of(n, b);
        ot__deliver_scaled(part.n, (float *)c->gx[0] + part.at, c->add[0], 1,
                           (const float *)c->gy + part.at);
    }
}
