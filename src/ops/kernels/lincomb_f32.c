/* SPDX-License-Identifier: BSD-3-Clause
 * lincomb in float32.  A block of the result is summed up in the first-level cache, so that every
 * operand and the result pass through memory once.  <gy, x> of a learnable coefficient is summed in
 * double, a slot a block. */
#include <string.h>

#include "ops/attr.h"
#include "ops/kernels/block.h"
#include "ops/kernels/kernels.h"
#include "ops/kernels/sum.h"

static float coefficient(const ot__call *c, int j)
{
    const ot__lincomb_term *term = &((const ot__lincomb_attr *)c->attr)->term[j];
    const double factor = term->factor ? *(const float *)c->x[term->factor] : 1;
    return (float)(term->value * factor);
}

static void forward_block(const ot__call *c, ot__block part)
{
    const int terms = ((const ot__lincomb_attr *)c->attr)->n;
    float sum[OT__BLOCK]; /* y may lie over an operand */
    for (int j = 0; j < terms; j++)
        ot__deliver_scaled(part.n, sum, j > 0, coefficient(c, j), (const float *)c->x[j] + part.at);
    memcpy((float *)c->y + part.at, sum, part.n * sizeof *sum);
}

void ot__lincomb_forward_f32(const ot__call *c)
{
    const size_t n = ot__elements(c->ys);
    OT__PARALLEL_FOR
    for (ptrdiff_t b = 0; b < ot__blocks(n); b++)
        forward_block(c, ot__block_of(n, b));
}

/* slot: the dot products of this block, one a learnable factor. */
static void backward_block(const ot__call *c, ot__block part, double *slot)
{
    const ot__lincomb_attr *a = c->attr;
    float g[OT__BLOCK]; /* a gradient may lie over gy */
    memcpy(g, (const float *)c->gy + part.at, part.n * sizeof *g);
    for (int j = 0; j < a->n; j++) {
        const int factor = a->term[j].factor;
        if (factor && c->gx[factor])
            slot[factor - a->n] = ot__dot(part.n, g, (const float *)c->x[j] + part.at);
        if (c->gx[j])
            ot__deliver_scaled(part.n, (float *)c->gx[j] + part.at, c->add[j], coefficient(c, j),
                               g);
    }
}

void ot__lincomb_backward_f32(const ot__call *c)
{
    const ot__lincomb_attr *a = c->attr;
    const size_t n = ot__elements(c->ys), factors = (size_t)(c->n_in - a->n);
    const ptrdiff_t blocks = ot__blocks(n);
    double *slots = c->scratch;
    OT__PARALLEL_FOR
    for (ptrdiff_t b = 0; b < blocks; b++)
        backward_block(c, ot__block_of(n, b), slots + (size_t)b * factors);
    for (int j = 0; j < a->n; j++) {
        const int factor = a->term[j].factor;
        if (!factor || !c->gx[factor]) continue;
        double dot = 0;
        for (ptrdiff_t b = 0; b < blocks; b++)
            dot += slots[(size_t)b * factors + (size_t)(factor - a->n)];
        float *gx = c->gx[factor];
        *gx = (float)(a->term[j].value * dot + (c->add[factor] ? *gx : 0));
    }
}

size_t ot__lincomb_scratch_f32(const ot__record *r, const ot_shape *x, int batch, int threads)
{
    (void)batch, (void)threads;
    const int factors = r->n_in - ((const ot__lincomb_attr *)r->attr)->n;
    return (size_t)factors * (size_t)ot__blocks(ot__elements(x[0])) * sizeof(double);
}
