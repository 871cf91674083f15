/* SPDX-License-Identifier: BSD-3-Clause
 * scale in float32.  The pixels are cut into shares of fixed size, which the threads divide among
 * them.  Each share sums gy*x per channel in double into a slot of its own, and the slots are added
 * in order. */
#include "base/parallel.h"
#include "ops/kernels/kernels.h"

enum { PIXELS = 256 }; /* of a share */

typedef struct sizes {
    size_t pixels, channels;
} sizes;

static sizes sizes_of(const ot_shape *x)
{
    const size_t channels = ot__elements(x[1]);
    return (sizes){ ot__elements(x[0]) / channels, channels };
}

static size_t end_of(const sizes *s, ptrdiff_t share)
{
    const size_t end = ((size_t)share + 1) * PIXELS;
    return end < s->pixels ? end : s->pixels;
}

void ot__scale_forward_f32(const ot__call *c)
{
    const sizes s = sizes_of(c->xs);
    const float *factor = c->x[1];
    OT__PARALLEL_FOR
    for (ptrdiff_t share = 0; share < ot__chunks(s.pixels, PIXELS); share++)
        for (size_t p = (size_t)share * PIXELS; p < end_of(&s, share); p++) {
            const float *x = (const float *)c->x[0] + p * s.channels;
            float *y = (float *)c->y + p * s.channels;
#pragma omp simd
            for (size_t i = 0; i < s.channels; i++)
                y[i] = factor[i] * x[i];
        }
}

static void backward_pixel(const ot__call *c, const sizes *s, size_t p, double *slot)
{
    const float *factor = c->x[1], *gy = (const float *)c->gy + p * s->channels;
    if (slot) {
        const float *x = (const float *)c->x[0] + p * s->channels;
#pragma omp simd
        for (size_t i = 0; i < s->channels; i++)
            slot[i] += (double)gy[i] * (double)x[i];
    }
    if (!c->gx[0]) return;
    float *gx = (float *)c->gx[0] + p * s->channels;
    if (c->add[0]) {
#pragma omp simd
        for (size_t i = 0; i < s->channels; i++)
            gx[i] += factor[i] * gy[i];
    } else {
#pragma omp simd
        for (size_t i = 0; i < s->channels; i++)
            gx[i] = factor[i] * gy[i];
    }
}

void ot__scale_backward_f32(const ot__call *c)
{
    const sizes s = sizes_of(c->xs);
    const ptrdiff_t shares = ot__chunks(s.pixels, PIXELS);
    OT__PARALLEL_FOR
    for (ptrdiff_t share = 0; share < shares; share++) {
        double *slot = c->gx[1] ? (double *)c->scratch + (size_t)share * s.channels : NULL;
        for (size_t i = 0; slot && i < s.channels; i++)
            slot[i] = 0;
        for (size_t p = (size_t)share * PIXELS; p < end_of(&s, share); p++)
            backward_pixel(c, &s, p, slot);
    }
    float *gs = c->gx[1];
    for (size_t i = 0; gs && i < s.channels; i++) {
        double sum = c->add[1] ? gs[i] : 0;
        for (ptrdiff_t share = 0; share < shares; share++)
            sum += ((const double *)c->scratch)[(size_t)share * s.channels + i];
        gs[i] = (float)sum;
    }
}

size_t ot__scale_scratch_f32(const ot__record *r, const ot_shape *x, int batch, int threads)
{
    (void)r, (void)batch, (void)threads;
    const sizes s = sizes_of(x);
    return (size_t)ot__chunks(s.pixels, PIXELS) * s.channels * sizeof(double);
}
