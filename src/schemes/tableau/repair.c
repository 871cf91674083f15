/* SPDX-License-Identifier: BSD-3-Clause
 * Finds the one coefficient whose change makes the claims of a tableau true.
 *
 * Many order conditions are linear in a given coefficient x: all of them in a weight, and in a_ij
 * those of trees without branches, for example.  One such condition determines the value of x.
 * The others decide whether it is right:
 *
 *  1. In double, for each coefficient: a condition r + g dx = 0 with derivative g gives dx, and all
 *     conditions up to NODES nodes must hold with it.  r is exact, rounded once, so a typo in the
 *     last digit of a long fraction is seen.
 *  2. Exactly, for the few coefficients that are left: the same condition gives the value, and the
 *     whole tableau is proved with it.
 *
 * In a tableau of decimals the condition with the least noise is taken, and the value is rounded
 * to as many digits as the coefficient had. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/check.h"
#include "base/memory.h"
#include "schemes/tableau/phi.h"
#include "schemes/tableau/rounding.h"

enum { NODES = 8, PROOFS_MOST = 64 };

/* A coefficient and the change that the first step found. */
typedef struct candidate {
    int row, i, j; /* as in ot_repair */
    int tree;      /* its condition determines the value */
    double change;
} candidate;

typedef struct search {
    const ot_tableau *original;
    ot_tableau *t; /* a copy, of which one coefficient at a time is changed */
    ot_proof *proof;
    int rows, row; /* the first row whose claim is refuted */
    bool only;     /* no other one is */
    bool rounded;  /* some coefficient may be rounded */
    ot__phi phi;
    ot__explainer explainer;
    int nodes, n;     /* the conditions are those of the n trees of at most `nodes` nodes */
    double *residual; /* of each condition; exact, rounded once */
    double *gradient; /* of each condition: stages x stages for a, then stages for b */
    double *noise;    /* of each condition: what rounding explains */
    double *before;   /* the left-hand sides in double */
    const double *weight;
    candidate *left;
    int n_left;
    size_t capacity;
} search;

/* ---- what is known of the tableau ---- */

static bool is_refuted_or_unclear(const ot_proof *p)
{
    return p->refuted || p->undecided;
}

static const ot__row *row_of(const ot_tableau *t, const candidate *c)
{
    return c->row < 0 ? &t->a[c->i] : ot__tableau_weights(t, c->row);
}

static int width(const search *s)
{
    return s->t->stages * (s->t->stages + 1);
}

static ot_status make_conditions(search *s)
{
    const int n = s->t->stages;
    ot__exact difference;
    OT_TRY(ot__explainer_prepare(&s->explainer, s->t, s->row + 1, s->phi.trees.tree, s->n));
    s->weight = s->explainer.weight + s->row * n;
    ot__exact_init(&difference);
    for (int i = 0; i < s->n; i++) {
        double *const g = s->gradient + (size_t)i * (size_t)width(s);
        ot__phi_select(&s->phi, i);
        ot__phi_difference(&s->phi, s->row, i, &difference);
        s->residual[i] = ot__exact_double(&difference);
        s->before[i] = ot__elementary_weight(&s->explainer.doubles, s->weight, i);
        ot__elementary_gradient(&s->explainer.doubles, s->weight, i, g, g + n * n);
        s->noise[i] = ot__explain(&s->explainer, s->row, i).unit;
        s->rounded |= s->noise[i] > 0;
    }
    ot__exact_clear(&difference);
    return OT_OK;
}

static ot_status prepare(search *s)
{
    const int fails = s->proof[s->row].fails;
    const int claim = s->proof[s->row].claimed, most = claim < NODES ? claim : NODES;
    s->nodes = fails > most ? fails : most;
    OT_TRY(ot__phi_make(s->t, s->row + 1, &s->phi));
    for (int nodes = 1; nodes <= s->nodes; nodes++)
        OT_TRY(ot__phi_prepare(&s->phi, nodes));
    s->n = s->phi.trees.first[s->nodes + 1];
    const size_t n = (size_t)s->n, each = (size_t)width(s) + 3;
    s->residual = ot__new(n * each, sizeof *s->residual);
    if (!s->residual) return OT_ENOMEM;
    s->noise = s->residual + n;
    s->before = s->noise + n;
    s->gradient = s->before + n;
    return make_conditions(s);
}

/* ---- the first step: in double ---- */

static double slope(const search *s, const candidate *c, int tree)
{
    const int n = s->t->stages, place = c->row < 0 ? c->i * n + c->j : n * n + c->j;
    return s->gradient[(size_t)tree * (size_t)width(s) + (size_t)place];
}

