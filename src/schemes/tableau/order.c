/* SPDX-License-Identifier: BSD-3-Clause
 * Proves the order of a method.  It has order p if, for every rooted tree t of at most p nodes,
 *
 *     sum_i b_i phi_i(t) = 1/gamma(t),    phi(o) = 1,    phi(u v) = phi(u) * A phi(v)
 *
 * where o is the tree of one node, u v is u with v attached to its root (trees.h), and * is
 * elementwise.  So each tree takes one product of vectors, and A phi(v) is computed once for all
 * trees that v is attached to.  For a tree of n nodes, phi is stored times scale^(n-1), which
 * consists of integers (surds.h).
 *
 * References: Hairer, Norsett, Wanner, Solving Ordinary Differential Equations I, II.2, theorem
 * 2.13.  The error norm is that of Prince and Dormand, J. Comput. Appl. Math. 7 (1981) 67-75. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/check.h"
#include "base/memory.h"
#include "schemes/tableau/elementary.h"
#include "schemes/tableau/surds.h"
#include "schemes/tableau/trees.h"

typedef struct proof {
    const ot_tableau *t;
    ot__trees trees;
    ot__scaled scaled;
    int evaluated;   /* number of trees whose vectors exist */
    ot__surd **phi;  /* per tree: phi */
    ot__surd **next; /* per tree: A phi; computed when trees of more nodes are */
    int n_rows;
    ot__scaled_row *row;
    ot_order_report *report;
    double given;           /* what rounding explains in each condition; negative: see below */
    ot__elementary doubles; /* made when the first condition fails */
    double *units, *coarse; /* of a_ij, stages x stages; NULL: not made yet */
    double *gradient;       /* stages x stages, and one more row for b */
} proof;

/* ---- vectors ---- */

static ot_status apply_a(proof *p, int nodes)
{
    for (int i = p->trees.first[nodes]; i < p->trees.first[nodes + 1]; i++) {
        p->next[i] = ot__surds_new((size_t)p->scaled.stages);
        if (!p->next[i]) return OT_ENOMEM;
        ot__scaled_apply(&p->scaled, p->phi[i], p->next[i]);
    }
    return OT_OK;
}

static ot_status evaluate_tree(proof *p, int i)
{
    const ot__tree *tree = &p->trees.tree[i];
    const int s = p->scaled.stages;
    ot__surd *phi = p->phi[i] = ot__surds_new((size_t)s);
    if (!phi) return OT_ENOMEM;
    p->evaluated = i + 1;
    for (int k = 0; k < s; k++)
        if (tree->left < 0)
            mpz_set_ui(phi[k].p, 1);
        else
            ot__surd_product(&phi[k], &p->phi[tree->left][k], &p->next[tree->right][k],
                             p->scaled.d);
    return OT_OK;
}

static ot_status evaluate_order(proof *p, int nodes)
{
    const size_t vectors = 2 * (size_t)p->trees.first[nodes + 1];
    OT_TRY(ot__scaled_fits(&p->scaled, p->t, vectors * (size_t)p->scaled.stages, nodes - 1));
    if (nodes > 1) OT_TRY(apply_a(p, nodes - 1));
    for (int i = p->trees.first[nodes]; i < p->trees.first[nodes + 1]; i++)
        OT_TRY(evaluate_tree(p, i));
    return OT_OK;
}

/* ---- conditions ---- */

/* found = sum_i b_i phi_i, difference = found - 1/gamma. */
static void evaluate_condition(const proof *p, int row, int i, ot__exact *found,
                               ot__exact *difference)
{
    const ot__tree *tree = &p->trees.tree[i];
    ot__surd sum;
    ot__exact expected;
    mpz_inits(sum.p, sum.q, NULL);
    ot__scaled_row_dot(&p->row[row], p->phi[i], p->scaled.d, &sum);
    mpz_set(found->p, sum.p);
    mpz_set(found->q, sum.q);
    mpz_pow_ui(found->r, p->scaled.scale, (unsigned long)tree->nodes - 1);
    mpz_mul(found->r, found->r, p->row[row].scale);
    found->d = p->scaled.d;
    ot__exact_reduce(found);
    ot__exact_init(&expected);
    mpz_set_ui(expected.p, 1);
    mpz_set_si(expected.r, tree->density);
    ot__exact_sub(difference, found, &expected);
    ot__exact_clear(&expected);
    mpz_clears(sum.p, sum.q, NULL);
}

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

