/* SPDX-License-Identifier: BSD-3-Clause
 * bias in float32.  The sums of gy per channel are in double. */
#include "ops/attr.h"
#include "ops/kernels/block.h"
#include "base/chunks.h"
#include "ops/kernels/inline.h"
#include "ops/kernels/kernels.h"

enum { PIXELS = 256 }; /* that one thread computes at a time in forward */

typedef struct frame {
    size_t pixels, channels;
    const float *b;
    ot__cut cut;   /* of the pixels */
    double *slots; /* scratch: (chunks, channels) */
} frame;

static frame frame_of(const ot__call *c)
{
    const size_t channels = ot__elements(c->xs[1]);
    const size_t pixels = ot__elements(c->xs[0]) / channels;
    const int images = c->xs[0].rank > 1 ? c->xs[0].dim[0] : 1;
    return (frame){ pixels, channels, c->x[1], ot__cut_images(c->share, images, pixels),
                    c->scratch };
}

/* The numbers of the view 1*(x - (-b)) + 0, which has the bits of x + b. */
static void make_view(const ot__call *c, const frame *f)
{
    float *m = (float *)c->saved + OT__BIAS_M * f->channels;
    float *a = (float *)c->saved + OT__BIAS_A * f->channels;
    float *e = (float *)c->saved + OT__BIAS_E * f->channels;
    for (size_t i = 0; i < f->channels; i++) {
        m[i] = -f->b[i];
        a[i] = 1;
        e[i] = 0;
    }
}

void ot__bias_forward_f32(const ot__call *c)
{
    const frame f = frame_of(c);
    make_view(c, &f);
    if (!c->y) return; /* the result is not stored: its readers compute it from x */
    OT__PARALLEL_FOR
    for (ptrdiff_t part = 0; part < ot__chunks(f.pixels, PIXELS); part++)
        for (size_t p = (size_t)part * PIXELS; p < (size_t)(part + 1) * PIXELS && p < f.pixels;
             p++) {
            const float *x = (const float *)c->x[0] + p * f.channels;
            float *y = (float *)c->y + p * f.channels;
#pragma omp simd
            for (size_t i = 0; i < f.channels; i++)
                y[i] = x[i] + f.b[i];
        }
}

/* gy of pixel p as far as a ReLU after y passes it.  x is NULL if there is no such ReLU. */
OT__INLINE float passed(const frame *f, const float *x, const float *gy, size_t i)
{
    return !x || x[i] + f->b[i] > 0 ? gy[i] : 0;
}

static void add_pixel(const frame *f, const float *x, const float *gy, double *slot)
{
    if (x) {
#pragma omp simd
        for (size_t i = 0; i < f->channels; i++)
            slot[i] += (double)passed(f, x, gy, i);
    } else {
#pragma omp simd
        for (size_t i = 0; i < f->channels; i++)
            slot[i] += (double)gy[i];
    }
}

static void deliver_pixel(const frame *f, const float *x, const float *gy, bool add, float *gx)
{
    if (!x) {
        ot__deliver_scaled(f->channels, gx, add, 1, gy);
        return;
    }
#pragma omp simd
    for (size_t i = 0; i < f->channels; i++)
        gx[i] = passed(f, x, gy, i) + (add ? gx[i] : 0);
}

static void backward_chunk(const ot__call *c, const frame *f, ptrdiff_t chunk)
{
    double *slot = f->slots + (size_t)chunk * f->channels;
    for (size_t i = 0; i < f->channels; i++)
        slot[i] = 0;
    for (size_t p = ot__cut_begin(&f->cut, chunk); p < ot__cut_end(&f->cut, chunk); p++) {
        const float *x = c->through_relu ? (const float *)c->x[0] + p * f->channels : NULL;
        const float *gy = (const float *)c->gy + p * f->channels;
        add_pixel(f, x, gy, slot);
        if (c->gx[0]) deliver_pixel(f, x, gy, c->add[0], (float *)c->gx[0] + p * f->channels);
    }
}

void ot__bias_backward_f32(const ot__call *c)
{
    const frame f = frame_of(c);
    OT__PARALLEL_FOR
    for (ptrdiff_t chunk = 0; chunk < f.cut.chunks; chunk++)
        backward_chunk(c, &f, chunk);
    ot__add_chunks(&f.cut, f.channels, f.channels, f.slots);
    float *gb = c->gx[1];
    for (size_t i = 0; gb && i < f.channels; i++)
        gb[i] = (float)(f.slots[i] + (c->add[1] ? (double)gb[i] : 0));
}

size_t ot__bias_scratch_f32(const ot__record *r, const ot_shape *x, int batch, int threads)
{
    (void)r, (void)batch, (void)threads;
    return OT__MOST_CHUNKS * ot__elements(x[1]) * sizeof(double);
}
