/* SPDX-License-Identifier: BSD-3-Clause
 * What a block may learn besides the weights of its sub-nets: its step size and its tableau. */
#ifndef OT_MODELS_LEARNABLE_H
#define OT_MODELS_LEARNABLE_H

#include "base/status.h"

typedef struct ot__learnable {
    const ot_scheme *scheme;
    ot_output output;
    ot_var h;      /* null: 1 */
    ot_var *a, *b; /* as in ot_step_opts; NULL: the tableau's numbers */
} ot__learnable;

/* Record the parameters that the options ask for, "h", "a.i.j" and "b.i" with i and j from 0, and
 * say in `step` how a step reads them; l owns what `step` points to.  OT_ENOMEM. */
ot_status ot__learnable_record(ot_tape *t, const ot_scheme *scheme, const ot_net_opts *o,
                               ot__learnable *l, ot_step_opts *step);
void ot__learnable_free(ot__learnable *l);

/* As ot_net_project, ot_net_order_residuals, of one block. */
void ot__learnable_project(const ot__learnable *l, const ot_net_opts *o, ot_params *ps,
                           ot_dtype dtype);
int ot__learnable_residuals(const ot__learnable *l, ot_params *ps, ot_dtype dtype,
                            double residual[OT_RESIDUAL_ORDERS]);

#endif
