/* SPDX-License-Identifier: BSD-3-Clause
 * Reduces the report on the order conditions to one order.  If the conditions of the claimed order
 * hold exactly, this is the exact order.  Otherwise differences that rounded coefficients explain
 * count as rounding, and the order is at most the claimed one.
 *
 * How large such a difference may be depends on the coefficients: decimals are rounded early,
 * fractions hardly.  They are recognised by their denominators.  A decimal of k digits is n/10^k,
 * and hardly any method has a fraction whose denominator is divisible by 5^5. */
#include <math.h>

#include "base/check.h"
#include "base/memory.h"
#include "schemes/tableau/tableau.h"

static const double DECIMALS_MISS = 1e-5, FRACTIONS_MISS = 1e-12;
enum { FIVES = 5, TWOS = 24 };

/* Whether the denominator is 2^m 5^n with n >= FIVES or m >= TWOS. */
static bool is_decimal(const ot__exact *x, mpz_t rest)
{
    mpz_t prime;
    mpz_init_set_ui(prime, 5);
    const mp_bitcnt_t fives = mpz_remove(rest, x->r, prime);
    mpz_set_ui(prime, 2);
    const mp_bitcnt_t twos = mpz_remove(rest, rest, prime);
    mpz_clear(prime);
    return mpz_cmp_ui(rest, 1) == 0 && (fives >= FIVES || twos >= TWOS);
}

static bool has_decimal(const ot__row *row)
{
    bool found = false;
    mpz_t rest;
    mpz_init(rest);
    for (int i = 0; i < row->n && !found; i++)
        found = is_decimal(&row->x[i], rest);
    mpz_clear(rest);
    return found;
}

/* The largest difference in a condition that counts as rounding. */
static double miss_of(const ot_tableau *t, int row)
{
    bool decimals = has_decimal(ot__tableau_weights(t, row));
    for (int i = 0; i < t->stages && !decimals; i++)
        decimals = has_decimal(&t->a[i]);
    return decimals ? DECIMALS_MISS : FRACTIONS_MISS;
}

static ot_proof judge(const ot_tableau *t, int row, const ot_order_report *r)
{
    const int most = OT_ORDER_MOST + 1; /* higher orders are never examined */
    const int claim = r->claimed < most ? r->claimed : most;
    const double miss = r->order < claim ? miss_of(t, row) : 0;
    ot_proof p = { .order = r->order, .claimed = r->claimed };
    while (p.order < claim && r->at[p.order + 1].residual <= miss)
        p.order++;
    for (int q = 1; q <= p.order && q <= r->examined; q++)
        p.within = fmax(p.within, r->at[q].residual);
    p.refuted = p.order < claim;
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
    const ot_status status = ot_tableau_order(t, n, report);
    for (int row = 0; row < n && status == OT_OK; row++)
        proof[row] = judge(t, row, &report[row]);
    ot__free(report);
    return status;
}
