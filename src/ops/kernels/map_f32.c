/* SPDX-License-Identifier: BSD-3-Clause
 * map in float32: blocks of elements, shared by the threads.  f computes in double. */
#include "ops/kernels/block.h"
#include "ops/kernels/kernels.h"

void ot__map_forward_f32(const ot__call *c)
{
    const ot_function *f = c->attr;
    const size_t n = ot__elements(c->ys);
    const float *x = c->x[0];
    float *y = c->y;
    OT__PARALLEL_FOR
    for (ptrdiff_t b = 0; b < ot__blocks(n); b++) {
        const ot__block part = ot__block_of(n, b);
        for (size_t i = part.at; i < part.at + part.n; i++)
            y[i] = (float)f->value((double)x[i]);
    }
}

void ot__map_backward_f32(const ot__call *c)
{
    const ot_function *f = c->attr;
    const size_t n = ot__elements(c->ys);
    const float *x = c->x[0], *gy = c->gy;
    float *gx = c->gx[0];
    OT__PARALLEL_FOR
    for (ptrdiff_t b = 0; b < ot__blocks(n); b++) {
        const ot__block part = ot__block_of(n, b);
        for (size_t i = part.at; i < part.at + part.n; i++) {
            const double derivative = (double)gy[i] * f->slope((double)x[i]);
            gx[i] = (float)(derivative + (c->add[0] ? (double)gx[i] : 0));
        }
    }
}