/* Evaluates all trees with a_ij changed. */
static void evaluate_changed(search *s, const candidate *c, double change)
{
    double *const a = &s->explainer.doubles.a[c->i * s->t->stages + c->j];
    const double old = *a;
    *a = old + change;
    ot__elementary_evaluate(&s->explainer.doubles);
    *a = old;
}

/* How much the condition of a tree has changed after evaluate_changed. */
static double difference_in(const search *s, int tree)
{
    return ot__elementary_weight(&s->explainer.doubles, s->weight, tree) - s->before[tree];
}

/* Whether the condition of a tree is linear in the coefficient.  All trees were evaluated with it
 * changed by `by`. */
static bool is_linear(const search *s, const candidate *c, int tree, double by)
{
    if (c->row >= 0) return true;
    const double expected = slope(s, c, tree) * by;
    return fabs(difference_in(s, tree) - expected) <= 1e-6 * fabs(expected);
}

/* Chooses the linear condition that determines the coefficient best.  Returns false if there is
 * none. */
static bool choose_condition(search *s, candidate *c)
{
    const double by = 1;
    double noise = 0, steepest = 0, best = 0;
    if (c->row < 0) evaluate_changed(s, c, by);
    for (int i = 0; i < s->n; i++) {
        noise = fmax(noise, s->noise[i]);
        steepest = fmax(steepest, fabs(slope(s, c, i)));
    }
    for (int i = 0; i < s->n; i++) {
        const double g = fabs(slope(s, c, i));
        const double score = noise > 0 ? g / (s->noise[i] + 1e-3 * noise) : g;
        if (g < 1e-7 * steepest || g < 1e-12 || score <= best || !is_linear(s, c, i, by)) continue;
        best = score;
        c->tree = i;
    }
    return best > 0;
}

/* The difference in the condition of a tree, in double, after evaluate_changed. */
static double residual_in(const search *s, int tree)
{
    return ot__elementary_weight(&s->explainer.doubles, s->weight, tree) -
           1 / (double)s->phi.trees.tree[tree].density;
}

/* Whether all conditions hold, or nearly, with the change. */
static bool mends(search *s, const candidate *c)
{
    const double DOUBLES = 1e-11; /* rounding errors of residual_in */
    const bool small = fabs(c->change) < 1e-6 || c->row >= 0;
    double worst = 0, left = 0;
    if (!small) evaluate_changed(s, c, c->change);
    for (int i = 0; i < s->n; i++) {
        const double linear = s->residual[i] + slope(s, c, i) * c->change;
        const double after = small ? fabs(linear) : fabs(residual_in(s, i)) - DOUBLES;
        worst = fmax(worst, fabs(s->residual[i]));
        left = fmax(left, after - 10 * s->noise[i]);
    }
    return left <= 1e-4 * worst;
}

static ot_status consider(search *s, candidate c, int *untried)
{
    const double unit = row_of(s->t, &c)->rounding[c.j].unit;
    if (!choose_condition(s, &c)) {
        double steepest = 0;
        for (int i = 0; i < s->n; i++)
            steepest = fmax(steepest, fabs(slope(s, &c, i)));
        *untried += steepest > 1e-12;
        return OT_OK;
    }
    c.change = -s->residual[c.tree] / slope(s, &c, c.tree);
    if (!(fabs(c.change) > unit) || !mends(s, &c)) return OT_OK;
    OT_TRY(ot__grow((void **)&s->left, &s->capacity, (size_t)s->n_left + 1, sizeof *s->left));
    s->left[s->n_left++] = c;
    return OT_OK;
}

static ot_status consider_all(search *s, int *untried)
{
    for (int i = 0; i < s->t->stages; i++)
        for (int j = 0; j < i; j++)
            OT_TRY(consider(s, (candidate){ .row = -1, .i = i, .j = j }, untried));
    for (int j = 0; s->only && j < s->t->stages; j++)
        OT_TRY(consider(s, (candidate){ .row = s->row, .j = j }, untried));
    return OT_OK;
}

/* ---- the second step: exactly ---- */

/* The difference in the condition of a tree, of the tableau as it is now. */
static ot_status exact_difference(const search *s, int tree, ot__exact *difference)
{
    ot__phi p;
    ot_status status = ot__phi_make(s->t, s->row + 1, &p);
    for (int nodes = 1; status == OT_OK && nodes <= s->phi.trees.tree[tree].nodes; nodes++)
        status = ot__phi_prepare(&p, nodes);
    if (status == OT_OK) {
        ot__phi_select(&p, tree);
        ot__phi_difference(&p, s->row, tree, difference);
        ot__exact_reduce(difference);
    }
    ot__phi_free(&p);
    return status;
}

/* Changes x to the value for which the condition holds: with the differences r(x) and r(x + 1),
 * this is x - r(x)/(r(x + 1) - r(x)). */
