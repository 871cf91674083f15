/* SPDX-License-Identifier: BSD-3-Clause
 * max_pool: the largest value of each window of size x size pixels, one window every `stride`
 * pixels, as PyTorch computes it.
 *
 *   y  = the maximum of x over the pixels of the window that lie inside the image
 *   gx = the sum of gy over the windows that have their maximum at this pixel
 *
 * The first of equal values in a window, row by row, is its maximum; a NaN is larger than any
 * number, and the last NaN wins.  Forward saves where in its window each maximum is, as one byte.
 * So neither x nor y is kept, and a window has at most 16 x 16 pixels. */
#include <math.h>

#include "ops/kernels/kernels.h"
#include "ops/window.h"

enum { MOST_SIZE = 16 };

static ot_status shape(ot__shaping *s)
{
    const ot__pool_attr *a = s->attr;
    if (a->size < 1 || a->size > MOST_SIZE)
        return ot__fail(OT_EINVAL, "max_pool: size is %d; it must be 1 to %d", a->size,
                        (int)MOST_SIZE);
    if (a->stride < 1)
        return ot__fail(OT_EINVAL, "max_pool: stride is %d; it must be at least 1", a->stride);
    if (a->pad < 0 || a->pad > a->size / 2)
        return ot__fail(OT_EINVAL,
                        "max_pool: pad is %d; with size %d it must be 0 to %d, half the size",
                        a->pad, a->size, a->size / 2);
    return ot__shape_pool(&ot__op_max_pool, s);
}

/* The saved bytes, in numbers of 4 bytes; those of a double program have 8, so half is not used. */
static size_t saved(const ot__record *r, const ot_shape *x, int batch)
{
    (void)x;
    return (ot__elements(ot__with_batch(r->shape, r->batched, batch)) + 3) / 4;
}

static ot__cost cost(const ot__record *r, const ot_shape *x)
{
    (void)x;
    const ot__pool_attr *a = r->attr;
    const double n = (double)ot__elements(r->shape) * a->size * a->size;
    return (ot__cost){ n, n };
}

/* The first channel of pixel (row, column) of image n. */
static size_t pixel(ot_shape s, int n, int row, int column)
{
    return (((size_t)n * s.dim[1] + row) * s.dim[2] + column) * s.dim[3];
}

/* Where pixel (row, column) is in window (i, j): 0 for its first pixel, padding included. */
static int place(const ot__pool_attr *a, int i, int j, int row, int column)
{
    return (row - i * a->stride + a->pad) * a->size + column - j * a->stride + a->pad;
}

/* Returns the maximum of window (i, j) of image n in channel c, and sets *at to its place. */
static double window_maximum(const ot__call *call, int n, int i, int j, int c, uint8_t *at)
{
    const ot__pool_attr *a = call->attr;
    const ot_shape s = call->xs[0];
    const ot__range rows = ot__pixels_of_window(a, s.dim[1], i);
    const ot__range columns = ot__pixels_of_window(a, s.dim[2], j);
    double most = -INFINITY;
    *at = (uint8_t)place(a, i, j, rows.from, columns.from);
    for (int row = rows.from; row < rows.to; row++)
        for (int column = columns.from; column < columns.to; column++) {
            const double x = ((const double *)call->x[0])[pixel(s, n, row, column) + c];
            if (!(x > most || isnan(x))) continue;
            most = x;
            *at = (uint8_t)place(a, i, j, row, column);
        }
    return most;
}

static void forward(const ot__call *call)
{
    const int *d = call->ys.dim;
    double *y = call->y;
    uint8_t *at = call->saved;
    for (int n = 0; n < d[0]; n++)
        for (int i = 0; i < d[1]; i++)
            for (int j = 0; j < d[2]; j++)
                for (int c = 0; c < d[3]; c++)
                    *y++ = window_maximum(call, n, i, j, c, at++);
}

