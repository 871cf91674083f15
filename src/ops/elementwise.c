/* SPDX-License-Identifier: BSD-3-Clause
 * Shape rules that several ops share.  The shapes of elementwise ops must be equal: without
 * broadcasting, operands of wrong shapes are an error and never a wrong result. */
#include "ops/ops.h"

ot_status ot__shape_elementwise(const ot_op *op, ot__shaping *s)
{
    for (int k = 1; k < s->n_in; k++) {
        if (!ot__same_shape(s->x[k], s->x[0]))
            return ot__fail(OT_ESHAPE,
                            "%s: operand 1 is %s and operand %d is %s; shapes must be equal",
                            op->name, ot__shape_text(s->x[0]), k + 1, ot__shape_text(s->x[k]));
        if (s->batched[k] != s->batched[0])
            return ot__fail(OT_ESHAPE,
                            "%s: of operands 1 and %d, both %s, one has the batch as its first "
                            "dimension and the other has not; both must, or neither",
                            op->name, k + 1, ot__shape_text(s->x[0]));
    }
    *s->y = s->x[0];
    *s->y_batched = s->batched[0];
    return OT_OK;
}

ot_status ot__check_channels(const ot_op *op, const ot__shaping *s, int k)
{
    if (s->x[k].rank < 1 + s->batched[k])
        return ot__fail(
            OT_ESHAPE, "%s: operand %d is %s%s; it must have a last dimension, its channels",
            op->name, k + 1, ot__shape_text(s->x[k]), s->batched[k] ? ", which is the batch" : "");
    return OT_OK;
}
