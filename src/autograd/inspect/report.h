/* SPDX-License-Identifier: BSD-3-Clause
 * What reports know of a step. */
#ifndef OT_AUTOGRAD_INSPECT_REPORT_H
#define OT_AUTOGRAD_INSPECT_REPORT_H

#include "autograd/program.h"

/* Bytes of the tensors of a call at the largest batch, each once, as if nothing stayed in a cache;
 * and floating-point operations an image. */
double ot__step_moves(const ot_program *p, const ot__step *step);
double ot__step_flops(const ot_program *p, const ot__step *step);

/* Whether two records are of one op and have operands of the same shapes. */
bool ot__same_operands(const ot_program *p, int a, int b);

/* "reference", "portable" or "best". */
const char *ot__kernels_name(const ot_op *op, const ot__kernels *kernels);

#endif
