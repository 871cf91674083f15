/* SPDX-License-Identifier: BSD-3-Clause
 * avg_pool: the mean of each window of size x size pixels, one window every `stride` pixels.
 *
 *   y[n,i,j,c] = 1/size^2 * sum of x[n, i*stride + r, j*stride + s, c] over r, s < size
 *   gx         = the sum of gy/size^2 over the windows that hold the pixel
 *
 * Pixels at the end that fill no window are left out, and their gradient is 0.  size 1 takes every
 * stride-th pixel. */
#include "ops/kernels/kernels.h"
#include "ops/window.h"

static ot_status shape(ot__shaping *s)
{
    const ot__pool_attr *a = s->attr;
    if (a->size < 1 || a->stride < 1)
        return ot__fail(OT_EINVAL, "avg_pool: size %d and stride %d; both must be at least 1",
                        a->size, a->stride);
    return ot__shape_pool(&ot__op_avg_pool, s);
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

/* The sum over window (i, j) of image n in channel c. */
static double window_sum(const ot__call *call, int n, int i, int j, int c)
{
    const ot__pool_attr *a = call->attr;
    const ot_shape s = call->xs[0];
    const double *x = call->x[0];
    double sum = 0;
    for (int row = i * a->stride; row < i * a->stride + a->size; row++)
        for (int column = j * a->stride; column < j * a->stride + a->size; column++)
            sum += x[pixel(s, n, row, column) + c];
    return sum;
}

static void forward(const ot__call *call)
{
    const ot__pool_attr *a = call->attr;
    const double pixels = (double)a->size * a->size;
    const int *d = call->ys.dim;
    double *y = call->y;
    for (int n = 0; n < d[0]; n++)
        for (int i = 0; i < d[1]; i++)
            for (int j = 0; j < d[2]; j++)
                for (int c = 0; c < d[3]; c++)
                    *y++ = window_sum(call, n, i, j, c) / pixels;
}

/* The sum of gy over the windows that hold pixel (row, column) of image n, in channel c. */
static double gradient_sum(const ot__call *call, int n, int row, int column, int c)
{
    const ot_shape s = call->ys;
    const double *gy = call->gy;
    const ot__range rows = ot__windows_of_pixel(call->attr, s.dim[1], row);
    const ot__range columns = ot__windows_of_pixel(call->attr, s.dim[2], column);
    double sum = 0;
    for (int i = rows.from; i < rows.to; i++)
        for (int j = columns.from; j < columns.to; j++)
            sum += gy[pixel(s, n, i, j) + c];
    return sum;
}

static void backward(const ot__call *call)
{
    const ot__pool_attr *a = call->attr;
    const double pixels = (double)a->size * a->size;
    const int *d = call->xs[0].dim;
    double *gx = call->gx[0];
    for (int n = 0; n < d[0]; n++)
        for (int row = 0; row < d[1]; row++)
            for (int column = 0; column < d[2]; column++)
                for (int c = 0; c < d[3]; c++)
                    ot__deliver(gx++, call->add[0], gradient_sum(call, n, row, column, c) / pixels);
}

/* Windows side by side, overlapping, apart, of one pixel, and as large as the image; images with
 * pixels that fill no window.  The last example has more pixels in a window and more channels than
 * the float32 kernel sums at a time. */
static ot_var example(ot_tape *t, int variant)
{
    static const struct {
        ot_shape x;
        int size, stride;
    } v[] = {
        { { 4, { 2, 4, 6, 3 } }, 2, 2 }, { { 4, { 2, 5, 7, 2 } }, 2, 2 },
        { { 4, { 2, 5, 4, 3 } }, 1, 2 }, { { 4, { 3, 5, 6, 1 } }, 3, 1 },
        { { 4, { 1, 7, 5, 2 } }, 3, 2 }, { { 4, { 2, 8, 7, 2 } }, 2, 3 },
        { { 4, { 2, 1, 1, 4 } }, 1, 1 }, { { 4, { 1, 10, 9, 66 } }, 9, 9 },
    };
    if (variant < 0 || variant >= (int)(sizeof v / sizeof v[0])) return (ot_var){ 0 };
    return ot_avg_pool(t, ot_input(t, "x", v[variant].x), v[variant].size, v[variant].stride);
}

const ot_op ot__op_avg_pool = {
    .name = "avg_pool",
    .shape = shape,
    .cost = cost,
    .sums = { .nothing = true },
    .reference = { .forward = forward, .backward = backward, .overwrites = true },
    .portable = { .forward = ot__avg_pool_forward_f32,
                  .backward = ot__avg_pool_backward_f32,
                  .overwrites = true,
                  .reads_view = true },
    .example = example,
};

ot_var ot_avg_pool(ot_tape *t, ot_var x, int size, int stride)
{
    const ot__pool_attr attr = { .size = size, .stride = stride };
    return ot__record_op(t, &ot__op_avg_pool, 1, &x, &attr, sizeof attr);
}
