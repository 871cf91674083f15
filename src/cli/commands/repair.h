/* SPDX-License-Identifier: BSD-3-Clause
 * The repair that scheme check proposes. */
#ifndef OT_CLI_COMMANDS_REPAIR_H
#define OT_CLI_COMMANDS_REPAIR_H

#include "odetape.h"

/* Prints the change of one coefficient that makes all claims true, or that there is none.  report
 * has the proofs of the rows of weights, of which at least one is lower than claimed.  The errors
 * of ot_tableau_repair. */
ot_status cli_repair_print(const ot_tableau *t, const ot_order_report *report);

#endif
