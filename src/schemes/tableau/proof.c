/* SPDX-License-Identifier: BSD-3-Clause
 * Reduces the report on the order conditions to one order.  If the conditions of the claimed order
 * hold exactly, this is the exact order.  Otherwise differences that rounded coefficients explain
 * count as rounding (order.c). */
#include "base/check.h"
#include "base/memory.h"
#include "schemes/tableau/tableau.h"

static ot_proof judge(const ot_order_report *r)
{
    const int most = OT_ORDER_MOST + 1; /* higher orders are never examined */
    const int claim = r->claimed < most ? r->claimed : most;
    const bool exact = r->order >= claim;
    ot_proof p = { .order = exact ? r->order : r->rounded,
                   .claimed = r->claimed,
                   .within = exact ? 0 : r->within,
                   .undecided = r->undecided };
    p.refuted = p.order < claim && !p.undecided;
    if (p.order < r->examined) {
        p.fails = p.order + 1;
        p.missed_by = r->at[p.fails].residual;
    }
    return p;
}

ot_status ot_tableau_prove(const ot_tableau *t, int n, ot_proof proof[])
{
    OT_TRY(ot__check_given("tableau", "the tableau", t));
    OT_TRY(ot__check_list("tableau", "proofs", n, proof));
    OT_TRY(ot__check_count("tableau", "the number of proofs", n, 0, ot_tableau_rows(t)));
    if (n == 0) return OT_OK;
    ot_order_report *report = ot__new((size_t)n, sizeof *report);
    if (!report) return OT_ENOMEM;
    const ot_status status = ot__tableau_order_quick(t, n, report);
    for (int row = 0; row < n && status == OT_OK; row++)
        proof[row] = judge(&report[row]);
    ot__free(report);
    return status;
}
