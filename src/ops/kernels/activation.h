/* SPDX-License-Identifier: BSD-3-Clause
 * The float32 kernels of activations.  A kernel file gives value and slope of one element and calls
 * OT__ACTIVATION_KERNELS, which makes the two kernels from them. */
#ifndef OT_OPS_KERNELS_ACTIVATION_H
#define OT_OPS_KERNELS_ACTIVATION_H

#include "ops/kernels/block.h"
#include "ops/kernels/inline.h"
#include "ops/kernels/kernels.h"

/* y[i] = value(x[i]), i < n; y may be x. */
typedef void (*ot__values)(size_t n, const float *x, float *y);
/* gx[i] = gy[i]*slope(u[i]), or gx[i] + that if add; gx may be gy. */
typedef void (*ot__slopes)(size_t n, const float *u, const float *gy, bool add, float *gx);

/* Applies f to operand 0, which may be a view. */
void ot__activate(const ot__call *c, ot__values f);
/* Delivers the gradient.  f reads y if of_y, otherwise operand 0. */
void ot__activate_backward(const ot__call *c, bool of_y, ot__slopes f);

OT__INLINE void ot__loop_of_slopes(size_t n, const float *u, const float *gy, bool add, float *gx,
                                   float (*slope)(float u))
{
    if (add) {
#pragma omp simd
        for (size_t i = 0; i < n; i++)
            gx[i] += gy[i] * slope(u[i]);
    } else {
#pragma omp simd
        for (size_t i = 0; i < n; i++)
            gx[i] = gy[i] * slope(u[i]);
    }
}

/* The kernels of an activation from the inline functions value(x) and slope(u), where u is y if
 * of_y, otherwise x. */
#define OT__ACTIVATION_KERNELS(name, of_y)                                                         \
    OT__CLONES                                                                                     \
    static void values(size_t n, const float *x, float *y)                                         \
    {                                                                                              \
        OT__PRAGMA(omp simd)                                                                       \
        for (size_t i = 0; i < n; i++)                                                             \
            y[i] = value(x[i]);                                                                    \
    }                                                                                              \
    OT__CLONES                                                                                     \
    static void slopes(size_t n, const float *u, const float *gy, bool add, float *gx)             \
    {                                                                                              \
        ot__loop_of_slopes(n, u, gy, add, gx, slope);                                              \
    }                                                                                              \
    void ot__##name##_forward_f32(const ot__call *c)                                               \
    {                                                                                              \
        ot__activate(c, values);                                                                   \
    }                                                                                              \
    void ot__##name##_backward_f32(const ot__call *c)                                              \
    {                                                                                              \
        ot__activate_backward(c, of_y, slopes);                                                    \
    }

#endif
