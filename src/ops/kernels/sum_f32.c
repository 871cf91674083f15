/* SPDX-License-Identifier: BSD-3-Clause
 * sum and mean in float32.  Each block has a slot in scratch for its sum, and the slots are added
 * in order. */
#include "ops/kernels/sum.h"

#include "ops/kernels/block.h"
#include "ops/kernels/kernels.h"

enum { LANES = 8 };

static double add_lanes(const double lane[LANES])
{
    double sum = 0;
    for (int l = 0; l < LANES; l++)
        sum += lane[l];
    return sum;
}

double ot__total(size_t n, const float *x)
{
    double lane[LANES] = { 0 };
    size_t i = 0;
    for (; i + LANES <= n; i += LANES)
#pragma omp simd
        for (int l = 0; l < LANES; l++)
            lane[l] += (double)x[i + l];
    for (int l = 0; i < n; i++, l++)
        lane[l] += (double)x[i];
    return add_lanes(lane);
}

double ot__dot(size_t n, const float *x, const float *y)
{
    double lane[LANES] = { 0 };
    size_t i = 0;
    for (; i + LANES <= n; i += LANES)
#pragma omp simd
        for (int l = 0; l < LANES; l++)
            lane[l] += (double)x[i + l] * (double)y[i + l];
    for (int l = 0; i < n; i++, l++)
        lane[l] += (double)x[i] * (double)y[i];
    return add_lanes(lane);
}

size_t ot__sum_scratch_f32(const ot__record *r, const ot_shape *x, int batch, int threads)
{
    (void)r, (void)batch, (void)threads;
    return (size_t)ot__blocks(ot__elements(x[0])) * sizeof(double);
}

size_t ot__mean_scratch_f32(const ot__record *r, const ot_shape *x, int batch, int threads)
{
    return ot__sum_scratch_f32(r, x, batch, threads);
}

static double sum_of(const ot__call *c)
{
    const size_t n = ot__elements(c->xs[0]);
    const float *x = c->x[0];
    double *slot = c->scratch, sum = 0;
    OT__PARALLEL_FOR
    for (ptrdiff_t b = 0; b < ot__blocks(n); b++) {
        const ot__block part = ot__block_of(n, b);
        slot[b] = ot__total(part.n, x + part.at);
    }
    for (ptrdiff_t b = 0; b < ot__blocks(n); b++)
        sum += slot[b];
    return sum;
}

/* Every element of gx gets g. */
static void spread(const ot__call *c, float g)
{
    const size_t n = ot__elements(c->xs[0]);
    const bool add = c->add[0];
    float *gx = c->gx[0];
    OT__PARALLEL_FOR
    for (ptrdiff_t b = 0; b < ot__blocks(n); b++) {
        const ot__block part = ot__block_of(n, b);
        for (size_t i = part.at; i < part.at + part.n; i++)
            gx[i] = add ? gx[i] + g : g;
    }
}

void ot__sum_forward_f32(const ot__call *c)
{
    *(float *)c->y = (float)sum_of(c);
}

void ot__sum_backward_f32(const ot__call *c)
{
    spread(c, *(const float *)c->gy);
}

void ot__mean_forward_f32(const ot__call *c)
{
    *(float *)c->y = (float)(sum_of(c) / (double)ot__elements(c->xs[0]));
}

void ot__mean_backward_f32(const ot__call *c)
{
    spread(c, (float)(*(const float *)c->gy / (double)ot__elements(c->xs[0])));
}
