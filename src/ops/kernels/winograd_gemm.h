/* SPDX-License-Identifier: BSD-3-Clause
 * Small matrix products on the calling thread. */
#ifndef OT_OPS_KERNELS_WINOGRAD_GEMM_H
#define OT_OPS_KERNELS_WINOGRAD_GEMM_H

#include <stdbool.h>

#include "ops/kernels/winograd.h"

/* C <- A B, or with add C + A B:  A (m, k), element (i, p) at a[i*row + p*column]; B (k, n) and
 * C (m, n) with rows of n.  m is a multiple of OT__ROW_STEP, n of OT__LANES. */
void OT__FOR_ISA(small_gemm)(int m, int n, int k, const float *a, size_t row, size_t column,
                             const float *b, bool add, float *c);

#endif
