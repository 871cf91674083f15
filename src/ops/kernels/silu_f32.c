/* SPDX-License-Identifier: BSD-3-Clause
 * silu in float32. */
#include "ops/kernels/activation.h"
#include "ops/kernels/smooth.h"

OT__INLINE float value(float x)
{
    return x * ot__sigmoid(x);
}

OT__INLINE float slope(float x)
{
    const float s = ot__sigmoid(x);
    return s * (1 + x * (1 - s));
}

OT__ACTIVATION_KERNELS(silu, false)
