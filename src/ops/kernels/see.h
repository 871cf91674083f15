/* SPDX-License-Identifier: BSD-3-Clause
 * Reading through a view, pixel by pixel. */
#ifndef OT_OPS_KERNELS_SEE_H
#define OT_OPS_KERNELS_SEE_H

#include "autograd/op.h"

/* y[i] = act(a[i]*(u[i] - m[i]) + e[i]) for n channels from `first` on; v NULL: a copy. */
static inline void ot__see(const ot__view *v, size_t first, size_t n, const float *u, float *y)
{
    const float least = v && v->relu ? 0 : -__builtin_inff();
    if (v && v->m) {
        const float *m = v->m + first, *a = v->a + first, *e = v->e + first;
#pragma omp simd
        for (size_t i = 0; i < n; i++) {
            const float value = a[i] * (u[i] - m[i]) + e[i];
            y[i] = value <= least ? least : value; /* a NaN stays one */
        }
        return;
    }
#pragma omp simd
    for (size_t i = 0; i < n; i++)
        y[i] = u[i] <= least ? least : u[i];
}

#endif
