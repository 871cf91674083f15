/* SPDX-License-Identifier: BSD-3-Clause
 * Lists of operands such as those that a shell makes of a star, among which other things lie. */
#ifndef OT_CLI_RUNS_LEFT_OUT_H
#define OT_CLI_RUNS_LEFT_OUT_H

#include "odetape.h"

/* Calls `add` with each operand; the list ends with NULL. An operand that it refuses with
 * OT_ENOENT or OT_EFORMAT is left out, and a note says why, unless no operand is taken: then the
 * first refusal is returned.  CLI_DONE means that there is nothing to take and nothing to say.  Any
 * other failure is returned at once. */
ot_status cli_left_out_each(char *const operands[],
                            ot_status (*add)(const char *operand, void *user), void *user);

#endif
