/* SPDX-License-Identifier: BSD-3-Clause
 * What a block can learn in addition to the weights of its sub-nets: its step size and its tableau.
 */
#ifndef OT_MODELS_LEARNABLE_H
#define OT_MODELS_LEARNABLE_H

#include "schemes/block.h"

/* The interval of clamped steps, from the step control in the program for Verner's method that the
 * paper cites. */
#define OT__LEAST_H 0.125
#define OT__MOST_H 4.0

typedef struct ot__learnable {
    const ot_scheme *scheme;
    ot_output output;
    ot_var h;      /* the step size; the null var: 1 */
    ot_var *a, *b; /* the coefficients, as in ot_step_opts; NULL: the tableau's numbers */
} ot__learnable;

/* Records the parameters that the options ask for, "h", "a.i.j" and "b.i" with i and j from 0, and
 * sets the step of the block to one that reads them.  Step sizes start at `start`.  b->step points
 * into *l.  OT_ENOMEM. */
ot_status ot__learnable_record(ot_block *b, const ot_net_opts *o, double start, ot__learnable *l);
void ot__learnable_free(ot__learnable *l);

/* ot_net_project and ot_net_order_residuals for one block. */
void ot__learnable_project(const ot__learnable *l, const ot_net_opts *o, ot_params *ps,
                           ot_dtype dtype);
int ot__learnable_residuals(const ot__learnable *l, ot_params *ps, ot_dtype dtype,
                            double residual[OT_RESIDUAL_ORDERS]);

#endif
