/* SPDX-License-Identifier: BSD-3-Clause
 * linear in float32: matrix products, each cut into shares of ROWS rows of the result.  The
 * gradient of the weights is a sum over the batch: each chunk of images has a product of its own.
 */
#include <string.h>

#include "base/chunks.h"
#include "ops/kernels/gemm.h"
#include "ops/kernels/kernels.h"

enum { ROWS = 32 }; /* that one thread computes at a time */

typedef struct sizes {
    size_t n, in, out;
} sizes;

static sizes sizes_of(const ot__call *c)
{
    return (sizes){ (size_t)c->ys.dim[0], (size_t)c->xs[0].dim[1], (size_t)c->ys.dim[1] };
}

/* C (rows, n) <- A B, or C + A B if add.  Shares of rows are computed in parallel. */
static void product(size_t rows, size_t n, size_t k, ot__matrix a, ot__matrix b, bool add, float *c)
{
    OT__PARALLEL_FOR
    for (ptrdiff_t chunk = 0; chunk < ot__chunks(rows, ROWS); chunk++) {
        const size_t at = (size_t)chunk * ROWS, m = rows - at < ROWS ? rows - at : ROWS;
        const ot__matrix share = { a.at + at * a.row, a.row, a.column };
        ot__gemm(m, n, k, share, b, add, c + at * n);
    }
}

void ot__linear_forward_f32(const ot__call *c)
{
    const sizes s = sizes_of(c);
    const bool bias = c->n_in == 3;
    for (size_t i = 0; bias && i < s.n; i++)
        memcpy((float *)c->y + i * s.out, c->x[2], s.out * sizeof(float));
    product(s.n, s.out, s.in, ot__rows(c->x[0], s.in), ot__transposed(c->x[1], s.in), bias, c->y);
}

/* No product has more rows than one thread computes at a time, or more terms than images of a
 * chunk. */
size_t ot__linear_product_f32(const ot__record *r, const ot_shape *x)
{
    const size_t images = (size_t)ot__images_of_chunk(x[0].dim[0]);
    (void)r;
    return images > ROWS ? images : ROWS;
}

/* gw and, after it, gb of a chunk of images. */
static void chunk_sums(const ot__call *c, sizes s, const ot__cut *images, ptrdiff_t k)
{
    const size_t begin = ot__cut_begin(images, k), n = ot__cut_end(images, k) - begin;
    const float *gy = (const float *)c->gy + begin * s.out;
    float *gw = (float *)c->scratch + (size_t)k * s.out * (s.in + 1), *gb = gw + s.out * s.in;
    if (c->gx[1])
        ot__gemm(s.out, s.in, n, ot__transposed(gy, s.out),
                 ot__rows((const float *)c->x[0] + begin * s.in, s.in), false, gw);
    for (size_t o = 0; o < s.out; o++) {
        double sum = 0;
        for (size_t i = 0; i < n; i++)
            sum += (double)gy[i * s.out + o];
        gb[o] = (float)sum;
    }
}

/* The sum over the chunks of number i of what chunk_sums leaves. */
static double sum_of(const ot__call *c, sizes s, int chunks, size_t i)
{
    double part[OT__MOST_CHUNKS];
    for (int k = 0; k < chunks; k++)
        part[k] = (double)((const float *)c->scratch)[(size_t)k * s.out * (s.in + 1) + i];
    ot__add_chunks(chunks, 1, 1, part);
    return part[0];
}

static void backward_weights(const ot__call *c, sizes s)
{
    const ot__cut images = ot__cut_images((int)s.n, s.n);
    float *gw = c->gx[1], *gb = c->n_in == 3 ? c->gx[2] : NULL;
    OT__PARALLEL_FOR
    for (ptrdiff_t k = 0; k < images.chunks; k++)
        chunk_sums(c, s, &images, k);
    for (size_t i = 0; gw && i < s.out * s.in; i++)
        gw[i] = (float)(sum_of(c, s, images.chunks, i) + (c->add[1] ? (double)gw[i] : 0));
    for (size_t i = 0; gb && i < s.out; i++)
        gb[i] = (float)(sum_of(c, s, images.chunks, s.out * s.in + i) +
                        (c->add[2] ? (double)gb[i] : 0));
}

size_t ot__linear_scratch_f32(const ot__record *r, const ot_shape *x, int batch, int threads)
{
    (void)r, (void)batch, (void)threads;
    return OT__MOST_CHUNKS * (ot__elements(x[1]) + (size_t)x[1].dim[0]) * sizeof(float);
}

void ot__linear_backward_f32(const ot__call *c)
{
    const sizes s = sizes_of(c);
    if (c->gx[0])
        product(s.n, s.in, s.out, ot__rows(c->gy, s.out), ot__rows(c->x[1], s.in), c->add[0],
                c->gx[0]);
    if (c->gx[1] || (c->n_in == 3 && c->gx[2])) backward_weights(c, s);
}
