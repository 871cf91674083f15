/* SPDX-License-Identifier: BSD-3-Clause
 * linear in float32: a matrix product for each chunk of images. */
#include <string.h>

#include "base/chunks.h"
#include "ops/kernels/gemm.h"
#include "ops/kernels/kernels.h"

typedef struct sizes {
    size_t n, in, out;
} sizes;

static sizes sizes_of(const ot__call *c)
{
    return (sizes){ (size_t)c->ys.dim[0], (size_t)c->xs[0].dim[1], (size_t)c->ys.dim[1] };
}

/* C (images, n) <- A B, or C + A B if add.  Each chunk of images has a product of its own, because
 * the bits of a row may depend on how many rows a product has. */
static void product(const ot__cut *images, size_t n, size_t k, ot__matrix a, ot__matrix b, bool add,
                    float *c)
{
    const int chunks = ot__chunks(images->units, images->chunk);
    OT__PARALLEL_FOR
    for (ptrdiff_t chunk = 0; chunk < chunks; chunk++) {
        const size_t at = ot__cut_begin(images, chunk), m = ot__cut_end(images, chunk) - at;
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
    const ot__cut images = ot__cut_images(c->share, (int)s.n, s.n);
    product(&images, s.out, s.in, ot__rows(c->x[0], s.in), ot__transposed(c->x[1], s.in), bias,
            c->y);
}

/* No product has more rows, or more terms, than the images of a chunk. */
size_t ot__linear_product_f32(const ot__record *r, const ot_shape *x)
{
    (void)r;
    return (size_t)ot__images_of_chunk(x[0].dim[0]);
}

/* gw and gb of a chunk of images. */
static void chunk_sums(const ot__call *c, sizes s, const ot__cut *images, ptrdiff_t k, float *gw,
                       float *gb)
{
    const size_t begin = ot__cut_begin(images, k), n = ot__cut_end(images, k) - begin;
    const float *gy = (const float *)c->gy + begin * s.out;
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

static void write_weights(const ot__later *l, const float *sum)
{
    for (size_t i = 0; i < ot__elements(l->shape); i++)
        l->to[i] = l->add ? l->to[i] + sum[i] : sum[i];
}

/* Delivers gw (k = 1) or gb (k = 2). */
static void deliver(const ot__call *c, int k, const ot__cut *images, sizes s, float *sums)
{
    const ot__later l = { write_weights, c->gx[k], c->add[k], c->xs[k] };
    ot__deliver_sum(c, k, images, k == 1 ? s.out * s.in : s.out, sums, &l);
}

static void backward_weights(const ot__call *c, sizes s, const ot__cut *images)
{
    float *const gw = c->scratch, *const gb = gw + OT__MOST_CHUNKS * s.out * s.in;
    OT__PARALLEL_FOR
    for (ptrdiff_t k = 0; k < images->chunks; k++)
        chunk_sums(c, s, images, k, gw + (size_t)k * s.out * s.in, gb + (size_t)k * s.out);
    if (c->gx[1]) deliver(c, 1, images, s, gw);
    if (c->n_in == 3 && c->gx[2]) deliver(c, 2, images, s, gb);
}

size_t ot__linear_scratch_f32(const ot__record *r, const ot_shape *x, int batch, int threads)
{
    (void)r, (void)batch, (void)threads;
    return OT__MOST_CHUNKS * (ot__elements(x[1]) + (size_t)x[1].dim[0]) * sizeof(float);
}

void ot__linear_backward_f32(const ot__call *c)
{
    const sizes s = sizes_of(c);
    const ot__cut images = ot__cut_images(c->share, (int)s.n, s.n);
    if (c->gx[0])
        product(&images, s.in, s.out, ot__rows(c->gy, s.out), ot__rows(c->x[1], s.in), c->add[0],
                c->gx[0]);
    if (c->gx[1] || (c->n_in == 3 && c->gx[2])) backward_weights(c, s, &images);
}
