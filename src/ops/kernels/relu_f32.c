/* SPDX-License-Identifier: BSD-3-Clause
 * relu in float32.  Its time is that of reading and writing memory once. */
#include "ops/kernels/block.h"
#include "ops/kernels/kernels.h"

void ot__relu_forward_f32(const ot__call *c)
{
    const size_t n = ot__elements(c->ys);
    const float *x = c->x[0];
    float *y = c->y;
    OT__PARALLEL_FOR
    for (ptrdiff_t b = 0; b < ot__blocks(n); b++) {
        const ot__block part = ot__block_of(n, b);
#pragma omp simd
        for (size_t i = part.at; i < part.at + part.n; i++)
            y[i] = x[i] <= 0 ? 0 : x[i];
    }
}

static void backward_block(ot__block part, const float *y, const float *gy, float *gx, bool add)
{
    const size_t end = part.at + part.n;
    if (add) {
#pragma omp simd
        for (size_t i = part.at; i < end; i++) {
            const float g = gy[i];
            gx[i] += y[i] > 0 ? g : 0;
        }
    } else {
#pragma omp simd
        for (size_t i = part.at; i < end; i++) {
            const float g = gy[i];
            gx[i] = y[i] > 0 ? g : 0;
        }
    }
}

void ot__relu_backward_f32(const ot__call *c)
{
    const size_t n = ot__elements(c->ys);
    OT__PARALLEL_FOR
    for (ptrdiff_t b = 0; b < ot__blocks(n); b++)
        backward_block(ot__block_of(n, b), c->y, c->gy, c->gx[0], c->add[0]);
}
