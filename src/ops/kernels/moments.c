/* SPDX-License-Identifier: BSD-3-Clause
 * Sums over few pixels in float, merged in double; see moments.h. */
#include "ops/kernels/moments.h"

#include "ops/kernels/block.h"
#include "ops/kernels/channels.h"
#include "ops/kernels/inline.h"

void ot__merge_moments(ot__moments *m, size_t width, double n, const double *mean,
                       const double *squares)
{
    const double all = m->n + n, share = n / all, between = m->n * share;
    for (size_t i = 0; i < width; i++) {
        const double step = mean[i] - m->mean[i];
        m->mean[i] += step * share;
        m->squares[i] += squares[i] + step * step * between;
    }
    m->n = all;
}

enum { VECTOR = 8, FEW = 2 * VECTOR }; /* channels that are summed together */
typedef float vector __attribute__((vector_size(VECTOR * sizeof(float)), aligned(4), may_alias));

/* Sums of n pixels of FEW channels, after the first pixel has been subtracted from all. */
OT__INLINE void sum_pixels(size_t n, size_t stride, const float *x, float sum[FEW],
                           float squares[FEW])
{
    const vector a = *(const vector *)x, b = *(const vector *)(x + VECTOR);
    vector sum_a = { 0 }, sum_b = { 0 }, squares_a = { 0 }, squares_b = { 0 };
    for (size_t p = 1; p < n; p++) {
        const vector *at = (const vector *)(x + p * stride);
        const vector da = at[0] - a, db = at[1] - b;
        sum_a += da, sum_b += db;
        squares_a += da * da, squares_b += db * db;
    }
    *(vector *)sum = sum_a, *(vector *)(sum + VECTOR) = sum_b;
    *(vector *)squares = squares_a, *(vector *)(squares + VECTOR) = squares_b;
}

/* The same for `width` channels, fewer than FEW. */
static inline void sum_rest(size_t n, size_t stride, size_t width, const float *x, float sum[FEW],
                            float squares[FEW])
{
    for (size_t i = 0; i < width; i++)
        sum[i] = squares[i] = 0;
    for (size_t p = 1; p < n; p++)
        for (size_t i = 0; i < width; i++) {
            const float d = x[p * stride + i] - x[i];
            sum[i] += d;
            squares[i] += d * d;
        }
}

/* Functions with OT__CLONES must be static: otherwise the library would export the resolver that
 * chooses between the clones. */
OT__CLONES
static void merge_pixels(ot__moments *m, size_t n, size_t stride, size_t width, const float *x)
{
    double mean[OT__CHANNELS], about[OT__CHANNELS];
    for (size_t at = 0; at < width; at += FEW) {
        float sum[FEW], squares[FEW];
        const size_t few = width - at < FEW ? width - at : FEW;
        if (few == FEW)
            sum_pixels(n, stride, x + at, sum, squares);
        else
            sum_rest(n, stride, few, x + at, sum, squares);
        for (size_t i = 0; i < few; i++) {
            const double part = (double)sum[i] / (double)n;
            const double square = (double)squares[i] - part * (double)sum[i];
            mean[at + i] = (double)x[at + i] + part;
            about[at + i] = square > 0 ? square : 0;
        }
    }
    ot__merge_moments(m, width, (double)n, mean, about);
}

void ot__merge_pixels(ot__moments *m, size_t n, size_t stride, size_t width, const float *x)
{
    merge_pixels(m, n, stride, width, x);
}

void ot__clear_slot(double *slot, size_t channels)
{
    for (size_t i = 0; i < 1 + 2 * channels; i++)
        slot[i] = 0;
}

void ot__merge_into_slot(double *slot, size_t pixels, size_t channels, const float *sums)
{
    const double n = (double)pixels, all = slot[0] + n, share = n / all, between = slot[0] * share;
    double *const mean = slot + 1, *const squares = mean + channels;
    slot[0] = all;
    for (size_t i = 0; i < channels; i++) {
        const double sum = (double)sums[channels + i], part = sum / n;
        const double about = (double)sums[2 * channels + i] - part * sum;
        const double step = (double)sums[i] + part - mean[i];
        mean[i] += step * share;
        squares[i] += (about > 0 ? about : 0) + step * step * between;
    }
}

void ot__add_to_slot(double *slot, size_t pixels, size_t channels, const float *sums)
{
    slot[0] += (double)pixels;
    for (size_t i = 0; i < 2 * channels; i++)
        slot[1 + i] += (double)sums[channels + i];
}
