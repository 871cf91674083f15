/* SPDX-License-Identifier: BSD-3-Clause
 * A number is not finite if all bits of its exponent are set.  Integers are compared, because
 * compilers can do that with several numbers at a time and keep the order of float sums. */
#include "train/arrays.h"

#include <stdint.h>
#include <string.h>

static bool all_finite_f32(const float *x, size_t n)
{
    uint32_t strange = 0;
    for (size_t i = 0; i < n; i++) {
        uint32_t bits;
        memcpy(&bits, &x[i], sizeof bits);
        strange |= (bits & 0x7f800000u) == 0x7f800000u;
    }
    return strange == 0;
}

static bool all_finite_f64(const double *x, size_t n)
{
    const uint64_t exponent = (uint64_t)0x7ff << 52;
    uint64_t strange = 0;
    for (size_t i = 0; i < n; i++) {
        uint64_t bits;
        memcpy(&bits, &x[i], sizeof bits);
        strange |= (bits & exponent) == exponent;
    }
    return strange == 0;
}

bool ot__all_finite(const void *x, ot_dtype dtype, size_t n)
{
    return dtype == OT_F64 ? all_finite_f64(x, n) : all_finite_f32(x, n);
}

double ot__sum_of_squares(const void *x, ot_dtype dtype, size_t n)
{
    const double *const d = x;
    const float *const f = x;
    double sum = 0.0;
    if (dtype == OT_F64)
        for (size_t i = 0; i < n; i++)
            sum += d[i] * d[i];
    else
        for (size_t i = 0; i < n; i++)
            sum += (double)f[i] * (double)f[i];
    return sum;
}

void ot__scale(void *x, ot_dtype dtype, size_t n, double factor)
{
    double *const d = x;
    float *const f = x, single = (float)factor;
    if (dtype == OT_F64)
        for (size_t i = 0; i < n; i++)
            d[i] *= factor;
    else
        for (size_t i = 0; i < n; i++)
            f[i] *= single;
}

void ot__clamp(void *x, ot_dtype dtype, size_t n, double limit)
{
    double *const d = x;
    float *const f = x, single = (float)limit;
    if (dtype == OT_F64)
        for (size_t i = 0; i < n; i++)
            d[i] = d[i] > limit ? limit : d[i] < -limit ? -limit : d[i];
    else
        for (size_t i = 0; i < n; i++)
            f[i] = f[i] > single ? single : f[i] < -single ? -single : f[i];
}
