/* SPDX-License-Identifier: BSD-3-Clause
 * avg_pool in float32.  Threads share the rows of windows in forward, and the rows of pixels in
 * backward.  Each element is computed by one thread: forward adds the pixels of its window,
 * backward the gradients of the windows that hold its pixel. */
#include <string.h>

#include "base/parallel.h"
#include "ops/kernels/block.h"
#include "ops/kernels/channels.h"
#include "ops/kernels/kernels.h"
#include "ops/kernels/read_view.h"
#include "ops/window.h"

/* y[c] = mean over the window of x[c], c < width.  The window begins at x, which is read through v,
 * where x[0] is channel `first`.  A row of the window is summed in float, the rows in double. */
static void mean_of_window(const ot__pool_attr *a, size_t pixel, size_t row, const ot__view *v,
                           size_t first, size_t width, const float *x, float *y)
{
    const double pixels = (double)a->size * a->size;
    double sum[OT__CHANNELS] = { 0 };
    for (int r = 0; r < a->size; r++) {
        float part[OT__CHANNELS] = { 0 };
        for (int s = 0; s < a->size; s++) {
            float value[OT__CHANNELS];
            ot__read_view(v, first, width, x + (size_t)r * row + (size_t)s * pixel, value);
#pragma omp simd
            for (size_t c = 0; c < width; c++)
                part[c] += value[c];
        }
        for (size_t c = 0; c < width; c++)
            sum[c] += (double)part[c];
    }
    for (size_t c = 0; c < width; c++)
        y[c] = (float)(sum[c] / pixels);
}

/* x: the first row of pixels of the windows.  y: their row of means. */
static void mean_of_row(const ot__call *call, const float *x, float *y)
{
    const ot__pool_attr *a = call->attr;
    const size_t channels = (size_t)call->ys.dim[3], row = (size_t)call->xs[0].dim[2] * channels;
    for (size_t j = 0; j < (size_t)call->ys.dim[2]; j++)
        for (size_t c = 0; c < channels; c += OT__CHANNELS)
            mean_of_window(a, channels, row, call->view, c, ot__channels_at(channels, c),
                           x + j * (size_t)a->stride * channels + c, y + j * channels + c);
}

void ot__avg_pool_forward_f32(const ot__call *call)
{
    const ot__pool_attr *a = call->attr;
    const int *xs = call->xs[0].dim, *ys = call->ys.dim;
    const size_t x_row = (size_t)xs[2] * xs[3], y_row = (size_t)ys[2] * ys[3];
    const ptrdiff_t rows = (ptrdiff_t)ys[0] * ys[1];
    const float *x = call->x[0];
    float *y = call->y;
    OT__PARALLEL_FOR
    for (ptrdiff_t i = 0; i < rows; i++) {
        const size_t n = (size_t)(i / ys[1]), from = (size_t)(i % ys[1]) * (size_t)a->stride;
        mean_of_row(call, x + (n * (size_t)xs[1] + from) * x_row, y + (size_t)i * y_row);
    }
}

/* gx: one pixel.  gy: the image of gradients.  (rows, columns): the windows that hold the pixel. */
static void gradient_of_pixel(const ot__call *call, ot__range rows, ot__range columns,
                              const float *gy, float *gx)
{
    const ot__pool_attr *a = call->attr;
    const size_t channels = (size_t)call->ys.dim[3], row = (size_t)call->ys.dim[2] * channels;
    const float scale = 1 / ((float)a->size * (float)a->size);
    bool add = call->add[0];
    for (int i = rows.from; i < rows.to; i++)
        for (int j = columns.from; j < columns.to; j++) {
            ot__deliver_scaled(channels, gx, add, scale,
                               gy + (size_t)i * row + (size_t)j * channels);
            add = true;
        }
    if (!add) memset(gx, 0, channels * sizeof *gx);
}

void ot__avg_pool_backward_f32(const ot__call *call)
{
    const int *xs = call->xs[0].dim, *ys = call->ys.dim;
    const size_t channels = (size_t)xs[3], image = (size_t)ys[1] * ys[2] * channels;
    const ptrdiff_t rows = (ptrdiff_t)xs[0] * xs[1];
    const float *gy = call->gy;
    float *gx = call->gx[0];
    OT__PARALLEL_FOR
    for (ptrdiff_t i = 0; i < rows; i++) {
        const ot__range across = ot__windows_of_pixel(call->attr, ys[1], (int)(i % xs[1]));
        for (int j = 0; j < xs[2]; j++)
            gradient_of_pixel(call, across, ot__windows_of_pixel(call->attr, ys[2], j),
                              gy + (size_t)(i / xs[1]) * image,
                              gx + ((size_t)i * xs[2] + j) * channels);
    }
}
