/* SPDX-License-Identifier: BSD-3-Clause
 * The passes of compilation.  Each reads the results of earlier passes in the program, may not
 * change them, and returns its own result through the last argument.  compile.c stores the result
 * in the program, and frees everything if a pass fails.  A pass fails only with OT_ENOMEM, unless
 * it says more. */
#ifndef OT_AUTOGRAD_COMPILE_PASSES_H
#define OT_AUTOGRAD_COMPILE_PASSES_H

#include "autograd/program.h"

/* mark.c: which nodes are needed, and what for.  Reads the tape. */
ot_status ot__mark_nodes(const ot_program *p, const ot_compile_opts *opts, ot__mark **mark);

/* access.c: how each value is read.  Reads the marks. */
ot_status ot__find_access(const ot_program *p, ot__access **access);

/* gradient_sums.c: which gradients are sums of multiples of others.  Reads marks, access. */
ot_status ot__find_gradients(const ot_program *p, ot__gradients *gradients);

/* solve.c: how values are solved for; nothing unless p->rebuild.  Reads marks, access.  Also fails
 * with OT_EINVAL: nothing can be solved for, or not with these coefficients. */
ot_status ot__find_solutions(const ot_program *p, ot__solutions *solutions);

/* order.c: the steps, and which of them run fused.  Reads marks, access, gradients. */
typedef struct ot__order {
    ot__step *step;
    int n_steps, n_forward;
} ot__order;
ot_status ot__order_steps(const ot_program *p, ot__order *order);

/* deliver.c: what each backward step delivers.  Reads marks and steps. */
ot_status ot__find_deliveries(const ot_program *p, ot__deliveries *deliveries);

/* live.c: the buffers, each with its first and last step.  Reads all of the above. */
typedef struct ot__lifetimes {
    ot__place *place;
    ot__buffer *buffer;
    int n_buffers, first_duplicate;
} ot__lifetimes;
ot_status ot__find_lifetimes(const ot_program *p, ot__lifetimes *lifetimes);

/* reuse.c, called by live.c: lets results take over the memory of operands that nobody reads after
 * the same step, if the op can overwrite them. */
void ot__reuse_buffers(const ot_program *p, const ot__lifetimes *l);

/* compile.c: stores the steps in the program and runs the passes deliver, live and plan on them.
 * The program owns order->step from then on, also after an error.  ot__take_down undoes it. */
ot_status ot__lay_out(ot_program *p, const ot__order *order);
void ot__take_down(ot_program *p);

/* bind.c: measures the memory that the kernels of the steps need in addition to the arena. */
void ot__measure_scratch(ot_program *p, const ot__order *order);

/* bind.c: allocates the memory and fills in the calls of all steps. */
ot_status ot__bind(ot_program *p);

/* Whether gradients pass from a record to its operand k: the op reads more than its shape. */
static inline bool ot__passes_gradient(const ot__record *r, int k)
{
    return k >= 63 || !(r->op->shapes & OT__OPERAND(k));
}

#endif
