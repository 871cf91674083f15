/* SPDX-License-Identifier: BSD-3-Clause
 * sigmoid in float32. */
#include "ops/kernels/activation.h"
#include "ops/kernels/smooth.h"

OT__INLINE float value(float x)
{
    return ot__sigmoid(x);
}

OT__INLINE float slope(float y)
{
    return y * (1 - y);
}

OT__ACTIVATION_KERNELS(sigmoid, true)
