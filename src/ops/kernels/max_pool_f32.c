/* SPDX-License-Identifier: BSD-3-Clause
 * max_pool in float32.  Threads share the rows of windows in forward, and the rows of pixels in
 * backward.  Forward saves the place of each maximum in its window as a byte.  Backward adds to a
 * pixel the gradients of those of its windows that have the maximum at its place. */
#include <math.h>
#include <string.h>

#include "base/parallel.h"
#include "ops/kernels/channels.h"
#include "ops/kernels/kernels.h"
#include "ops/kernels/read_view.h"
#include "ops/window.h"

/* The windows of one row, and the image that they are in. */
typedef struct row_of_windows {
    int i;          /* the index of the row */
    ot__range rows; /* the rows of pixels in its windows */
    const float *x; /* the image */
    float *y;
    uint8_t *at;
} row_of_windows;

/* If x is larger than the maximum so far or is NaN, it is the new maximum, at this place. */
static void take_larger(size_t width, const float *x, int place, float *most, int *at)
{
#pragma omp simd
    for (size_t c = 0; c < width; c++) {
        const bool take = x[c] > most[c] || x[c] != x[c];
        most[c] = take ? x[c] : most[c];
        at[c] = take ? place : at[c];
    }
}

/* The maxima of window j in `width` channels from channel `first`. */
static void maxima_of_window(const ot__call *call, const row_of_windows *w, int j, size_t first,
                             size_t width)
{
    const ot__pool_attr *a = call->attr;
    const size_t channels = (size_t)call->ys.dim[3], columns_of_x = (size_t)call->xs[0].dim[2];
    const ot__range columns = ot__pixels_of_window(a, call->xs[0].dim[2], j);
    const int row0 = w->i * a->stride - a->pad, column0 = j * a->stride - a->pad;
    float most[OT__CHANNELS];
    int at[OT__CHANNELS];
    for (size_t c = 0; c < width; c++) {
        most[c] = -INFINITY;
        at[c] = (w->rows.from - row0) * a->size + columns.from - column0;
    }
    for (int row = w->rows.from; row < w->rows.to; row++)
        for (int column = columns.from; column < columns.to; column++) {
            const size_t pixel = (size_t)row * columns_of_x + (size_t)column;
            float value[OT__CHANNELS];
            ot__read_view(call->view, first, width, w->x + pixel * channels + first, value);
            take_larger(width, value, (row - row0) * a->size + column - column0, most, at);
        }
    const size_t to = (size_t)j * channels + first;
    memcpy(w->y + to, most, width * sizeof *most);
    for (size_t c = 0; c < width; c++)
        w->at[to + c] = (uint8_t)at[c];
}

void ot__max_pool_forward_f32(const ot__call *call)
{
    const int *xs = call->xs[0].dim, *ys = call->ys.dim;
    const size_t channels = (size_t)ys[3], image = (size_t)xs[1] * xs[2] * channels;
    const ptrdiff_t rows = (ptrdiff_t)ys[0] * ys[1];
    OT__PARALLEL_FOR
    for (ptrdiff_t i = 0; i < rows; i++) {
        const size_t to = (size_t)i * ys[2] * channels;
        row_of_windows w = { .i = (int)(i % ys[1]),
                             .x = (const float *)call->x[0] + (size_t)(i / ys[1]) * image,
                             .y = (float *)call->y + to,
                             .at = (uint8_t *)call->saved + to };
        w.rows = ot__pixels_of_window(call->attr, xs[1], w.i);
        for (int j = 0; j < ys[2]; j++)
            for (size_t c = 0; c < channels; c += OT__CHANNELS)
                maxima_of_window(call, &w, j, c, ot__channels_at(channels, c));
    }
}

/* gx: pixel (row, column) of an image whose first window is `image` in gy. */
static void gradient_of_pixel(const ot__call *call, size_t image, int row, int column, float *gx)
{
    const ot__pool_attr *a = call->attr;
    const int *ys = call->ys.dim;
    const size_t channels = (size_t)ys[3];
    const ot__range rows = ot__windows_of_pixel(a, ys[1], row);
    const ot__range columns = ot__windows_of_pixel(a, ys[2], column);
    if (!call->add[0]) memset(gx, 0, channels * sizeof *gx);
    for (int i = rows.from; i < rows.to; i++)
        for (int j = columns.from; j < columns.to; j++) {
            const size_t window = (image + (size_t)i * ys[2] + (size_t)j) * channels;
            const float *gy = (const float *)call->gy + window;
            const uint8_t *at = (const uint8_t *)call->saved + window;
            const int place =
                (row + a->pad - i * a->stride) * a->size + column + a->pad - j * a->stride;
#pragma omp simd
            for (size_t c = 0; c < channels; c++)
                gx[c] += at[c] == place ? gy[c] : 0;
        }
}

void ot__max_pool_backward_f32(const ot__call *call)
{
    const int *xs = call->xs[0].dim, *ys = call->ys.dim;
    const ptrdiff_t rows = (ptrdiff_t)xs[0] * xs[1];
    float *gx = call->gx[0];
    OT__PARALLEL_FOR
    for (ptrdiff_t i = 0; i < rows; i++)
        for (int j = 0; j < xs[2]; j++)
            gradient_of_pixel(call, (size_t)(i / xs[1]) * ys[1] * ys[2], (int)(i % xs[1]), j,
                              gx + ((size_t)i * xs[2] + (size_t)j) * xs[3]);
}
