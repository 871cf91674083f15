/* SPDX-License-Identifier: BSD-3-Clause
 * What optimisers do with arrays of n numbers of a dtype. */
#ifndef OT_TRAIN_ARRAYS_H
#define OT_TRAIN_ARRAYS_H

#include "odetape.h"

bool ot__all_finite(const void *x, ot_dtype dtype, size_t n);
/* In double, in the order of the elements. */
double ot__sum_of_squares(const void *x, ot_dtype dtype, size_t n);
/* x[i] <- factor x[i], where the factor is rounded to the dtype. */
void ot__scale(void *x, ot_dtype dtype, size_t n, double factor);
/* Sets numbers beyond -limit and limit to these. */
void ot__clamp(void *x, ot_dtype dtype, size_t n, double limit);

#endif