static ot_status note_failure(const proof *p, ot_order_report *r, int i, const ot__exact *found,
                              const ot__exact *difference)
{
    enum { MOST = sizeof r->failing / sizeof r->failing[0] };
    if (r->n_failing == MOST) return OT_OK;
    ot_condition *c = &r->failing[r->n_failing++];
    const ot__tree *tree = &p->trees.tree[i];
    c->nodes = ot__tree_levels(&p->trees, i, c->level);
    snprintf(c->expected, sizeof c->expected, tree->density == 1 ? "1" : "1/%ld", tree->density);
    OT_TRY(write_number(c->found, sizeof c->found, found));
    return write_number(c->difference, sizeof c->difference, difference);
}

/* ---- rounding ---- */

static ot_status make_doubles(proof *p)
{
    const int s = p->t->stages;
    const size_t n = (size_t)s * (size_t)s;
    OT_TRY(ot__elementary_make(p->t, p->trees.tree, p->trees.first[OT__TREE_NODES_MOST + 1],
                               &p->doubles));
    p->units = ot__new(3 * n + (size_t)s, sizeof *p->units);
    if (!p->units) return OT_ENOMEM;
    p->coarse = p->units + n;
    p->gradient = p->coarse + n;
    for (int i = 0; i < s; i++)
        for (int j = 0; j < i; j++) {
            p->units[i * s + j] = p->t->a[i].rounding[j].unit;
            p->coarse[i * s + j] = p->t->a[i].rounding[j].coarse;
        }
    return OT_OK;
}

/* How much of the difference in a condition the rounding of the coefficients explains; in *coarse
 * how much if short decimals are rounded too. */
static double explain(const proof *p, int row, int i, double *coarse)
{
    const ot__row *const b = ot__tableau_weights(p->t, row);
    const int s = p->t->stages;
    double *const ga = p->gradient, *const gb = ga + s * s;
    double weight[OT__STAGES_MOST], sum = 0;
    for (int k = 0; k < s; k++)
        weight[k] = ot__exact_double(&b->x[k]);
    ot__elementary_gradient(&p->doubles, weight, i, ga, gb);
    *coarse = 0;
    for (int k = 0; k < s * s; k++) {
        sum += fabs(ga[k]) * p->units[k];
        *coarse += fabs(ga[k]) * p->coarse[k];
    }
    for (int k = 0; k < s; k++) {
        sum += fabs(gb[k]) * b->rounding[k].unit;
        *coarse += fabs(gb[k]) * b->rounding[k].coarse;
    }
    return sum;
}

/* Whether a condition that does not hold is missed by more than rounding explains. */
static ot_status judge_difference(proof *p, int row, int i, double residual, bool *beyond)
{
    ot_order_conditions *const at = &p->report[row].at[p->trees.tree[i].nodes];
    double coarse = p->given;
    if (!p->units && p->given < 0) OT_TRY(make_doubles(p));
    const double explained = p->given < 0 ? explain(p, row, i, &coarse) : p->given;
    *beyond = !(residual <= explained);
    at->beyond += *beyond;
    at->unclear += *beyond && residual <= coarse;
    return OT_OK;
}

/* ---- one condition ---- */

static ot_status check_condition(proof *p, int row, int i)
{
    ot_order_report *r = &p->report[row];
    ot_order_conditions *at = &r->at[p->trees.tree[i].nodes];
    ot__exact found, difference;
    ot_status status = OT_OK;
    bool beyond = false;
    ot__exact_init(&found);
    ot__exact_init(&difference);
    evaluate_condition(p, row, i, &found, &difference);
    const double residual = fabs(ot__exact_double(&difference));
    at->count++;
    at->residual = fmax(at->residual, residual);
    at->norm = hypot(at->norm, residual / (double)p->trees.tree[i].symmetry);
    if (ot__exact_sign(&difference) && residual >= r->tolerance) {
        at->failed++;
        status = judge_difference(p, row, i, residual, &beyond);
        if (status == OT_OK && beyond && r->rounded == p->trees.tree[i].nodes - 1)
            status = note_failure(p, r, i, &found, &difference);
    }
    ot__exact_clear(&found);
    ot__exact_clear(&difference);
    return status;
}

