/* SPDX-License-Identifier: BSD-3-Clause
 * linear in float32: matrix products, each cut into shares of ROWS rows of the result. */
#include <string.h>

#include "base/parallel.h"
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

/* No product has more rows than one thread computes at a time. */
size_t ot__linear_product_f32(const ot__record *r, const ot_shape *x)
{
    (void)r, (void)x;
    return ROWS;
}

static void backward_bias(const ot__call *c, sizes s, float *gb)
{
    const float *gy = c->gy;
    for (size_t o = 0; o < s.out; o++) {
        double sum = c->add[2] ? gb[o] : 0;
        for (size_t i = 0; i < s.n; i++)
            sum += gy[i * s.out + o];
        gb[o] = (float)sum;
    }
}

void ot__linear_backward_f32(const ot__call *c)
{
    const sizes s = sizes_of(c);
    if (c->gx[0])
        product(s.n, s.in, s.out, ot__rows(c->gy, s.out), ot__rows(c->x[1], s.in), c->add[0],
                c->gx[0]);
    if (c->gx[1])
        product(s.out, s.in, s.n, ot__transposed(c->gy, s.out), ot__rows(c->x[0], s.in), c->add[1],
                c->gx[1]);
    if (c->n_in == 3 && c->gx[2]) backward_bias(c, s, c->gx[2]);
}
