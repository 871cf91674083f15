/* SPDX-License-Identifier: BSD-3-Clause
 * Random directions, scaled as by Li et al. (NeurIPS 2018, section 4): each filter of the direction
 * gets the norm of the same filter of the weights.  Batch norm makes a network independent of the
 * scale of its weights; without this scaling, a network with larger weights would look flatter.
 * Tensors of one dimension (biases, batch norm) do not move. */
#include "landscape/direction.h"

#include <math.h>
#include <string.h>

#include "base/check.h"
#include "base/memory.h"
#include "base/number.h"
#include "base/rng.h"

ot_status ot__direction_new(const ot_params *ps, ot_direction **out)
{
    const int n = ot_params_count(ps);
    *out = NULL;
    ot_direction *d = ot__new(1, sizeof *d);
    if (!d) return OT_ENOMEM;
    d->n = n;
    d->begin = ot__new((size_t)n + 1, sizeof *d->begin);
    for (int i = 0; d->begin && i < n; i++)
        d->begin[i + 1] = d->begin[i] + ot_params_elements(ps, i);
    d->value = d->begin ? ot__new(d->begin[n], sizeof *d->value) : NULL;
    if (!d->value) {
        ot_direction_free(d);
        return OT_ENOMEM;
    }
    *out = d;
    return OT_OK;
}

void ot_direction_free(ot_direction *d)
{
    if (!d) return;
    ot__free(d->begin);
    ot__free(d->value);
    ot__free(d);
}

ot_status ot__direction_read(ot_direction *d, ot_params *ps, ot_dtype dtype)
{
    for (int i = 0; i < d->n; i++) {
        const void *from = ot_params_value(ps, i, dtype);
        if (!from) return OT_ENOMEM;
        double *to = d->value + d->begin[i];
        for (size_t j = 0; j < d->begin[i + 1] - d->begin[i]; j++)
            to[j] = ot__number(from, dtype, j);
    }
    return OT_OK;
}

bool ot__direction_fits(const ot_direction *d, const ot_params *ps)
{
    bool fits = d->n == ot_params_count(ps);
    for (int i = 0; fits && i < d->n; i++)
        fits = d->begin[i + 1] - d->begin[i] == ot_params_elements(ps, i);
    return fits;
}

/* ---- random ---- */

static double length(const double *v, size_t n)
{
    double sum = 0.0;
    for (size_t j = 0; j < n; j++)
        sum += v[j] * v[j];
    return sqrt(sum);
}

/* Scales each of the parts of d, of `size` numbers each, to the norm of the same part of w. */
static void scale_parts(double *d, const double *w, size_t parts, size_t size)
{
    for (size_t o = 0; o < parts; o++) {
        const double factor = length(w + o * size, size) / (length(d + o * size, size) + 1e-10);
        for (size_t j = 0; j < size; j++)
            d[o * size + j] *= factor;
    }
}

static void normalise(double *d, const double *w, ot_norm norm, size_t outputs, size_t elements)
{
    if (norm == OT_NORM_WEIGHT)
        for (size_t j = 0; j < elements; j++)
            d[j] *= w[j];
    else if (norm == OT_NORM_LAYER)
        scale_parts(d, w, 1, elements);
    else
        scale_parts(d, w, outputs, elements / outputs);
}

/* Fills d with standard normal numbers. */
static void draw(double *d, size_t n, uint64_t seed, int index, int tensor)
{
    for (size_t j = 0; j < n; j++) {
        const ot__draw r =
            ot__random(seed, OT__RNG_LANDSCAPE, (uint32_t)index, (uint32_t)tensor, (uint32_t)j, 0);
        d[j] = ot__normal(r.word[0], r.word[1]);
    }
}

/* d holds the parameters, and is replaced by the direction. */
static ot_status randomise(ot_direction *d, const ot_params *ps, ot_norm norm, uint64_t seed,
                           int index)
{
    for (int i = 0; i < d->n; i++) {
        const size_t n = d->begin[i + 1] - d->begin[i];
        const ot_shape shape = ot_params_shape(ps, i);
        double *const value = d->value + d->begin[i];
        double *w = ot__new(n, sizeof *w);
        if (!w) return OT_ENOMEM;
        memcpy(w, value, n * sizeof *w);
        memset(value, 0, n * sizeof *value);
        if (ot_params_trained(ps, i) && shape.rank > 1) {
            draw(value, n, seed, index, i);
            normalise(value, w, norm, (size_t)shape.dim[0], n);
        }
        ot__free(w);
    }
    return OT_OK;
}

ot_status ot_direction_random(ot_params *at, ot_norm norm, uint64_t seed, int index,
                              ot_direction **out)
{
    OT_TRY(ot__check_given("direction", "where to put it", out));
    *out = NULL;
    OT_TRY(ot__check_given("direction", "the parameters", at));
    if ((int)norm < OT_NORM_FILTER || norm > OT_NORM_WEIGHT || index < 0)
        return ot__fail(OT_EINVAL,
                        "the norm is %d and the index %d; norms are 0 to %d, and an "
                        "index is not negative",
                        (int)norm, index, OT_NORM_WEIGHT);
    ot_direction *d = NULL;
    OT_TRY(ot__direction_new(at, &d));
    ot_status status = ot__direction_read(d, at, OT_F32);
    if (status == OT_OK) status = randomise(d, at, norm, seed, index);
    if (status == OT_OK)
        *out = d;
    else
        ot_direction_free(d);
    return status;
}

/* ---- to other parameters ---- */

ot_status ot_direction_towards(ot_params *at, ot_params *target, ot_direction **out)
{
    ot_direction *d = NULL;
    OT_TRY(ot__check_given("direction", "where to put it", out));
    *out = NULL;
    OT_TRY(ot__check_given("direction", "the start", at));
    OT_TRY(ot__check_given("direction", "the target", target));
    OT_TRY(ot__direction_new(target, &d));
    if (!ot__direction_fits(d, at)) {
        ot_direction_free(d);
        return ot__fail(OT_ESHAPE, "the parameters are of two different networks; a line joins two "
                                   "of one");
    }
    const ot_status status = ot__direction_read(d, target, OT_F32);
    if (status != OT_OK) {
        ot_direction_free(d);
        return status;
    }
    d->towards = true;
    *out = d;
    return OT_OK;
}

/* ---- reading a direction ---- */

double ot_direction_at(const ot_direction *d, int i, size_t j)
{
    if (!d || i < 0 || i >= d->n || j >= d->begin[i + 1] - d->begin[i]) return 0.0;
    return d->value[d->begin[i] + j];
}

double ot_direction_dot(const ot_direction *d, const ot_direction *e)
{
    double sum = 0.0;
    if (!d || !e || d->n != e->n || d->begin[d->n] != e->begin[e->n]) return 0.0;
    for (size_t j = 0; j < d->begin[d->n]; j++)
        sum += d->value[j] * e->value[j];
    return sum;
}
