/* SPDX-License-Identifier: BSD-3-Clause
 * mul in float32: blocks of elements, shared by the threads. */
#include <string.h>

#include "ops/kernels/block.h"
#include "ops/kernels/kernels.h"

void ot__mul_forward_f32(const ot__call *c)
{
    const size_t n = ot__elements(c->ys);
    const float *a = c->x[0], *b = c->x[1];
    float *y = c->y;
    OT__PARALLEL_FOR
    for (ptrdiff_t k = 0; k < ot__blocks(n); k++) {
        const ot__block part = ot__block_of(n, k);
#pragma omp simd
        for (size_t i = part.at; i < part.at + part.n; i++)
            y[i] = a[i] * b[i];
    }
}

static void deliver_product(size_t n, float *gx, bool add, const float *g, const float *other)
{
    if (add) {
#pragma omp simd
        for (size_t i = 0; i < n; i++)
            gx[i] += g[i] * other[i];
    } else {
#pragma omp simd
        for (size_t i = 0; i < n; i++)
            gx[i] = g[i] * other[i];
    }
}

void ot__mul_backward_f32(const ot__call *c)
{
    const size_t n = ot__elements(c->ys);
    OT__PARALLEL_FOR
    for (ptrdiff_t b = 0; b < ot__blocks(n); b++) {
        const ot__block part = ot__block_of(n, b);
        float g[OT__BLOCK]; /* a copy, because gx may overlap gy */
        memcpy(g, (const float *)c->gy + part.at, part.n * sizeof *g);
        for (int k = 0; k < 2; k++)
            if (c->gx[k])
                deliver_product(part.n, (float *)c->gx[k] + part.at, c->add[k], g,
                                (const float *)c->x[1 - k] + part.at);
    }
}
