/* SPDX-License-Identifier: BSD-3-Clause
 * gate in float32.  Threads share the images; the sums of an image are in double, for a block of
 * channels at a time. */
#include "base/parallel.h"
#include "ops/kernels/channels.h"
#include "ops/kernels/kernels.h"

typedef struct frame {
    ptrdiff_t images;
    size_t pixels, channels; /* of an image */
} frame;

static frame frame_of(const ot__call *c)
{
    const size_t images = (size_t)c->ys.dim[0], channels = (size_t)ot__channels(c->ys);
    return (frame){ (ptrdiff_t)images, ot__elements(c->ys) / images / channels, channels };
}

/* y <- s*x, or y + s*x if add, for one image. */
static void multiply_image(const frame *f, const float *s, const float *x, bool add, float *y)
{
    for (size_t p = 0; p < f->pixels; p++, x += f->channels, y += f->channels) {
        if (add) {
#pragma omp simd
            for (size_t i = 0; i < f->channels; i++)
                y[i] += s[i] * x[i];
        } else {
#pragma omp simd
            for (size_t i = 0; i < f->channels; i++)
                y[i] = s[i] * x[i];
        }
    }
}

/* gs of one image. */
static void sum_image(const frame *f, const float *x, const float *gy, bool add, float *gs)
{
    for (size_t at = 0; at < f->channels; at += OT__CHANNELS) {
        const size_t width = ot__channels_at(f->channels, at);
        double sum[OT__CHANNELS] = { 0 };
        for (size_t p = 0; p < f->pixels; p++) {
            const float *xp = x + p * f->channels + at, *gp = gy + p * f->channels + at;
#pragma omp simd
            for (size_t i = 0; i < width; i++)
                sum[i] += (double)gp[i] * (double)xp[i];
        }
        for (size_t i = 0; i < width; i++)
            gs[at + i] = (float)(sum[i] + (add ? (double)gs[at + i] : 0));
    }
}

void ot__gate_forward_f32(const ot__call *c)
{
    const frame f = frame_of(c);
    const size_t image = f.pixels * f.channels;
    OT__PARALLEL_FOR
    for (ptrdiff_t n = 0; n < f.images; n++)
        multiply_image(&f, (const float *)c->x[1] + (size_t)n * f.channels,
                       (const float *)c->x[0] + (size_t)n * image, false,
                       (float *)c->y + (size_t)n * image);
}

void ot__gate_backward_f32(const ot__call *c)
{
    const frame f = frame_of(c);
    const size_t image = f.pixels * f.channels;
    OT__PARALLEL_FOR
    for (ptrdiff_t n = 0; n < f.images; n++) {
        const size_t at = (size_t)n * image, of_s = (size_t)n * f.channels;
        const float *gy = (const float *)c->gy + at;
        if (c->gx[1])
            sum_image(&f, (const float *)c->x[0] + at, gy, c->add[1], (float *)c->gx[1] + of_s);
        if (c->gx[0])
            multiply_image(&f, (const float *)c->x[1] + of_s, gy, c->add[0],
                           (float *)c->gx[0] + at);
    }
}
