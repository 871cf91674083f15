/* SPDX-License-Identifier: BSD-3-Clause
 * The gradients that a training computes in float32 beside those in double. */
#ifndef OT_CLI_COMMANDS_GRADIENTS_H
#define OT_CLI_COMMANDS_GRADIENTS_H

#include "odetape.h"

/* Print a line for each kind of float32 kernels there is.  *passed: all gradients are within the
 * tolerance, relative in the l2 norm. */
ot_status cli_gradients_compare(const ot_net *net, uint64_t seed, double tolerance, bool *passed);

#endif
