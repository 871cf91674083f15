/* SPDX-License-Identifier: BSD-3-Clause
 * relu6 in float32. */
#include "ops/kernels/activation.h"
#include "ops/kernels/smooth.h"

OT__INLINE float value(float x)
{
    return ot__clamp(x, 0, 6);
}

OT__INLINE float slope(float y)
{
    return y > 0 && y < 6 ? 1 : 0;
}

OT__ACTIVATION_KERNELS(relu6, true)
