/* SPDX-License-Identifier: BSD-3-Clause
 * scale in float32.  The sums of gy*x per channel are in double. */
#include "base/chunks.h"
#include "ops/kernels/kernels.h"

enum { PIXELS = 256 }; /* that one thread computes at a time in forward */

typedef struct sizes {
    size_t pixels, channels;
} sizes;

static sizes sizes_of(const ot_shape *x)
{
    const size_t channels = ot__elements(x[1]);
    return (sizes){ ot__elements(x[0]) / channels, channels };
}

void ot__scale_forward_f32(const ot__call *c)
{
    const sizes s = sizes_of(c->xs);
    const float *factor = c->x[1];
    OT__PARALLEL_FOR
    for (ptrdiff_t part = 0; part < ot__chunks(s.pixels, PIXELS); part++)
        for (size_t p = (size_t)part * PIXELS; p < (size_t)(part + 1) * PIXELS && p < s.pixels;
             p++) {
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
    const ot__cut cut = ot__cut_images(c->share, c->xs[0].rank > 1 ? c->xs[0].dim[0] : 1, s.pixels);
    double *const slots = c->scratch;
    OT__PARALLEL_FOR
    for (ptrdiff_t chunk = 0; chunk < cut.chunks; chunk++) {
        double *slot = c->gx[1] ? slots + (size_t)chunk * s.channels : NULL;
        for (size_t i = 0; slot && i < s.channels; i++)
            slot[i] = 0;
        for (size_t p = ot__cut_begin(&cut, chunk); p < ot__cut_end(&cut, chunk); p++)
            backward_pixel(c, &s, p, slot);
    }
    float *gs = c->gx[1];
    if (gs) ot__add_chunks(&cut, s.channels, s.channels, slots);
    for (size_t i = 0; gs && i < s.channels; i++)
        gs[i] = (float)(slots[i] + (c->add[1] ? (double)gs[i] : 0));
}

size_t ot__scale_scratch_f32(const ot__record *r, const ot_shape *x, int batch, int threads)
{
    (void)r, (void)batch, (void)threads;
    return OT__MOST_CHUNKS * ot__elements(x[1]) * sizeof(double);
}
