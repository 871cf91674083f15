/* SPDX-License-Identifier: BSD-3-Clause
 * The kernels described in direct.h, compiled once for each instruction set. */
#include "ops/kernels/direct.h"

#include <omp.h>
#include <string.h>

#include "base/chunks.h"
#include "ops/kernels/isa.h"
#include "ops/kernels/kernels.h"
#include "ops/kernels/vector.h"

/* The sums that fit the registers: of PIXELS pixels and WIDE vectors of outputs. */
enum { WIDE = 2, PIXELS = OT__WIDTH == 16 ? 8 : 4 };

static ot__direct direct_of(const ot__call *c)
{
    ot__direct d = ot__direct_sizes(ot__conv2d_windows(c->attr, c->xs, c->ys), c->ys.dim[3]);
    d.packed = c->scratch;
    d.images = d.packed + d.weights;
    d.gw = d.images + d.image * (size_t)ot__threads();
    return d;
}

/* Copies the image at x, read through v, to the padded image of this thread. */
static const float *padded(const ot__direct *d, const ot__view *v, const float *x)
{
    const ot__windows *w = &d->windows;
    const int channels = w->channels, left = w->left * channels;
    const int n = d->row - left < w->w * channels ? d->row - left : w->w * channels;
    float *image = d->images + (size_t)omp_get_thread_num() * d->image, *to = image;
    memset(image, 0, d->image * sizeof *image);
    for (int i = 0; i < d->height; i++, to += d->row) {
        const int from = i - w->top;
        if (from < 0 || from >= w->h) continue;
        const float *row = x + (size_t)from * (size_t)w->w * (size_t)channels;
        for (int j = 0; v && j < n; j += channels)
            ot__read_view(v, 0, (size_t)channels, row + j, to + left + j);
        if (!v) memcpy(to + left, row, (size_t)n * sizeof *to);
    }
    return image;
}

/* ---- forward ---- */

/* Some vectors of outputs of n pixels side by side.  x is the window of the first pixel. */
OT__INLINE void pixels(const int n, const int vectors, const ot__direct *d, const float *x,
                       const float *w, float *y)
{
    const size_t outputs = (size_t)d->outputs;
    const int step = d->windows.stride * d->windows.channels;
    ot__vec sum[PIXELS * WIDE] = { { 0 } };
    for (int r = 0; r < d->windows.kh; r++, x += d->row)
        for (int q = 0; q < d->length; q++, w += outputs) {
            ot__vec right[WIDE];
            OT__UNROLL
            for (int j = 0; j < vectors; j++)
                right[j] = ot__load(w + j * OT__WIDTH);
            OT__UNROLL
            for (int i = 0; i < n; i++) {
                OT__UNROLL
                for (int j = 0; j < vectors; j++)
                    sum[i * vectors + j] += ot__splat(x[i * step + q]) * right[j];
            }
        }
    OT__UNROLL
    for (int i = 0; i < n; i++) {
        OT__UNROLL
        for (int j = 0; j < vectors; j++)
            ot__store(y + (size_t)i * outputs + j * OT__WIDTH, sum[i * vectors + j]);
    }
}

/* Some vectors of outputs of one row of pixels. */
OT__INLINE void line(const int vectors, const ot__direct *d, const float *x, const float *w,
                     float *y)
{
    const int step = d->windows.stride * d->windows.channels;
    int j = 0;
    for (; j + PIXELS <= d->windows.columns; j += PIXELS)
        pixels(PIXELS, vectors, d, x + j * step, w, y + (size_t)j * (size_t)d->outputs);
    for (; j < d->windows.columns; j++)
        pixels(1, vectors, d, x + j * step, w, y + (size_t)j * (size_t)d->outputs);
}

/* All outputs of an image. */
static void lines(const ot__direct *d, const float *image, float *y)
{
    const ot__windows *w = &d->windows;
    for (int i = 0; i < w->rows; i++, y += (size_t)w->columns * (size_t)d->outputs) {
        const float *x = image + (size_t)(i * w->stride) * (size_t)d->row;
        int o = 0;
        for (; o + WIDE * OT__WIDTH <= d->outputs; o += WIDE * OT__WIDTH)
            line(WIDE, d, x, d->packed + o, y + o);
        if (o < d->outputs) line(1, d, x, d->packed + o, y + o);
    }
}

