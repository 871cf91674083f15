/* SPDX-License-Identifier: BSD-3-Clause
 * The registry of ops and what op files share. */
#ifndef OT_OPS_OPS_H
#define OT_OPS_OPS_H

#include "autograd/op.h"

#define OT_OP(name) extern const ot_op ot__op_##name;
#include "ops/ops.def"
#undef OT_OP

/* The i-th op, NULL unless 0 <= i < ot_op_count(). */
const ot_op *ot__op_at(int i);

/* shape() of ops whose operands and result all have one shape; needs at least one operand. */
ot_status ot__shape_elementwise(const ot_op *op, ot__shaping *s);

/* Reference kernels deliver a derivative: added to, or put in place of, what is there. */
static inline void ot__deliver(double *gx, bool add, double derivative)
{
    *gx = add ? *gx + derivative : derivative;
}

#endif
