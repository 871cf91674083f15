/* SPDX-License-Identifier: BSD-3-Clause
 * Where the tensors of a step's call are.  compile/bind.c turns these places into addresses, and
 * reports count their bytes.  So both agree, also for programs that have no memory. */
#ifndef OT_AUTOGRAD_OPERANDS_H
#define OT_AUTOGRAD_OPERANDS_H

#include "autograd/program.h"

typedef enum ot__region {
    OT__NOWHERE,     /* there is no such tensor: it is NULL in the call */
    OT__BUFFER,      /* buffer `index` of the arena */
    OT__PARAM_VALUE, /* the values of tensor `index` of the parameters */
    OT__PARAM_GRAD   /* the gradient of tensor `index` of the parameters */
} ot__region;

typedef struct ot__where {
    ot__region region;
    int index;
} ot__where;

/* The tensors of a call except its operands and their gradients.  Names are those of ot__call. */
typedef struct ot__tensors {
    ot__where y, saved, y_sums, x_sums;
    ot__where gy;   /* backward: the gradient, or the first tensor that it is computed from */
    ot__where gy_v; /* backward: the second tensor that the gradient is computed from */
    ot__where gx_sums, gy_sums;
} ot__tensors;

static inline bool ot__is_somewhere(ot__where w)
{
    return w.region != OT__NOWHERE;
}

ot__tensors ot__step_tensors(const ot_program *p, int s);

/* Operand k of step s; term k if the step forms a sum. */
ot__where ot__step_x(const ot_program *p, int s, int k);
/* Where step s puts the gradient of operand k; nowhere if the step forms a sum. */
ot__where ot__step_gx(const ot_program *p, int s, int k);

/* The address of a place; NULL for OT__NOWHERE.  The program must have memory. */
void *ot__address(const ot_program *p, ot__where w);

#endif
