/* SPDX-License-Identifier: BSD-3-Clause
 * gelu in float32. */
#include "ops/kernels/activation.h"
#include "ops/kernels/smooth.h"

OT__INLINE float value(float x)
{
    return x * ot__distribution(x);
}

OT__INLINE float slope(float x)
{
    const float density = 0.398942280401432678f * ot__exp(-0.5f * x * x);
    return ot__distribution(x) + x * density;
}

OT__ACTIVATION_KERNELS(gelu, false)