static ot_status check_order(proof *p, int row, int nodes)
{
    ot_order_report *r = &p->report[row];
    for (int i = p->trees.first[nodes]; i < p->trees.first[nodes + 1]; i++)
        OT_TRY(check_condition(p, row, i));
    r->examined = nodes;
    if (r->order == nodes - 1 && r->at[nodes].failed == 0) r->order = nodes;
    if (r->rounded == nodes - 1 && r->at[nodes].beyond == 0) {
        r->rounded = nodes;
        r->within = fmax(r->within, r->at[nodes].failed ? r->at[nodes].residual : 0);
    }
    return OT_OK;
}

/* ---- all orders ---- */

/* Whether order `nodes` is examined: up to the first order that fails, and at least up to the order
 * after the claimed one. */
static bool wants(const ot_order_report *r, int nodes)
{
    return r->rounded == nodes - 1 || nodes <= r->claimed + 1;
}

static ot_status check_all(proof *p)
{
    for (int nodes = 1; nodes <= OT__TREE_NODES_MOST; nodes++) {
        bool wanted = false;
        for (int row = 0; row < p->n_rows; row++)
            wanted |= wants(&p->report[row], nodes);
        if (!wanted) break;
        OT_TRY(evaluate_order(p, nodes));
        for (int row = 0; row < p->n_rows; row++)
            if (wants(&p->report[row], nodes)) OT_TRY(check_order(p, row, nodes));
    }
    return OT_OK;
}

static ot_status make_rows(proof *p)
{
    p->row = ot__new((size_t)p->n_rows, sizeof *p->row);
    if (!p->row) return OT_ENOMEM;
    for (int row = 0; row < p->n_rows; row++) {
        p->report[row] = (ot_order_report){ .claimed = ot__tableau_claim(p->t, row),
                                            .tolerance = p->t->tolerance };
        OT_TRY(ot__scaled_row_make(ot__tableau_weights(p->t, row), &p->row[row]));
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
    ot__elementary_free(&p->doubles);
    ot__free(p->units);
    const size_t s = (size_t)p->scaled.stages;
    for (int i = 0; i < p->evaluated; i++) {
        ot__surds_free(p->phi[i], s);
        ot__surds_free(p->next[i], s);
    }
    for (int row = 0; p->row && row < p->n_rows; row++)
        ot__scaled_row_free(&p->row[row]);
    ot__free(p->row);
    ot__free(p->phi);
    ot__free(p->next);
    ot__scaled_free(&p->scaled);
    ot__trees_free(&p->trees);
}

static ot_status examine(const ot_tableau *t, double given, int n, ot_order_report report[])
{
    OT_TRY(ot__check_given("tableau", "the tableau", t));
    OT_TRY(ot__check_list("tableau", "reports", n, report));
    if (n < 0 || n > ot_tableau_rows(t))
        return ot__fail(OT_EINVAL, "%s: the number of rows of weights is %d; it must be 0 to %d",
                        t->name, n, ot_tableau_rows(t));
    proof p = { .t = t, .n_rows = n, .report = report, .given = given };
    OT_TRY(ot__trees_make(&p.trees));
    const size_t trees = (size_t)p.trees.first[OT__TREE_NODES_MOST + 1];
    ot_status status = ot__scaled_make(t, &p.scaled);
    p.phi = ot__new(trees, sizeof *p.phi);
    p.next = ot__new(trees, sizeof *p.next);
    if (!p.phi || !p.next) status = OT_ENOMEM;
    if (status == OT_OK) status = make_rows(&p);
    if (status == OT_OK) status = check_all(&p);
    if (status == OT_OK) conclude(&p);
    clear(&p);
    return status;
}

ot_status ot_tableau_order(const ot_tableau *t, int n, ot_order_report report[])
{
    return examine(t, -1, n, report);
}

ot_status ot_tableau_order_within(const ot_tableau *t, double tolerance, int n,
                                  ot_order_report report[])
{
    OT_TRY(ot__check_number("tableau", "the tolerance", tolerance, 0, 1e300));
    return examine(t, tolerance, n, report);
}
