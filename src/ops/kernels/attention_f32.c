/* SPDX-License-Identifier: BSD-3-Clause
 * attention in float32 as matrix products, for ROWS rows of a head at a time:
 *
 *   P = softmax of the rows of Q K'/sqrt(d),   Y = P V
 *   S = P*(gY V' - the sums of its rows times P)/sqrt(d)
 *   gQ = S K,   gK = sum S' Q,   gV = sum P' gY   over the blocks of rows
 *
 * Threads share the heads of all images; each head is computed by one thread, in a fixed order.  P
 * is computed again in backward (Rabe and Staats 2021 do so for one row at a time). */
#include <math.h>
#include <omp.h>

#include "base/parallel.h"
#include "ops/attr.h"
#include "ops/kernels/block.h"
#include "ops/kernels/gemm.h"
#include "ops/kernels/kernels.h"
#include "ops/kernels/smooth.h"

enum { ROWS = 64, LANES = 8, CACHE_LINE = 16 /* floats */ };

typedef struct sizes {
    size_t heads, pixels, channels, d; /* of an image; d: channels of a head */
} sizes;

static sizes sizes_of(const void *attr, ot_shape x)
{
    const size_t heads = (size_t)((const ot__attention_attr *)attr)->heads;
    const size_t channels = (size_t)ot__channels(x) / 3;
    return (sizes){ heads, ot__elements(x) / (size_t)x.dim[0] / (3 * channels), channels,
                    channels / heads };
}

static size_t rounded(size_t floats)
{
    return (floats + CACHE_LINE - 1) / CACHE_LINE * CACHE_LINE;
}

/* Floats of one thread's workspace: P, S, a block of rows, gK and gV. */
static size_t workspace_size(const sizes *z)
{
    return 2 * rounded(ROWS * z->pixels) + rounded(ROWS * z->d) + 2 * rounded(z->pixels * z->d);
}

size_t ot__attention_scratch_f32(const ot__record *r, const ot_shape *x, int batch, int threads)
{
    (void)batch;
    const sizes z = sizes_of(r->attr, x[0]);
    return workspace_size(&z) * (size_t)threads * sizeof(float);
}

/* Every product has d as one of its dimensions. */
size_t ot__attention_product_f32(const ot__record *r, const ot_shape *x)
{
    return sizes_of(r->attr, x[0]).d;
}

/* One head of one image, and the workspace of the thread that computes it. */
typedef struct head {
    sizes z;
    size_t row;             /* from one pixel of qkv to the next */
    const float *q, *k, *v; /* of the first pixel */
    size_t x_at, y_at;      /* offsets of the head in qkv and in y */
    float *p, *s, *rows, *gk, *gv;
} head;

static head head_of(const ot__call *c, size_t i)
{
    head h = { .z = sizes_of(c->attr, c->xs[0]) };
    const size_t image = i / h.z.heads, which = i % h.z.heads;
    h.row = 3 * h.z.channels;
    h.x_at = image * h.z.pixels * h.row + which * h.z.d;
    h.y_at = image * h.z.pixels * h.z.channels + which * h.z.d;
    h.q = (const float *)c->x[0] + h.x_at;
    h.k = h.q + h.z.channels;
    h.v = h.k + h.z.channels;
    h.p = (float *)c->scratch + (size_t)omp_get_thread_num() * workspace_size(&h.z);
    h.s = h.p + rounded(ROWS * h.z.pixels);
    h.rows = h.s + rounded(ROWS * h.z.pixels);
    h.gk = h.rows + rounded(ROWS * h.z.d);
    h.gv = h.gk + rounded(h.z.pixels * h.z.d);
    return h;
}

/* ---- rows of weights ---- */

/* a[i] <- exp(scale*(a[i] - the largest)).  Returns the sum, in parts that do not depend on the
 * width of vectors. */
OT__CLONES
static double exponentials(size_t n, float scale, float *a)
{
    float most = -INFINITY;
    double lane[LANES] = { 0 }, sum = 0;
    for (size_t i = 0; i < n; i++)
        most = a[i] > most ? a[i] : most;
#pragma omp simd
    for (size_t i = 0; i < n; i++)
        a[i] = ot__exp(scale * (a[i] - most));
    for (size_t i = 0; i < n; i += LANES)
        for (size_t k = 0; k < LANES && i + k < n; k++)
            lane[k] += (double)a[i + k];
    for (int k = 0; k < LANES; k++)
        sum += lane[k];
    return sum;
}

