/* SPDX-License-Identifier: BSD-3-Clause
 * Sums over a block in double.  Eight partial sums, written out, are what lets a compiler use
 * vectors without changing the order of additions. */
#ifndef OT_OPS_KERNELS_SUM_H
#define OT_OPS_KERNELS_SUM_H

#include <stddef.h>

double ot__total(size_t n, const float *x);
double ot__dot(size_t n, const float *x, const float *y);

#endif