static ot_status solve(const search *s, const candidate *c, ot__exact *x)
{
    ot__exact one, here, there;
    ot__exact_init(&one);
    ot__exact_init(&here);
    ot__exact_init(&there);
    ot__exact_set_int(&one, 1);
    ot_status status = exact_difference(s, c->tree, &here);
    ot__exact_add(x, x, &one);
    if (status == OT_OK) status = exact_difference(s, c->tree, &there);
    ot__exact_sub(x, x, &one);
    ot__exact_sub(&there, &there, &here);
    if (status == OT_OK && ot__exact_sign(&there)) {
        ot__exact_div(&here, &here, &there);
        ot__exact_sub(x, x, &here);
    }
    ot__exact_clear(&one);
    ot__exact_clear(&here);
    ot__exact_clear(&there);
    return status;
}

/* The digits after the point of a decimal such as "-0.25"; -1 if the text is no decimal. */
static int places_of(const char *text)
{
    if (!text) return -1;
    text += strspn(text, "+-");
    text += strspn(text, "0123456789");
    if (*text != '.') return -1;
    const size_t places = strspn(text + 1, "0123456789");
    return text[1 + places] == 0 ? (int)places : -1;
}

/* Rounds x to a decimal with this many places, and writes it. */
static void round_to_places(ot__exact *x, int places, char *text, size_t size)
{
    mpz_t scale, digits;
    mpz_inits(scale, digits, NULL);
    mpz_ui_pow_ui(scale, 10, (unsigned long)places);
    mpz_mul(digits, x->p, scale);
    mpz_mul_2exp(digits, digits, 1);
    mpz_add(digits, digits, x->r);
    mpz_mul_2exp(x->r, x->r, 1);
    mpz_fdiv_q(digits, digits, x->r); /* floor(x scale + 1/2) */
    mpz_set(x->p, digits);
    mpz_set(x->r, scale);
    ot__exact_reduce(x);
    const bool minus = mpz_sgn(digits) < 0;
    mpz_abs(digits, digits);
    mpz_fdiv_qr(digits, scale, digits, scale);
    gmp_snprintf(text, size, "%s%Zd.%0*Zd", minus ? "-" : "", digits, places, scale);
    mpz_clears(scale, digits, NULL);
}

/* Replaces the rational x, which the rounding of other coefficients has moved, by a simple
 * fraction.  That is the first convergent p/q of the continued fraction of x with an error below
 * 1/(1000 q^2).  If there is none, it is the last convergent whose q has no more digits than `old`,
 * the denominator of the value in the file. */
static void simplify(ot__exact *x, const mpz_t old)
{
    enum { NEAR = 1000 };
    mpz_t p, q, last_p, last_q, whole, most;
    mpz_inits(p, q, last_p, last_q, whole, most, NULL);
    mpz_ui_pow_ui(most, 10, mpz_sizeinbase(old, 10));
    mpz_set_ui(p, 1);
    mpz_set_ui(last_q, 1);
    while (mpz_sgn(x->r)) {
        mpz_fdiv_qr(whole, x->p, x->p, x->r);
        mpz_swap(x->p, x->r);
        mpz_addmul(last_p, whole, p);
        mpz_addmul(last_q, whole, q);
        if (mpz_sgn(q) && (mpz_cmp_ui(whole, NEAR) > 0 || mpz_cmp(last_q, most) > 0)) break;
        mpz_swap(p, last_p);
        mpz_swap(q, last_q);
    }
    mpz_set(x->p, p);
    mpz_set(x->r, q);
    ot__exact_reduce(x);
    mpz_clears(p, q, last_p, last_q, whole, most, NULL);
}

static ot_status write_exact(const ot__exact *x, char *to, size_t size)
{
    char *text = ot__exact_text(x);
    if (!text) return OT_ENOMEM;
    if (strlen(text) < size)
        strcpy(to, text);
    else
        snprintf(to, size, "~%.17g", ot__exact_double(x));
    ot__free(text);
    return OT_OK;
}

/* Brings the value of the changed coefficient into the form that the table has it in.  A value of
 * many more digits is the sum of others' rounding. */
static ot_status settle(const search *s, const candidate *c, const ot__exact *old, char *text,
                        size_t size)
{
    enum { MORE = 2 };
    ot__exact *const x = &row_of(s->t, c)->x[c->j];
    ot__rounding *const rounding = &row_of(s->t, c)->rounding[c->j];
    const int places = places_of(rounding->text);
    if (s->rounded && places >= 0 && x->d == 1 && (size_t)places + 64 < size) {
        round_to_places(x, places, text, size);
        return OT_OK;
    }
    if (x->d == 1 && ot__exact_digits(x) > ot__exact_digits(old) + MORE) simplify(x, old->r);
    rounding->unit = rounding->coarse = ot__fraction_unit(x);
    return write_exact(x, text, size);
}

