/* SPDX-License-Identifier: BSD-3-Clause
 * What sum and mean share: ops that make one number of all elements of x. */
#ifndef OT_OPS_REDUCE_H
#define OT_OPS_REDUCE_H

#include "ops/ops.h"

/* The shape rule: the result is a scalar without batch. */
ot_status ot__reduce_shape(ot__shaping *s);
/* One operation per element, forward and backward. */
ot__cost ot__reduce_cost(const ot__record *r, const ot_shape *x);
/* Reference kernels: returns the sum of all elements of x. */
double ot__reduce_sum(const ot__call *c);
/* Delivers the same derivative to every element of x. */
void ot__reduce_backward(const ot__call *c, double derivative);

#endif
