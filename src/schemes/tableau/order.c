/* SPDX-License-Identifier: BSD-3-Clause
 * Proves the order of a method.  It has order p if, for every rooted tree t of at most p nodes,
 *
 *     sum_i b_i phi_i(t) = 1/gamma(t).
 *
 * phi.c computes the left-hand sides exactly.  Where a condition does not hold, rounding.c says
 * whether rounded coefficients explain the difference.
 *
 * References: Hairer, Norsett, Wanner, Solving Ordinary Differential Equations I, II.2, theorem
 * 2.13.  The error norm is that of Prince and Dormand, J. Comput. Appl. Math. 7 (1981) 67-75. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/check.h"
#include "base/memory.h"
#include "schemes/tableau/phi.h"
#include "schemes/tableau/rounding.h"

typedef struct proof {
    const ot_tableau *t;
    ot__phi phi;
    int n_rows;
    ot_order_report *report;
    bool quick;   /* a row is examined up to the first order that its claim is refuted by */
    double given; /* what rounding explains in each condition; negative: by the digits */
    ot__explainer explainer;
} proof;

/* ---- conditions ---- */

/* Writes the exact text, or a decimal if that is too long to be read. */
static ot_status write_number(char *to, size_t size, const ot__exact *x)
{
    char *text = ot__exact_text(x);
    if (!text) return OT_ENOMEM;
    if (strlen(text) < size && ot__exact_digits(x) <= OT__DIGITS_SHOWN)
        strcpy(to, text);
    else
        snprintf(to, size, "~%.17g", ot__exact_double(x));
    ot__free(text);
    return OT_OK;
}

/* Notes a condition that fails, with its difference, which becomes the left-hand side. */
static ot_status note_failure(const proof *p, ot_order_report *r, int i, ot__exact *difference)
{
    enum { MOST = sizeof r->failing / sizeof r->failing[0] };
    if (r->n_failing == MOST) return OT_OK;
    ot_condition *c = &r->failing[r->n_failing++];
    const ot__tree *tree = &p->phi.trees.tree[i];
    c->nodes = ot__tree_levels(&p->phi.trees, i, c->level);
    snprintf(c->expected, sizeof c->expected, tree->density == 1 ? "1" : "1/%ld", tree->density);
    ot__exact_reduce(difference);
    OT_TRY(write_number(c->difference, sizeof c->difference, difference));
    ot__exact expected;
    ot__exact_init(&expected);
    mpz_set_ui(expected.p, 1);
    mpz_set_si(expected.r, tree->density);
    ot__exact_add(difference, difference, &expected);
    ot__exact_clear(&expected);
    return write_number(c->found, sizeof c->found, difference);
}

/* ---- one condition ---- */

/* Whether a condition that does not hold is missed by more than rounding explains. */
static ot_status judge_difference(proof *p, int row, int i, double residual, bool *beyond)
{
    const ot__trees *const trees = &p->phi.trees;
    const int nodes = trees->tree[i].nodes;
    ot__units explained = { p->given, p->given };
    if (p->given < 0) {
        OT_TRY(ot__explainer_prepare(&p->explainer, p->t, p->n_rows, trees->tree,
                                     trees->first[nodes + 1]));
        explained.unit = explained.coarse = ot__explain_most(&p->explainer, row, i);
        if (residual <= explained.coarse) explained = ot__explain(&p->explainer, row, i);
    }
    *beyond = !(residual <= explained.unit);
    p->report[row].at[nodes].beyond += *beyond;
    p->report[row].at[nodes].unclear += *beyond && residual <= explained.coarse;
    return OT_OK;
}

static ot_status check_condition(proof *p, int row, int i)
{
    ot_order_report *r = &p->report[row];
    ot_order_conditions *at = &r->at[p->phi.trees.tree[i].nodes];
    ot__exact difference;
    ot_status status = OT_OK;
    bool beyond = false;
    ot__exact_init(&difference);
    ot__phi_difference(&p->phi, row, i, &difference);
    const double residual = fabs(ot__exact_double(&difference));
    at->count++;
    at->residual = fmax(at->residual, residual);
    at->norm = hypot(at->norm, residual / (double)p->phi.trees.tree[i].symmetry);
    if (ot__exact_sign(&difference) && residual >= r->tolerance) {
        at->failed++;
        status = judge_difference(p, row, i, residual, &beyond);
        if (status == OT_OK && beyond && r->rounded == p->phi.trees.tree[i].nodes - 1)
            status = note_failure(p, r, i, &difference);
    }
    ot__exact_clear(&difference);
    return status;
}