/* Whether all claims are true, and whether all of them exactly. */
static ot_status prove(const search *s, bool *good, bool *exact)
{
    OT_TRY(ot_tableau_prove(s->t, s->rows, s->proof));
    *good = *exact = true;
    for (int row = 0; row < s->rows; row++) {
        *good &= !is_refuted_or_unclear(&s->proof[row]);
        *exact &= s->proof[row].within == 0;
    }
    return OT_OK;
}

static ot_status write_old(const ot_tableau *t, const candidate *c, char *to, size_t size)
{
    const ot__row *const row = row_of(t, c);
    const char *const text = row->rounding[c->j].text;
    if (strlen(text) >= size) return write_exact(&row->x[c->j], to, size);
    strcpy(to, text);
    return OT_OK;
}

/* Whether all claims are true with the value that the candidate's condition gives. */
static ot_status try_exactly(const search *s, const candidate *c, ot_repair *found, bool *exact)
{
    ot__exact *const x = &row_of(s->t, c)->x[c->j];
    ot__rounding *const rounding = &row_of(s->t, c)->rounding[c->j];
    const ot__rounding old_rounding = *rounding;
    ot__exact old;
    *found = (ot_repair){ .row = c->row, .i = c->i, .j = c->j };
    OT_TRY(write_old(s->original, c, found->old, sizeof found->old));
    ot__exact_init(&old);
    ot__exact_set(&old, x);
    ot_status status = solve(s, c, x);
    if (status == OT_OK) status = settle(s, c, &old, found->value, sizeof found->value);
    if (status == OT_OK) status = prove(s, &found->found, exact);
    ot__exact_set(x, &old);
    *rounding = old_rounding;
    ot__exact_clear(&old);
    return status;
}

static int by_change(const void *a, const void *b)
{
    const candidate *const x = a, *const y = b;
    const double dx = fabs(x->change), dy = fabs(y->change);
    return (dx > dy) - (dx < dy);
}

/* Takes the nearest of the changes with which the claims hold exactly; if there is none, of those
 * with which they hold within rounding. */
static ot_status try_all(search *s, ot_repair *out)
{
    ot_repair nearest[2] = { { .found = false }, { .found = false } };
    int n[2] = { 0, 0 };
    if (s->n_left > 1) qsort(s->left, (size_t)s->n_left, sizeof *s->left, by_change);
    const int tried = s->n_left < PROOFS_MOST ? s->n_left : PROOFS_MOST;
    for (int k = 0; k < tried; k++) {
        ot_repair found;
        bool exact;
        OT_TRY(try_exactly(s, &s->left[k], &found, &exact));
        if (found.found && n[exact]++ == 0) nearest[exact] = found;
    }
    const bool exact = n[true] > 0;
    const int untried = out->untried + s->n_left - tried;
    if (n[exact] > 0) *out = nearest[exact];
    out->others = n[exact] > 0 ? n[exact] - 1 : 0;
    out->untried = untried;
    return OT_OK;
}

/* ---- the whole search ---- */

static ot_status find(search *s, ot_repair *out)
{
    int refuted = 0;
    s->proof = ot__new((size_t)s->rows, sizeof *s->proof);
    if (!s->proof) return OT_ENOMEM;
    OT_TRY(ot_tableau_prove(s->t, s->rows, s->proof));
    for (int row = s->rows - 1; row >= 0; row--)
        if (s->proof[row].refuted) {
            s->row = row;
            refuted++;
        }
    s->only = refuted == 1;
    if (refuted == 0) return OT_OK;
    OT_TRY(prepare(s));
    OT_TRY(consider_all(s, &out->untried));
    return try_all(s, out);
}

ot_status ot_tableau_repair(const ot_tableau *t, ot_repair *out)
{
    search s = { .original = t, .rows = ot_tableau_rows(t) };
    char *text;
    OT_TRY(ot__check_given("tableau", "the tableau", t));
    OT_TRY(ot__check_given("tableau", "where to put the repair", out));
    *out = (ot_repair){ .row = -1 };
    OT_TRY(ot__tableau_text(t, &text));
    ot_status status = ot_tableau_parse(text, t->name, &s.t);
    ot__free(text);
    if (status == OT_OK) {
        s.t->tolerance = t->tolerance;
        status = find(&s, out);
        if (s.phi.t) ot__phi_free(&s.phi);
    }
    ot__explainer_free(&s.explainer);
    ot__free(s.residual);
    ot__free(s.proof);
    ot__free(s.left);
    ot_tableau_free(s.t);
    return status;
}
