/* SPDX-License-Identifier: BSD-3-Clause
 * sum and mean in float32. */
#include "ops/kernels/sum.h"

#include "ops/kernels/block.h"
#include "base/chunks.h"
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

static double sum_of(const ot__call *c)
{
    const ot__cut cut = ot__cut_images(c->share, ot__images(c->xs[0]), ot__elements(c->xs[0]));
    const float *x = c->x[0];
    double sum[OT__MOST_CHUNKS] = { 0 };
    OT__PARALLEL_FOR
    for (ptrdiff_t k = 0; k < cut.chunks; k++)
        sum[k] =
            ot__total(ot__cut_end(&cut, k) - ot__cut_begin(&cut, k), x + ot__cut_begin(&cut, k));
    ot__add_chunks(&cut, 1, 1, sum);
    return sum[0];
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

/* The number of elements of the whole batch. */
static double number_of(const ot__call *c)
{
    return ot__of_whole_batch(c->share, ot__images(c->xs[0]), (double)ot__elements(c->xs[0]));
}

void ot__mean_forward_f32(const ot__call *c)
{
    *(float *)c->y = (float)(sum_of(c) / number_of(c));
}

void ot__mean_backward_f32(const ot__call *c)
{
    spread(c, (float)(*(const float *)c->gy / number_of(c)));
}