/* P of n rows from pixel t on. */
static void weigh(const head *h, size_t t, size_t n)
{
    const float scale = (float)(1 / sqrt((double)h->z.d));
    ot__gemm(n, h->z.pixels, h->z.d, (ot__matrix){ h->q + t * h->row, h->row, 1 },
             (ot__matrix){ h->k, 1, h->row }, false, h->p);
    for (size_t i = 0; i < n; i++) {
        float *p = h->p + i * h->z.pixels;
        const float share = (float)(1 / exponentials(h->z.pixels, scale, p));
        ot__deliver_scaled(h->z.pixels, p, false, share, p);
    }
}

/* s <- p*(s - sum p*s)*scale for one row. */
OT__CLONES
static void differentiate(size_t n, float scale, const float *p, float *s)
{
    double lane[LANES] = { 0 }, sum = 0;
    for (size_t i = 0; i < n; i += LANES)
        for (size_t k = 0; k < LANES && i + k < n; k++)
            lane[k] += (double)p[i + k] * (double)s[i + k];
    for (int k = 0; k < LANES; k++)
        sum += lane[k];
    const float mean = (float)sum;
#pragma omp simd
    for (size_t i = 0; i < n; i++)
        s[i] = p[i] * (s[i] - mean) * scale;
}

/* Writes n rows of d numbers to `to`, a row every `stride` numbers, or adds them. */
static void deliver_rows(size_t n, size_t d, const float *rows, bool add, size_t stride, float *to)
{
    for (size_t i = 0; i < n; i++)
        ot__deliver_scaled(d, to + i * stride, add, 1, rows + i * d);
}

/* ---- forward ---- */

static size_t rows_at(const head *h, size_t t)
{
    return h->z.pixels - t < ROWS ? h->z.pixels - t : ROWS;
}

static void forward_head(const ot__call *c, const head *h)
{
    for (size_t t = 0; t < h->z.pixels; t += ROWS) {
        const size_t n = rows_at(h, t);
        weigh(h, t, n);
        ot__gemm(n, h->z.d, h->z.pixels, ot__rows(h->p, h->z.pixels),
                 (ot__matrix){ h->v, h->row, 1 }, false, h->rows);
        deliver_rows(n, h->z.d, h->rows, false, h->z.channels,
                     (float *)c->y + h->y_at + t * h->z.channels);
    }
}

void ot__attention_forward_f32(const ot__call *c)
{
    const sizes z = sizes_of(c->attr, c->xs[0]);
    OT__PARALLEL_FOR
    for (ptrdiff_t i = 0; i < (ptrdiff_t)((size_t)c->ys.dim[0] * z.heads); i++) {
        const head h = head_of(c, (size_t)i);
        forward_head(c, &h);
    }
}

/* ---- backward ---- */

/* Delivers gQ of n rows from pixel t on, and adds their part of gK and gV. */
static void backward_rows(const ot__call *c, const head *h, size_t t, size_t n)
{
    const size_t pixels = h->z.pixels, d = h->z.d, channels = h->z.channels;
    const ot__matrix gy = { (const float *)c->gy + h->y_at + t * channels, channels, 1 };
    const float scale = (float)(1 / sqrt((double)d));
    weigh(h, t, n);
    ot__gemm(n, pixels, d, gy, (ot__matrix){ h->v, 1, h->row }, false, h->s);
    for (size_t i = 0; i < n; i++)
        differentiate(pixels, scale, h->p + i * pixels, h->s + i * pixels);
    ot__gemm(n, d, pixels, ot__rows(h->s, pixels), (ot__matrix){ h->k, h->row, 1 }, false, h->rows);
    deliver_rows(n, d, h->rows, c->add[0], h->row, (float *)c->gx[0] + h->x_at + t * h->row);
    ot__gemm(pixels, d, n, ot__transposed(h->s, pixels),
             (ot__matrix){ h->q + t * h->row, h->row, 1 }, t > 0, h->gk);
    ot__gemm(pixels, d, n, ot__transposed(h->p, pixels), gy, t > 0, h->gv);
}

static void backward_head(const ot__call *c, const head *h)
{
    for (size_t t = 0; t < h->z.pixels; t += ROWS)
        backward_rows(c, h, t, rows_at(h, t));
    float *gk = (float *)c->gx[0] + h->x_at + h->z.channels;
    deliver_rows(h->z.pixels, h->z.d, h->gk, c->add[0], h->row, gk);
    deliver_rows(h->z.pixels, h->z.d, h->gv, c->add[0], h->row, gk + h->z.channels);
}

void ot__attention_backward_f32(const ot__call *c)
{
    const sizes z = sizes_of(c->attr, c->xs[0]);
    OT__PARALLEL_FOR
    for (ptrdiff_t i = 0; i < (ptrdiff_t)((size_t)c->ys.dim[0] * z.heads); i++) {
        const head h = head_of(c, (size_t)i);
        backward_head(c, &h);
    }
}