/* What the conditions of this number of nodes, which have been checked, mean for the order. */
static void finish_order(ot_order_report *r, int nodes)
{
    r->examined = nodes;
    if (r->order == nodes - 1 && r->at[nodes].failed == 0) r->order = nodes;
    if (r->rounded == nodes - 1 && r->at[nodes].beyond == 0) {
        r->rounded = nodes;
        r->within = fmax(r->within, r->at[nodes].failed ? r->at[nodes].residual : 0);
    }
}

/* ---- all orders ---- */

/* Whether order `nodes` is examined: up to the first order that fails, and at least up to the order
 * after the claimed one if that is quick. */
static bool wants(const proof *p, const ot_order_report *r, int nodes)
{
    enum { QUICK = 11 };
    const ot_order_conditions *const last = &r->at[nodes - 1];
    if (p->quick && last->beyond > last->unclear) return false;
    return r->rounded == nodes - 1 || (nodes <= r->claimed + 1 && nodes <= QUICK);
}

static ot_status check_order(proof *p, int nodes, const bool wanted[])
{
    OT_TRY(ot__phi_prepare(&p->phi, nodes));
    for (int i = p->phi.trees.first[nodes]; i < p->phi.trees.first[nodes + 1]; i++) {
        ot__phi_select(&p->phi, i);
        for (int row = 0; row < p->n_rows; row++)
            if (wanted[row]) OT_TRY(check_condition(p, row, i));
    }
    for (int row = 0; row < p->n_rows; row++)
        if (wanted[row]) finish_order(&p->report[row], nodes);
    return OT_OK;
}

static ot_status check_all(proof *p)
{
    bool wanted[OT__EMBEDDED_MOST + 1];
    for (int row = 0; row < p->n_rows; row++)
        p->report[row] = (ot_order_report){ .claimed = ot__tableau_claim(p->t, row),
                                            .tolerance = p->t->tolerance };
    for (int nodes = 1; nodes <= OT__TREE_NODES_MOST; nodes++) {
        bool any = false;
        for (int row = 0; row < p->n_rows; row++)
            any |= wanted[row] = wants(p, &p->report[row], nodes);
        if (!any) break;
        OT_TRY(check_order(p, nodes, wanted));
    }
    return OT_OK;
}

/* Whether all conditions up to the claimed order hold if short decimals are rounded ones. */
static bool is_undecided(const ot_order_report *r)
{
    bool unclear = false;
    for (int q = 1; q <= r->claimed && q <= r->examined; q++) {
        if (r->at[q].beyond > r->at[q].unclear) return false;
        unclear |= r->at[q].unclear > 0;
    }
    return unclear;
}

/* The shortest decimal that may be rounded, of the row and those before; 0: there is none. */
static int shortest(const ot__row *row, int least)
{
    for (int k = 0; k < row->n; k++) {
        const int digits = row->rounding[k].digits;
        if (digits > 0 && (least == 0 || digits < least)) least = digits;
    }
    return least;
}

static void conclude(const proof *p)
{
    int digits = 0;
    for (int i = 0; i < p->t->stages; i++)
        digits = shortest(&p->t->a[i], digits);
    for (int row = 0; row < p->n_rows; row++) {
        p->report[row].digits = shortest(ot__tableau_weights(p->t, row), digits);
        p->report[row].undecided = p->report[row].digits == 0 && is_undecided(&p->report[row]);
    }
}

static void clear(proof *p)
{
    ot__explainer_free(&p->explainer);
    ot__phi_free(&p->phi);
}

static ot_status examine(const ot_tableau *t, double given, bool quick, int n,
                         ot_order_report report[])
{
    OT_TRY(ot__check_given("tableau", "the tableau", t));
    OT_TRY(ot__check_list("tableau", "reports", n, report));
    if (n < 0 || n > ot_tableau_rows(t))
        return ot__fail(OT_EINVAL, "%s: the number of rows of weights is %d; it must be 0 to %d",
                        t->name, n, ot_tableau_rows(t));
    proof p = { .t = t, .n_rows = n, .report = report, .given = given, .quick = quick };
    ot_status status = ot__phi_make(t, n, &p.phi);
    if (status == OT_OK) status = check_all(&p);
    if (status == OT_OK) conclude(&p);
    clear(&p);
    return status;
}

ot_status ot_tableau_order(const ot_tableau *t, int n, ot_order_report report[])
{
    return examine(t, -1, false, n, report);
}

ot_status ot__tableau_order_quick(const ot_tableau *t, int n, ot_order_report report[])
{
    return examine(t, -1, true, n, report);
}

ot_status ot_tableau_order_within(const ot_tableau *t, double tolerance, int n,
                                  ot_order_report report[])
{
    OT_TRY(ot__check_number("tableau", "the tolerance", tolerance, 0, 1e300));
    return examine(t, tolerance, false, n, report);
}
