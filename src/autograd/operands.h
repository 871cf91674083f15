/* SPDX-License-Identifier: BSD-3-Clause
 * Where the tensors of a step's call lie.  Binding turns these places into addresses, and reports
 * count their bytes, so both agree also for programs that have no memory. */
#ifndef OT_AUTOGRAD_OPERANDS_H
#define OT_AUTOGRAD_OPERANDS_H

#include "autograd/program.h"

typedef enum ot__region {
    OT__NOWHERE,     /* there is no such tensor: NULL in the call */
    OT__BUFFER,      /* in buffer `index` of the arena */
    OT__PARAM_VALUE, /* tensor `index` of the parameters */
    OT__PARAM_GRAD   /* ... and its gradient */
} ot__region;

typedef struct ot__where {
    ot__region region;
    int index;
} ot__where;

/* The tensors of a call besides its operands; names as in ot__call. */
typedef struct ot__tensors {
    ot__where y, saved, y_sums, x_sums;
    ot__where gy;   /* backward: the gradient, or the first tensor that it is computed from, */
    ot__where gy_v; /* and the second one */
    ot__where gx_sums, gy_sums;
} ot__tensors;

static inline bool ot__is_somewhere(ot__where w)
{
    return w.region != OT__NOWHERE;
}

ot__where ot__value_where(const ot_program *p, int id);
ot__where ot__gradient_where(const ot_program *p, int id);

ot__tensors ot__step_tensors(const ot_program *p, int s);

/* Operand k of step s and its gradient; of a sum, term k and nothing. */
ot__where ot__step_x(const ot_program *p, int s, int k);
ot__where ot__step_gx(const ot_program *p, int s, int k);

/* Where it is in memory; the program must have some. */
void *ot__address(const ot_program *p, ot__where w);

#endif
