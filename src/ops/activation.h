/* SPDX-License-Identifier: BSD-3-Clause
 * What activations share: ops y = f(x) of one operand, element by element.  The file of an
 * activation gives f and its derivative; its backward step reads x or y. */
#ifndef OT_OPS_ACTIVATION_H
#define OT_OPS_ACTIVATION_H

#include "ops/ops.h"

/* Reference kernels: y = f(x). */
void ot__activation_forward(const ot__call *c, double (*f)(double x));
/* gx = gy * slope(u), where u has the elements of x, or of y if backward reads y. */
void ot__activation_backward(const ot__call *c, const double *u, double (*slope)(double u));
/* A fingerprint of the pieces that the elements of x lie on, where piece(x) numbers the piece: a
 * hash (FNV-1a). */
uint64_t ot__activation_piece(const ot__call *c, unsigned (*piece)(const void *attr, double x));
/* The variant-th operand of the examples: an image with more than one block of elements, an image
 * of one pixel, or a parameter.  The null var if there are no more. */
ot_var ot__activation_example(ot_tape *t, int variant);
/* The cost of `forward` and `backward` operations per element. */
ot__cost ot__activation_cost(const ot_shape *x, double forward, double backward);

#endif
