/* SPDX-License-Identifier: BSD-3-Clause
 * The order that a scheme's text claims, and what is proved of it.  Whatever prints an order gets
 * it here; a claim that is false leads to a warning on stderr, once in a process for each scheme.
 */
#ifndef OT_CLI_FRAME_CLAIMS_H
#define OT_CLI_FRAME_CLAIMS_H

#include "odetape.h"

/* Of a scheme, row by row of its weights. */
typedef struct cli_claims {
    int rows;
    const ot_proof *proof; /* NULL: coefficients are too long to prove anything, */
    const char *why;       /* as this sentence says */
} cli_claims;

/* Prove a scheme's orders, or find what was proved before.  The result stays until the process
 * ends. OT_ENOMEM. */
ot_status cli_claims_of(const ot_scheme *s, cli_claims *out);

/* Prove the orders of all schemes of a network, for the warnings.  OT_ENOMEM. */
ot_status cli_claims_check(const ot_net *net);

/* "4", "at least 10", "5 within 2e-08" of rounded coefficients, "12, as claimed, not proved". */
typedef struct cli_order {
    char text[40];
} cli_order;
const char *cli_claims_order(const cli_claims *c, const ot_scheme *s, int row, cli_order *to);

#endif
