/* SPDX-License-Identifier: BSD-3-Clause
 * Chooses the size of controlled steps.  After a step of size h with error e and allowed error tol,
 * the next size is
 *
 *     h 0.8 (tol/e)^(1/q)   limited to [h/8, 4 h],   where e = O(h^q).
 *
 * An integration fails if a step would be shorter than 2^-48 of the length.  Doubles near the end
 * time differ by 2^-52 of it, so the shortest step is 16 times what time can resolve.
 *
 * Reference: Hairer, Norsett, Wanner, Solving Ordinary Differential Equations I, II.4. */
#include "schemes/steppers/control.h"

#include <limits.h>
#include <math.h>

#include "base/check.h"
#include "base/chunks.h"
#include "base/decimal.h"
#include "base/number.h"

static const double SAFETY = 0.8, LEAST_SCALE = 0.125, MOST_SCALE = 4.0;

static ot_status check_equal(const char *who, const ot_control *c)
{
    OT_TRY(ot__check_count(who, "the number of equal steps", c->steps, 0, INT_MAX));
    if (c->steps == 0 || (c->tolerance == 0 && c->first == 0 && c->most_steps == 0)) return OT_OK;
    return ot__fail(OT_EINVAL,
                    "%s: %d equal steps have no tolerance, no first step and no limit of their "
                    "number; leave out either them or these options",
                    who, c->steps);
}

ot_status ot__control_check(const char *who, const ot_control *c, double length)
{
    OT_TRY(check_equal(who, c));
    if (!(length > 0 && isfinite(length)))
        return ot__fail(OT_EINVAL, "%s: the length is %s; it must be positive", who,
                        OT__REAL(length));
    if (!(c->tolerance >= 0 && isfinite(c->tolerance)))
        return ot__fail(OT_EINVAL,
                        "%s: the tolerance is %s; it must be positive, or 0 for the default", who,
                        OT__REAL(c->tolerance));
    const double least = OT_LEAST_STEP * length;
    if (c->first != 0 && !(c->first >= least && isfinite(c->first)))
        return ot__fail(OT_EINVAL,
                        "%s: the first step is %s; it must be at least %s (2^-48 of the length), "
                        "or 0 for the default",
                        who, OT__REAL(c->first), OT__ROUNDED(least, 3));
    return ot__check_count(who, "most_steps", c->most_steps, 0, INT_MAX);
}

static double sum_of_squares(ot_dtype dtype, const ot__cut *numbers, const void *x, double scale)
{
    double sum[OT__MOST_CHUNKS] = { 0 };
    for (ptrdiff_t k = 0; k < numbers->chunks; k++)
        for (size_t i = ot__cut_begin(numbers, k); i < ot__cut_end(numbers, k); i++) {
            const double v = ot__number(x, dtype, i);
            sum[k] += scale * v * (scale * v);
        }
    ot__add_chunks(numbers, 1, 1, sum);
    return sum[0];
}

double ot__root_mean_square(ot_dtype dtype, const ot__share *share, int images, size_t n,
                            const void *x)
{
    const ot__cut numbers = ot__cut_images(share, images, n);
    const double smaller = 0x1p-600, of = ot__of_whole_batch(share, images, (double)n),
                 sum = sum_of_squares(dtype, &numbers, x, 1);
    return isinf(sum) ? sqrt(sum_of_squares(dtype, &numbers, x, smaller) / of) / smaller
                      : sqrt(sum / of);
}

const char *ot__parameter_not_finite(ot_params *ps, ot_dtype dtype, bool statistics)
{
    for (int i = 0; i < ot_params_count(ps); i++) {
        if (!ot_params_trained(ps, i) && !statistics) continue;
        const void *const x = ot_params_value(ps, i, dtype);
        for (size_t k = 0; x && k < ot_params_elements(ps, i); k++)
            if (!isfinite(ot__number(x, dtype, k))) return ot_params_name(ps, i);
    }
    return NULL;
}

ot__course ot__course_begin(const ot_control *control, double length)
{
    const ot_control c = control ? *control : (ot_control){ 0 };
    return (ot__course){
        .length = length,
        .tolerance = c.tolerance > 0 ? c.tolerance : 1e-6,
        .most = c.most_steps > 0 ? c.most_steps : 100000,
        .h = c.first > 0 ? c.first : length / 8,
        .estimate = true,
    };
}

double ot__control_scale(double tol, double e, int q)
{
    if (!isfinite(e)) return LEAST_SCALE;
    if (e == 0) return MOST_SCALE;
    return fmin(fmax(SAFETY * pow(tol / e, 1.0 / q), LEAST_SCALE), MOST_SCALE);
}

void ot__course_count(ot__course *c, double h)
{
    ot_control_result *const w = &c->control;
    w->smallest = w->accepted == 0 ? h : fmin(w->smallest, h);
    w->largest = fmax(w->largest, h);
    w->accepted++;
}

ot_status ot__course_check(const ot__course *c)
{
    const int tried = c->control.accepted + c->control.rejected;
    const double least = OT_LEAST_STEP * c->length;
    if (c->h < least && !c->estimate)
        return ot__fail(OT_ENUMERIC,
                        "at time %s of %s after %d step%s, at the shortest step of %s: the error "
                        "estimate is not finite",
                        OT__ROUNDED(c->t, 6), OT__REAL(c->length), tried, tried == 1 ? "" : "s",
                        OT__ROUNDED(least, 3));
    if (c->h < least)
        return ot__fail(
            OT_ENUMERIC,
            "at time %s of %s after %d step%s, at the shortest step of %s: the tolerance "
            "of %s is not reached",
            OT__ROUNDED(c->t, 6), OT__REAL(c->length), tried, tried == 1 ? "" : "s",
            OT__ROUNDED(least, 3), OT__REAL(c->tolerance));
    if (tried < c->most) return OT_OK;
    return ot__fail(
        OT_ENUMERIC,
        "at time %s of %s after %d step%s, the most that are tried: the tolerance of %s "
        "is not reached",
        OT__ROUNDED(c->t, 6), OT__REAL(c->length), tried, tried == 1 ? "" : "s",
        OT__REAL(c->tolerance));
}
