/* SPDX-License-Identifier: BSD-3-Clause
 * Reads the values of a view (ot__view in autograd/op.h), one pixel at a time. */
#ifndef OT_OPS_KERNELS_READ_VIEW_H
#define OT_OPS_KERNELS_READ_VIEW_H

#include "autograd/op.h"

/* y[i] = act(a[i]*(u[i] - m[i]) + e[i]) for n channels of one pixel, channel `first` at u[0].  If v
 * is NULL, y is a copy of u.  Only views of gradients have a term b*v, so it is not read here. */
static inline void ot__read_view(const ot__view *v, size_t first, size_t n, const float *u,
                                 float *y)
{
    const float least = v && v->relu ? 0 : -__builtin_inff();
    if (v && v->m) {
        const float *m = v->m + first, *a = v->a + first, *e = v->e + first;
#pragma omp simd
        for (size_t i = 0; i < n; i++) {
            const float value = a[i] * (u[i] - m[i]) + e[i];
            y[i] = value <= least ? least : value; /* NaN stays NaN */
        }
        return;
    }
#pragma omp simd
    for (size_t i = 0; i < n; i++)
        y[i] = u[i] <= least ? least : u[i];
}

#endif
