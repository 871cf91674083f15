/* SPDX-License-Identifier: BSD-3-Clause
 * Random tensors, views and sums for tests of single kernels; see tensors.h. */
#include "ops/tensors.h"

#include <math.h>

#include "base/memory.h"
#include "base/rng.h"
#include "ops/fence.h"
#include "ops/kernels/moments.h"

tensor tensor_new(ot_shape shape, int what, double mean)
{
    tensor t = { .shape = shape, .n = ot__elements(shape) };
    t.f = fenced_new(t.n);
    t.d = ot__new(t.n, sizeof *t.d);
    for (size_t i = 0; i < t.n; i++) {
        const ot__draw r = ot__random(3, OT__RNG_GRADCHECK, (uint32_t)i, (uint32_t)what, 0, 0);
        t.f[i] = (float)(mean + ot__normal(r.word[0], r.word[1]));
        t.d[i] = (double)t.f[i];
    }
    return t;
}

void tensor_free(tensor *t)
{
    fenced_free(t->f, t->n);
    ot__free(t->d);
}

void tensor_close(const tensor *t, const char *what, const char *where)
{
    double error = 0, norm = 0;
    for (size_t i = 0; i < t->n; i++) {
        const double e = (double)t->f[i] - t->d[i];
        error += e * e;
        norm += t->d[i] * t->d[i];
    }
    ck_assert_msg(error <= KERNEL_TOLERANCE * KERNEL_TOLERANCE * norm,
                  "%s of %s: relative error %.2e", what, where, sqrt(error / norm));
}

map map_new(int channels, int what, bool relu)
{
    const ot_shape c = OT_SHAPE(channels);
    return (map){ tensor_new(c, what, 0), tensor_new(c, what + 1, 0), tensor_new(c, what + 2, 0),
                  tensor_new(c, what + 3, 0), relu };
}

void map_free(map *v)
{
    tensor_free(&v->m);
    tensor_free(&v->a);
    tensor_free(&v->e);
    tensor_free(&v->b);
}

ot__view map_view(const map *v, const float *other)
{
    return (ot__view){ v->m.f, v->a.f, v->e.f, other ? v->b.f : NULL, other, v->relu };
}

void map_apply(const map *by, const tensor *u, const tensor *v, tensor *y)
{
    for (size_t i = 0; i < u->n; i++) {
        const size_t c = i % by->m.n;
        const double value =
            by->a.d[c] * (u->d[i] - by->m.d[c]) + by->e.d[c] + (v ? by->b.d[c] * v->d[i] : 0);
        y->d[i] = by->relu && value < 0 ? 0 : value;
    }
}

double *sums_new(size_t channels)
{
    const size_t n = ot__sums_size(channels);
    double *sums = ot__new(n, sizeof *sums);
    for (size_t i = 0; i < n; i++)
        sums[i] = NAN;
    return sums;
}

static void channel_moments(const tensor *y, size_t c, size_t channels, double *mean,
                            double *squares)
{
    *mean = *squares = 0;
    for (size_t i = c; i < y->n; i += channels)
        *mean += (double)y->f[i] / (double)(y->n / channels);
    for (size_t i = c; i < y->n; i += channels)
        *squares += ((double)y->f[i] - *mean) * ((double)y->f[i] - *mean);
}

void sums_are_moments(double *sums, const tensor *y, const char *where)
{
    const size_t channels = (size_t)y->shape.dim[y->shape.rank - 1];
    double *mean = ot__new(2 * channels, sizeof *mean);
    ot__moments all = { 0, mean, mean + channels };
    for (size_t k = 0; k < (size_t)sums[0]; k++) {
        const double *slot = ot__sums_slot(sums, k, channels);
        ot__merge_moments(&all, channels, slot[0], slot + 1, slot + 1 + channels);
    }
    ck_assert_double_eq(all.n, (double)(y->n / channels));
    for (size_t c = 0; c < channels; c++) {
        double m, squares;
        channel_moments(y, c, channels, &m, &squares);
        const double deviation = sqrt(squares / all.n), rounding = 1e-7 * fabs(m);
        ck_assert_msg(fabs(all.mean[c] - m) <= 1e-6 * deviation + rounding,
                      "mean of channel %zu of %s: %.9g instead of %.9g", c, where, all.mean[c], m);
        ck_assert_msg(fabs(all.squares[c] - squares) <= 2e-5 * squares + rounding * rounding,
                      "squares of channel %zu of %s: %.9g instead of %.9g", c, where,
                      all.squares[c], squares);
    }
    ot__free(mean);
}
