/* SPDX-License-Identifier: BSD-3-Clause
 * A number is not finite if all bits of its exponent are set.  Integers are compared, because
 * compilers can do that with several numbers at a time and keep the order of float sums. */
#include "train/arrays.h"

#include <stdint.h>
#include <string.h>

/* Four numbers at a time, which gcc and clang compile to one instruction each. */
typedef uint32_t lanes __attribute__((vector_size(16)));
enum { LANES = 4 };

static bool all_finite_f32(const float *x, size_t n)
{
    const uint32_t exponent = 0x7f800000u;
    lanes strange = { 0 };
    size_t i = 0;
    for (; i + LANES <= n; i += LANES) {
        lanes bits;
        memcpy(&bits, &x[i], sizeof bits);
        strange |= (lanes)((bits & exponent) == exponent);
    }
    uint32_t any = strange[0] | strange[1] | strange[2] | strange[3];
    for (; i < n; i++) {
        uint32_t bits;
        memcpy(&bits, &x[i], sizeof bits);
        any |= (bits & exponent) == exponent;
    }
    return any == 0;
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
