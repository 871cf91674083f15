/* SPDX-License-Identifier: BSD-3-Clause
 * The costs of steps: floating-point operations and bytes moved. */
#ifndef OT_AUTOGRAD_COST_H
#define OT_AUTOGRAD_COST_H

#include "autograd/program.h"

/* Floating-point operations of the record of node `id`, per image. */
ot__cost ot__program_cost(const ot_program *p, int id);

/* Floating-point operations of step s, per image. */
double ot__step_flops(const ot_program *p, int s);

/* Bytes of the tensors that step s reads and writes at the largest batch.  Each tensor counts once,
 * as if nothing stayed in a cache. */
double ot__step_moves(const ot_program *p, int s);

#endif
