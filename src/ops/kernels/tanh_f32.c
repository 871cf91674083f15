/* SPDX-License-Identifier: BSD-3-Clause
 * tanh in float32. */
#include "ops/kernels/activation.h"
#include "ops/kernels/smooth.h"

OT__INLINE float value(float x)
{
    return ot__tanh(x);
}

OT__INLINE float slope(float y)
{
    return 1 - y * y;
}

OT__ACTIVATION_KERNELS(tanh, true)
