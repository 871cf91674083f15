/* SPDX-License-Identifier: BSD-3-Clause
 * What group_norm, layer_norm and pixel_norm share.  Each normalises rows of numbers, then scales
 * and shifts the result per channel:
 *
 *   y = gamma[c]*z + beta[c],   z = (x - m)*r
 *
 * The rows differ: a group of channels in all pixels of an image, or all channels of one pixel. */
#ifndef OT_OPS_NORMALISE_H
#define OT_OPS_NORMALISE_H

#include "ops/attr.h"
#include "ops/ops.h"

/* The operands x, gamma and beta. */
enum { OT__NORM_X, OT__NORM_GAMMA, OT__NORM_BETA, OT__NORM_OPERANDS };

/* What forward saves: arrays with one number per row.  In float32 the mean is m + rest; in double
 * rest is 0. */
enum { OT__NORM_M, OT__NORM_REST, OT__NORM_R, OT__NORM_SAVED };

/* Rows of x: x has `blocks` blocks of pixels x channels numbers, and each block has a row for each
 * group of channels. */
typedef struct ot__rows_of_norm {
    size_t blocks, pixels, channels, groups;
    bool centred; /* m and 1/r^2 - eps are mean and variance; otherwise m is 0, and it is the sum of
                     squares */
} ot__rows_of_norm;

ot_status ot__norm_shape(const ot_op *op, ot__shaping *s);
ot__cost ot__norm_cost(const ot__record *r, const ot_shape *x);
/* The rows of group_norm, and those of layer_norm and pixel_norm. */
ot__rows_of_norm ot__rows_of_groups(const void *attr, const ot_shape *x);
ot__rows_of_norm ot__rows_of_pixels(const ot_shape *x, bool centred);
/* How many numbers forward saves. */
size_t ot__norm_saved(const ot__rows_of_norm *rows);
/* Reference kernels. */
void ot__norm_forward(const ot__call *c, const ot__rows_of_norm *rows);
void ot__norm_backward(const ot__call *c, const ot__rows_of_norm *rows);
/* The operands gamma and beta of an example, and the op on them. */
ot_var ot__norm_example(ot_tape *t, const ot_op *op, ot_shape x, int groups, double eps);

#endif
