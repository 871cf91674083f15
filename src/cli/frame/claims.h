/* SPDX-License-Identifier: BSD-3-Clause
 * The order of a scheme: what its text claims, and what is proved.  Every command that prints an
 * order uses these functions.  A false claim is warned of on stderr, once per scheme and
 * process. */
#ifndef OT_CLI_FRAME_CLAIMS_H
#define OT_CLI_FRAME_CLAIMS_H

#include "odetape.h"

/* The proofs of one scheme, one for each row of weights. */
typedef struct cli_claims {
    int rows;
    const ot_proof *proof; /* NULL if the coefficients are too long to prove anything */
    const char *why;       /* the reason if proof is NULL, as a sentence */
} cli_claims;

/* Proves a scheme's orders, or returns an earlier proof.  The result stays valid until the process
 * ends.  Returns OT_ENOMEM if memory runs out. */
ot_status cli_claims_of(const ot_scheme *s, cli_claims *out);

/* Proves the orders of all schemes of a network and warns of false claims.  Returns OT_ENOMEM if
 * memory runs out. */
ot_status cli_claims_check(const ot_net *net);

/* An order as text: "4", "at least 14", "12, as claimed, not proved", or, for rounded coefficients,
 * "5 within 2e-08". */
typedef struct cli_order {
    char text[40];
} cli_order;
const char *cli_claims_order(const cli_claims *c, const ot_scheme *s, int row, cli_order *to);
/* The same as a number: at most OT_ORDER_MOST, and NAN if no order is proved. */
double cli_claims_number(const cli_claims *c, int row);

#endif
