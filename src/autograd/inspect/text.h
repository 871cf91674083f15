/* SPDX-License-Identifier: BSD-3-Clause
 * Words and numbers that listings, reports and profiles share. */
#ifndef OT_AUTOGRAD_INSPECT_TEXT_H
#define OT_AUTOGRAD_INSPECT_TEXT_H

#include "autograd/program.h"

/* The name of the op, or the kind of leaf: "conv2d", "param". */
const char *ot__kind_name(const ot__node *node);

/* Writes 1234567 as "1.23 M", and 12 as "12 ", so that a unit may follow.  Returns text. */
const char *ot__quantity(double x, char text[16]);

/* The same, and a number of bytes (base/decimal.h), for the columns of tables. */
void ot__show_quantity(double value, char *text, size_t size);
void ot__show_bytes(double value, char *text, size_t size);

/* "forward", "backward", "sum" for a sum of gradients, "solve" for a value that is solved for. */
const char *ot__step_name(const ot__step *step);

/* "reference", "portable" or "best". */
const char *ot__kernels_name(const ot_op *op, const ot__kernels *kernels);

/* Whether two records are of one op and have operands of the same shapes. */
bool ot__same_operands(const ot_program *p, int a, int b);

#endif
