/* SPDX-License-Identifier: BSD-3-Clause
 * global_avg_pool in float32, for one image and a block of channels at a time.  A few pixels are
 * summed in float, and these sums are added in double (channels.h). */
#include "base/parallel.h"
#include "ops/kernels/block.h"
#include "ops/kernels/channels.h"
#include "ops/kernels/kernels.h"
#include "ops/kernels/read_view.h"

typedef struct sizes {
    size_t images, pixels, channels;
} sizes;

static sizes sizes_of(const ot__call *c)
{
    const int *x = c->xs[0].dim;
    return (sizes){ (size_t)x[0], (size_t)x[1] * (size_t)x[2], (size_t)x[3] };
}

/* y[i] = mean over the pixels p of x[p*stride + i], i < width.  x is read through v, where x[0] is
 * channel `first`. */
static void mean_of_image(size_t pixels, size_t stride, const ot__view *v, size_t first,
                          size_t width, const float *x, float *y)
{
    double sum[OT__CHANNELS] = { 0 };
    for (size_t p = 0; p < pixels; p += OT__PIXELS) {
        const size_t end = p + OT__PIXELS < pixels ? p + OT__PIXELS : pixels;
        float part[OT__CHANNELS] = { 0 };
        for (size_t q = p; q < end; q++) {
            float pixel[OT__CHANNELS];
            ot__read_view(v, first, width, x + q * stride, pixel);
#pragma omp simd
            for (size_t i = 0; i < width; i++)
                part[i] += pixel[i];
        }
        for (size_t i = 0; i < width; i++)
            sum[i] += (double)part[i];
    }
    for (size_t i = 0; i < width; i++)
        y[i] = (float)(sum[i] / (double)pixels);
}

void ot__global_avg_pool_forward_f32(const ot__call *c)
{
    const sizes s = sizes_of(c);
    const float *x = c->x[0];
    float *y = c->y;
    OT__PARALLEL_FOR
    for (size_t n = 0; n < s.images; n++)
        for (size_t i = 0; i < s.channels; i += OT__CHANNELS)
            mean_of_image(s.pixels, s.channels, c->view, i, ot__channels_at(s.channels, i),
                          x + n * s.pixels * s.channels + i, y + n * s.channels + i);
}

void ot__global_avg_pool_backward_f32(const ot__call *c)
{
    const sizes s = sizes_of(c);
    const float *gy = c->gy, scale = 1 / (float)s.pixels;
    float *gx = c->gx[0];
    OT__PARALLEL_FOR
    for (size_t n = 0; n < s.images; n++)
        for (size_t p = 0; p < s.pixels; p++)
            ot__deliver_scaled(s.channels, gx + (n * s.pixels + p) * s.channels, c->add[0], scale,
                               gy + n * s.channels);
}
