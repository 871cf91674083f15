/* SPDX-License-Identifier: BSD-3-Clause
 * The ops of ops.def as a table.  Positions in the table are for loops only: files refer to an op
 * by its name, records by a pointer. */
#include "ops/ops.h"

static const ot_op *const ops[] = {
#define OT_OP(name) &ot__op_##name,
#include "ops/ops.def"
#undef OT_OP
};

int ot_op_count(void)
{
    return (int)(sizeof ops / sizeof ops[0]);
}

const ot_op *ot__op_at(int i)
{
    return i >= 0 && i < ot_op_count() ? ops[i] : NULL;
}

const char *ot_op_name(int i)
{
    const ot_op *op = ot__op_at(i);
    return op ? op->name : NULL;
}

bool ot_op_has_best(int i)
{
    const ot_op *op = ot__op_at(i);
    return op && op->best;
}

ot_var ot_op_example(int i, ot_tape *t, int variant)
{
    const ot_op *op = ot__op_at(i);
    return op && variant >= 0 ? op->example(t, variant) : (ot_var){ 0 };
}
