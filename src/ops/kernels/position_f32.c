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

/* Sums gy of the elements at .. at+n-1, in the slot of each chunk. */
static void sum_strip(const ot__call *c, const ot__cut *images, size_t image, size_t at, size_t n)
{
    for (ptrdiff_t chunk = 0; chunk < images->chunks; chunk++) {
        double *const slot = (double *)c->scratch + (size_t)chunk * image + at;
        for (size_t i = 0; i < n; i++)
            slot[i] = 0;
        for (size_t k = ot__cut_begin(images, chunk); k < ot__cut_end(images, chunk); k++) {
            const float *gy = (const float *)c->gy + k * image + at;
#pragma omp simd
            for (size_t i = 0; i < n; i++)
                slot[i] += (double)gy[i];
        }
    }
}

static void backward_position(const ot__call *c, size_t image)
{
    const ot__cut images = ot__cut_images(c->share, c->ys.dim[0], (size_t)c->ys.dim[0]);
    const double *const sum = c->scratch;
    float *const gp = c->gx[1];
    OT__PARALLEL_FOR
    for (ptrdiff_t at = 0; at < (ptrdiff_t)image; at += STRIP)
        sum_strip(c, &images, image, (size_t)at,
                  image - (size_t)at < STRIP ? image - (size_t)at : STRIP);
    ot__add_chunks(&images, image, image, c->scratch);
    for (size_t i = 0; i < image; i++)
        gp[i] = (float)(sum[i] + (c->add[1] ? (double)gp[i] : 0));
}

size_t ot__position_scratch_f32(const ot__record *r, const ot_shape *x, int batch, int threads)
{
    (void)r, (void)batch, (void)threads;
    return OT__MOST_CHUNKS * ot__elements(x[1]) * sizeof(double);
}

void ot__position_backward_f32(const ot__call *c)
{
    const size_t image = ot__elements(c->xs[1]), n = ot__elements(c->ys);
    if (c->gx[1]) backward_position(c, image);
    if (!c->gx[0]) return;
    OT__PARALLEL_FOR
    for (ptrdiff_t b = 0; b < ot__blocks(n); b++) {
        const ot__block part = ot__block_of(n, b);
        ot__deliver_scaled(part.n, (float *)c->gx[0] + part.at, c->add[0], 1,
                           (const float *)c->gy + part.at);
    }
}
