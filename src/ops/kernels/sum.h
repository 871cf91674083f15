/* SPDX-License-Identifier: BSD-3-Clause
 * Sums over a block in double.  They keep eight partial sums, so that the compiler can use vectors
 * without changing the order of additions. */
#ifndef OT_OPS_KERNELS_SUM_H
#define OT_OPS_KERNELS_SUM_H

#include <stddef.h>

/* sum x[i] */
double ot__total(size_t n, const float *x);
/* sum x[i]*y[i] */
double ot__dot(size_t n, const float *x, const float *y);

#endif
