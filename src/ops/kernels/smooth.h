/* SPDX-License-Identifier: BSD-3-Clause
 * Elementary functions in float32 for loops that compilers turn into vectors.  They use sums,
 * products and quotients only, so every CPU computes the same bits.  The C library does not promise
 * that.  Arguments beyond the range of a fit are clamped; NaN stays NaN.
 *
 * exp is Cephes' expf (Moshier): 2^k times a polynomial of degree 7 in the rest.  tanh and erf are
 * the quotients of polynomials of Eigen and XLA.  tests/ops/test_smooth.c has their errors. */
#ifndef OT_OPS_KERNELS_SMOOTH_H
#define OT_OPS_KERNELS_SMOOTH_H

#include <stdint.h>

#include "ops/kernels/inline.h"

/* The bits of a float, and the float with these bits.  As unions, loops of them become vectors. */
OT__INLINE uint32_t ot__bits_of(float x)
{
    return ((const union {
               float x;
               uint32_t bits;
           }){ .x = x })
        .bits;
}

OT__INLINE float ot__float_of(uint32_t bits)
{
    return ((const union {
               uint32_t bits;
               float x;
           }){ .bits = bits })
        .x;
}

/* a if `first`, else b.  A conditional expression would become a branch, and loops with branches do
 * not become vectors. */
OT__INLINE float ot__either(int first, float a, float b)
{
    const uint32_t mask = -(uint32_t)first;
    return ot__float_of((ot__bits_of(a) & mask) | (ot__bits_of(b) & ~mask));
}

/* x within [least, most]; NaN stays NaN. */
OT__INLINE float ot__clamp(float x, float least, float most)
{
    const float above = ot__either(x < least, least, x);
    return ot__either(above > most, most, above);
}

/* e^x for -87 <= x <= 88, otherwise the value at the nearer bound; relative error 2e-7. */
OT__INLINE float ot__exp(float x)
{
    const float round = 12582912; /* 1.5*2^23: what is added to it loses its fraction */
    const float in = ot__clamp(x, -87, 88);
    const float shifted = in * 1.44269504088896341f + round, k = shifted - round;
    const float r = in - k * 0.693359375f + k * 2.12194440e-4f; /* in - k*log(2) */
    float p = 1.9875691500e-4f;
    p = p * r + 1.3981999507e-3f;
    p = p * r + 8.3334519073e-3f;
    p = p * r + 4.1665795894e-2f;
    p = p * r + 1.6666665459e-1f;
    p = p * r + 5.0000001201e-1f;
    p = p * r * r + r + 1;
    return p * ot__float_of((ot__bits_of(shifted) + 127) << 23); /* 2^k, from its exponent */
}

OT__INLINE float ot__sigmoid(float x)
{
    return 1 / (1 + ot__exp(-x));
}

/* Absolute error 2e-7. */
OT__INLINE float ot__tanh(float x)
{
    const float in = ot__clamp(x, -7.90531110763549805f, 7.90531110763549805f), u = in * in;
    float p = -2.76076847742355e-16f;
    p = p * u + 2.00018790482477e-13f;
    p = p * u - 8.60467152213735e-11f;
    p = p * u + 5.12229709037114e-08f;
    p = p * u + 1.48572235717979e-05f;
    p = p * u + 6.37261928875436e-04f;
    p = p * u + 4.89352455891786e-03f;
    float q = 1.19825839466702e-06f;
    q = q * u + 1.18534705686654e-04f;
    q = q * u + 2.26843463243900e-03f;
    q = q * u + 4.89352518554385e-03f;
    return in * p / q;
}

/* Absolute error 5e-7. */
OT__INLINE float ot__erf(float x)
{
    const float in = ot__clamp(x, -4, 4), u = in * in;
    float p = -2.72614225801306e-10f;
    p = p * u + 2.77068142495902e-08f;
    p = p * u - 2.10102402082508e-06f;
    p = p * u - 5.69250639462346e-05f;
    p = p * u - 7.34990630326855e-04f;
    p = p * u - 2.95459980854025e-03f;
    p = p * u - 1.60960333262415e-02f;
    float q = -1.45660718464996e-05f;
    q = q * u - 2.13374055278905e-04f;
    q = q * u - 1.68282697438203e-03f;
    q = q * u - 7.37332916720468e-03f;
    q = q * u - 1.42647390514189e-02f;
    return in * p / q;
}

/* The distribution function of the normal distribution. */
OT__INLINE float ot__distribution(float x)
{
    return 0.5f + 0.5f * ot__erf(0.707106781186547524f * x);
}

#endif