void OT__FOR_ISA(direct_forward)(const ot__call *c)
{
    const ot__direct d = direct_of(c);
    const size_t x_image = ot__elements(c->xs[0]) / (size_t)c->xs[0].dim[0];
    const size_t y_image = ot__elements(c->ys) / (size_t)c->ys.dim[0];
    ot__conv2d_pack(&c->xs[1], c->x[1], d.packed);
    OT__PARALLEL_FOR
    for (ptrdiff_t i = 0; i < c->ys.dim[0]; i++)
        lines(&d, padded(&d, c->view, (const float *)c->x[0] + (size_t)i * x_image),
              (float *)c->y + (size_t)i * y_image);
}

/* ---- backward ---- */

/* gw of n floats of a row of the window, summed over all pixels of an image; x is the first of
 * these floats in the first window. */
OT__INLINE void taps(const int n, const int vectors, const ot__direct *d, const float *x,
                     const float *gy, bool add, float *gw)
{
    const ot__windows *w = &d->windows;
    const size_t outputs = (size_t)d->outputs;
    const int step = w->stride * w->channels;
    ot__vec sum[9 * WIDE] = { { 0 } };
    for (int i = 0; i < w->rows; i++, x += (size_t)w->stride * (size_t)d->row)
        for (int j = 0; j < w->columns; j++, gy += outputs) {
            OT__UNROLL
            for (int q = 0; q < n; q++) {
                OT__UNROLL
                for (int k = 0; k < vectors; k++)
                    sum[q * vectors + k] +=
                        ot__splat(x[j * step + q]) * ot__load(gy + k * OT__WIDTH);
            }
        }
    OT__UNROLL
    for (int q = 0; q < n; q++) {
        OT__UNROLL
        for (int k = 0; k < vectors; k++) {
            float *to = gw + (size_t)q * outputs + k * OT__WIDTH;
            ot__store(to, add ? ot__load(to) + sum[q * vectors + k] : sum[q * vectors + k]);
        }
    }
}

/* gw of one row of the window, from one image. */
OT__INLINE void window_row(const int vectors, const ot__direct *d, const float *x, const float *gy,
                           bool add, float *gw)
{
    for (int q = 0; q < d->length;) {
        const int n = d->length - q < 9 ? d->length - q : 9;
        float *to = gw + (size_t)q * (size_t)d->outputs;
        if (n == 9) taps(9, vectors, d, x + q, gy, add, to);
        if (n == 6) taps(6, vectors, d, x + q, gy, add, to);
        if (n == 3) taps(3, vectors, d, x + q, gy, add, to);
        q += n;
    }
}

/* gw from one image. */
static void image_weights(const ot__direct *d, const float *image, const float *gy, bool add,
                          float *gw)
{
    /* 9 sums of this many vectors fit the registers. */
    enum { VECTORS = OT__WIDTH == 16 ? WIDE : 1 };
    for (int r = 0; r < d->windows.kh; r++, image += d->row) {
        float *to = gw + (size_t)(r * d->length) * (size_t)d->outputs;
        int o = 0;
        for (; o + VECTORS * OT__WIDTH <= d->outputs; o += VECTORS * OT__WIDTH)
            window_row(VECTORS, d, image, gy + o, add, to + o);
        if (o < d->outputs) window_row(1, d, image, gy + o, add, to + o);
    }
}

static void backward_w(const ot__call *c)
{
    const ot__direct d = direct_of(c);
    const size_t x_image = ot__elements(c->xs[0]) / (size_t)c->xs[0].dim[0];
    const size_t y_image = ot__elements(c->ys) / (size_t)c->ys.dim[0];
    const ot__cut images = ot__cut_images(c->share, c->ys.dim[0], (size_t)c->ys.dim[0]);
    OT__PARALLEL_FOR
    for (ptrdiff_t k = 0; k < images.chunks; k++) {
        const size_t begin = ot__cut_begin(&images, k), end = ot__cut_end(&images, k);
        for (size_t i = begin; i < end; i++)
            image_weights(&d, padded(&d, c->view, (const float *)c->x[0] + i * x_image),
                          (const float *)c->gy + i * y_image, i > begin,
                          d.gw + (size_t)k * d.weights);
    }
    ot__conv2d_deliver_weights(c, &images, d.gw);
}

void OT__FOR_ISA(direct_backward)(const ot__call *c)
{
    if (c->gx[0]) {
        void *gx[] = { c->gx[0], NULL };
        ot__call x_only = *c;
        x_only.gx = gx;
        ot__conv2d_backward_f32(&x_only);
    }
    if (c->gx[1]) backward_w(c);
}