/* The sum of gy over the windows that have their maximum at pixel (row, column) of image n, in
 * channel c. */
static double gradient_sum(const ot__call *call, int n, int row, int column, int c)
{
    const ot__pool_attr *a = call->attr;
    const ot_shape s = call->ys;
    const double *gy = call->gy;
    const uint8_t *at = call->saved;
    const ot__range rows = ot__windows_of_pixel(a, s.dim[1], row);
    const ot__range columns = ot__windows_of_pixel(a, s.dim[2], column);
    double sum = 0;
    for (int i = rows.from; i < rows.to; i++)
        for (int j = columns.from; j < columns.to; j++) {
            const size_t window = pixel(s, n, i, j) + c;
            if (at[window] == place(a, i, j, row, column)) sum += gy[window];
        }
    return sum;
}

static void backward(const ot__call *call)
{
    const int *d = call->xs[0].dim;
    double *gx = call->gx[0];
    for (int n = 0; n < d[0]; n++)
        for (int row = 0; row < d[1]; row++)
            for (int column = 0; column < d[2]; column++)
                for (int c = 0; c < d[3]; c++)
                    ot__deliver(gx++, call->add[0], gradient_sum(call, n, row, column, c));
}

/* A hash (FNV-1a) of where the maxima are. */
static uint64_t piece(const ot__call *call)
{
    const size_t n = ot__elements(call->ys);
    const uint8_t *at = call->saved;
    uint64_t h = 0xcbf29ce484222325u;
    for (size_t i = 0; i < n; i++)
        h = (h ^ at[i]) * 0x100000001b3u;
    return h;
}

/* Windows side by side, overlapping and apart, with padding, hanging over the end, larger than the
 * image, and of one pixel.  The last example has more channels than the float32 kernel takes at a
 * time. */
static ot_var example(ot_tape *t, int variant)
{
    static const struct {
        ot_shape x;
        int size, stride, pad;
        bool ceil;
    } v[] = {
        { { 4, { 2, 4, 6, 3 } }, 2, 2, 0, false },   { { 4, { 2, 6, 4, 2 } }, 3, 2, 0, true },
        { { 4, { 2, 5, 7, 2 } }, 3, 2, 1, false },   { { 4, { 2, 6, 5, 2 } }, 3, 2, 1, true },
        { { 4, { 3, 5, 4, 1 } }, 3, 1, 1, false },   { { 4, { 2, 8, 7, 2 } }, 2, 3, 1, true },
        { { 4, { 2, 2, 3, 2 } }, 3, 2, 0, true },    { { 4, { 2, 3, 2, 3 } }, 1, 1, 0, false },
        { { 4, { 1, 9, 10, 1 } }, 16, 4, 8, false }, { { 4, { 2, 6, 5, 66 } }, 3, 2, 0, true },
    };
    if (variant < 0 || variant >= (int)(sizeof v / sizeof v[0])) return (ot_var){ 0 };
    return ot_max_pool(t, ot_input(t, "x", v[variant].x), v[variant].size, v[variant].stride,
                       v[variant].pad, v[variant].ceil);
}

const ot_op ot__op_max_pool = {
    .name = "max_pool",
    .shape = shape,
    .saved = saved,
    .cost = cost,
    .sums = { .nothing = true },
    .reference = { .forward = forward, .backward = backward, .overwrites = true },
    .portable = { .forward = ot__max_pool_forward_f32,
                  .backward = ot__max_pool_backward_f32,
                  .overwrites = true,
                  .reads_view = true },
    .piece = piece,
    .example = example,
};

ot_var ot_max_pool(ot_tape *t, ot_var x, int size, int stride, int pad, bool ceil)
{
    const ot__pool_attr attr = { .size = size, .stride = stride, .pad = pad, .ceil = ceil };
    return ot__record_op(t, &ot__op_max_pool, 1, &x, &attr, sizeof attr);
}
