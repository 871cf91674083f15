/* SPDX-License-Identifier: BSD-3-Clause
 * The registry of ops, and what the files of ops share. */
#ifndef OT_OPS_OPS_H
#define OT_OPS_OPS_H

#include "autograd/op.h"

#define OT_OP(name) extern const ot_op ot__op_##name;
#include "ops/ops.def"
#undef OT_OP

/* The i-th op of ops.def; NULL unless 0 <= i < ot_op_count(). */
const ot_op *ot__op_at(int i);

/* The shape rule of ops whose operands and result all have the same shape.  The op must have at
 * least one operand. */
ot_status ot__shape_elementwise(const ot_op *op, ot__shaping *s);

/* Checks that the last dimension of operand k is its channels: it must have one, other than the
 * batch. */
ot_status ot__check_channels(const ot_op *op, const ot__shaping *s, int k);

/* Writes a derivative to *gx, or adds it if `add`: how reference kernels write gradients. */
static inline void ot__deliver(double *gx, bool add, double derivative)
{
    *gx = add ? *gx + derivative : derivative;
}

#endif
