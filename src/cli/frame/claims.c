/* SPDX-License-Identifier: BSD-3-Clause
 * Proves the orders of schemes by ot_tableau_prove.  A proof takes up to a second, so each is kept
 * until the process ends, in a list that is searched by the text of the scheme. */
#include "cli/frame/print.h"
#include "cli/frame/claims.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/decimal.h"
#include "base/status.h"
#include "cli/frame/message.h"

typedef struct known {
    struct known *next;
    char *text;      /* the scheme's text */
    char *why;       /* the reason if nothing is proved; NULL otherwise */
    ot_proof *proof; /* one for each row of weights */
    int rows;
} known;

static known *first_known;

static const known *find(const char *text)
{
    const known *k = first_known;
    while (k && strcmp(k->text, text) != 0)
        k = k->next;
    return k;
}

static void forget(known *k)
{
    if (!k) return;
    free(k->proof);
    free(k->why);
    free(k->text);
    free(k);
}

static void warn(const ot_scheme *s, const known *k)
{
    const char *const name = cli_shown(ot_scheme_name(s));
    if (k->why)
        cli_print(stderr, "odetape: note: the order of %s is not proved: %s\n", name,
                  cli_shown(k->why));
    for (int row = 0; row < k->rows && !k->why; row++) {
        const ot_proof *const p = &k->proof[row];
        if (p->undecided)
            cli_print(stderr,
                      "odetape: note: %s claims order %d for %s, and its decimals have too few "
                      "digits to decide it\n",
                      name, p->claimed, cli_shown(ot_tableau_row_name(ot_scheme_tableau(s), row)));
        if (!p->refuted) continue;
        cli_print(stderr,
                  "odetape: warning: %s claims order %d for %s, which has order %d: a condition of "
                  "order %d is missed by %s\n",
                  name, p->claimed, cli_shown(ot_tableau_row_name(ot_scheme_tableau(s), row)),
                  p->order, p->fails, OT__ROUNDED(p->missed_by, 3));
    }
}

/* Returns NULL if memory runs out. */
static known *prove(const ot_scheme *s)
{
    const ot_tableau *const t = ot_scheme_tableau(s);
    known *const k = calloc(1, sizeof *k);
    if (!k) return NULL;
    k->rows = ot_tableau_rows(t);
    k->text = strdup(ot_scheme_text(s));
    k->proof = calloc((size_t)k->rows, sizeof *k->proof);
    bool good = k->text && k->proof;
    const ot_status status = good ? ot_tableau_prove(t, k->rows, k->proof) : OT_ENOMEM;
    if (status != OT_OK && status != OT_ENOMEM) k->why = strdup(ot_message());
    if (status == OT_OK || k->why) return k;
    forget(k);
    return NULL;
}

ot_status cli_claims_of(const ot_scheme *s, cli_claims *out)
{
    if (!ot_scheme_tableau(s)) {
        *out = (cli_claims){ .rows = 0 };
        return OT_OK;
    }
    const known *found = find(ot_scheme_text(s));
    if (!found) {
        known *const k = prove(s);
        if (!k) return ot__fail(OT_ENOMEM, "there is no memory to prove an order");
        warn(s, k);
        k->next = first_known;
        found = first_known = k;
    }
    *out = (cli_claims){ .rows = found->rows,
                         .proof = found->why ? NULL : found->proof,
                         .why = found->why };
    return OT_OK;
}

ot_status cli_claims_check(const ot_net *net)
{
    cli_claims unused;
    ot_status status = OT_OK;
    for (int i = 0; status == OT_OK && ot_net_scheme(net, i); i++)
        status = cli_claims_of(ot_net_scheme(net, i), &unused);
    return status;
}

const char *cli_claims_order(const cli_claims *c, const ot_scheme *s, int row, cli_order *to)
{
    const ot_proof *const p = c->proof ? &c->proof[row] : NULL;
    char *const text = to->text;
    if (!ot_scheme_tableau(s))
        snprintf(text, sizeof to->text, "-");
    else if (!p && row > 0)
        snprintf(text, sizeof to->text, "not proved");
    else if (!p)
        snprintf(text, sizeof to->text, "%d, as claimed, not proved", ot_scheme_order(s));
    else if (p->undecided)
        snprintf(text, sizeof to->text, "too few digits to decide");
    else if (p->order > OT_ORDER_MOST)
        snprintf(text, sizeof to->text, "at least %d", OT_ORDER_MOST);
    else if (p->within > 0)
        snprintf(text, sizeof to->text, "%d within %s", p->order, OT__ROUNDED(p->within, 2));
    else
        snprintf(text, sizeof to->text, "%d", p->order);
    return text;
}

double cli_claims_number(const cli_claims *c, int row)
{
    const ot_proof *const p = c->proof ? &c->proof[row] : NULL;
    if (!p || p->undecided) return NAN;
    return p->order < OT_ORDER_MOST ? p->order : OT_ORDER_MOST;
}
