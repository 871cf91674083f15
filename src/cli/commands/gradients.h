/* SPDX-License-Identifier: BSD-3-Clause
 * Comparing the gradients of a training in float32 with those in double. */
#ifndef OT_CLI_COMMANDS_GRADIENTS_H
#define OT_CLI_COMMANDS_GRADIENTS_H

#include "base/table.h"
#include "odetape.h"

/* Prints to a page a row for each kind of float32 kernels that this CPU supports.  *passed: the
 * relative error of all gradients, in the l2 norm, is within the tolerance. */
ot_status cli_gradients_compare(ot__page *p, const ot_net *net, uint64_t seed, double tolerance,
                                bool *passed);

#endif
