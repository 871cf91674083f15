/* SPDX-License-Identifier: BSD-3-Clause
 * Converts forms of Runge-Kutta methods to tableaux.  In each form a state is x + h sum_j w_j k_j;
 * its vector w is computed exactly.  If coefficients are rounded, so are the results: they are
 * written with the digits that are certain to first order.
 *
 * References: C.-W. Shu, S. Osher, J. Comput. Phys. 77 (1988) 439-471; J. H. Williamson, J. Comput.
 * Phys. 35 (1980) 48-56. */
#include "schemes/tableau/import.h"

#include <math.h>
#include <string.h>

#include "base/memory.h"
#include "schemes/tableau/expr.h"

/* ---- numbers ---- */

typedef struct numbers {
    int n;
    ot__value *v;
} numbers;

static ot_status numbers_new(int n, numbers *out)
{
    *out = (numbers){ .v = ot__new((size_t)n, sizeof *out->v) };
    if (!out->v) return OT_ENOMEM;
    for (out->n = 0; out->n < n; out->n++)
        ot__value_init(&out->v[out->n]);
    return OT_OK;
}

static void numbers_free(numbers *x)
{
    for (int i = 0; i < x->n; i++)
        ot__value_clear(&x->v[i]);
    ot__free(x->v);
}

/* z += x*y.  The roundings are added to first order. */
static void add_product(ot__value *z, const ot__value *x, const ot__value *y)
{
    ot__exact product;
    ot__exact_init(&product);
    z->unit += fabs(ot__exact_double(&x->x)) * y->unit + fabs(ot__exact_double(&y->x)) * x->unit;
    ot__exact_mul(&product, &x->x, &y->x);
    ot__exact_add(&z->x, &z->x, &product);
    ot__exact_clear(&product);
}

/* What reads numbers of a form. */
typedef struct form {
    ot__import *m;
    unsigned long root; /* the d of Q(sqrt d) */
    bool rounded;       /* a result has been rounded */
} form;

static ot_status read_entry(form *f, const ot__grid *g, int row, int column, ot__value *v)
{
    const char *const text = ot__grid_text(g, row, column);
    ot__source s = { f->m->p->origin, g->line, text, text };
    v->unit = v->coarse = 0;
    v->digits = 0;
    ot__exact_set_int(&v->x, 0);
    if (!text) return OT_OK;
    OT_TRY(ot__expr_read(&s, &f->root, v));
    if (v->coarse == 0) v->unit = ot__fraction_unit(&v->x);
    return OT_OK;
}

/* The decimal of x that is rounded to the digits above its unit. */
static char *decimal(const ot__value *v)
{
    const double unit = v->unit > 1e-190 ? v->unit : 1e-190;
    const int places = unit < 1 ? (int)floor(-log10(unit)) : 0;
    ot__exact scale;
    ot__exact_init(&scale);
    mpz_ui_pow_ui(scale.p, 10, (unsigned long)places);
    ot__exact_mul(&scale, &scale, &v->x);
    /* The nearest integer of p/r, for a rational number. */
    mpz_mul_2exp(scale.p, scale.p, 1);
    mpz_add(scale.p, scale.p, scale.r);
    mpz_mul_2exp(scale.r, scale.r, 1);
    mpz_fdiv_q(scale.p, scale.p, scale.r);
    const bool minus = mpz_sgn(scale.p) < 0;
    mpz_abs(scale.p, scale.p);
    char digits[OT__CELL_MOST];
    if (mpz_sizeinbase(scale.p, 10) + 2 > sizeof digits / 2) mpz_set_ui(scale.p, 0);
    mpz_get_str(digits, 10, scale.p);
    ot__exact_clear(&scale);
    const int n = (int)strlen(digits), whole = n > places ? n - places : 0;
    char zeros[256] = { 0 };
    memset(zeros, '0', (size_t)(places > n ? places - n : 0));
    return ot__format("%s%.*s.%s%s", minus ? "-" : "", whole ? whole : 1, whole ? digits : "0",
                      zeros, digits + whole);
}

static ot_status keep(form *f, const ot__value *v, const char **text)
{
    ot__import *const m = f->m;
    if (ot__exact_sign(&v->x) == 0) return OT_OK;
    f->rounded |= v->unit > 0;
    OT_TRY(ot__grow((void **)&m->owned, &m->owned_capacity, m->n_owned + 1, sizeof *m->owned));
    char *const own = v->unit > 0 && v->x.d == 1 ? decimal(v) : ot__exact_text(&v->x);
    if (!own) return OT_ENOMEM;
    m->owned[m->n_owned++] = own;
    *text = own;
    return OT_OK;
}

/* Keeps the first n entries of a state as a row of the tableau. */
static ot_status keep_row(form *f, const ot__value *w, int n, const char *row[])
{
    for (int j = 0; j < n; j++)
        OT_TRY(keep(f, &w[j], &row[j]));
    return OT_OK;
}

static ot_status keep_states(form *f, const ot__value *u, int s)
{
    f->m->stages = s;
    for (int i = 1; i < s; i++)
        OT_TRY(keep_row(f, u + (size_t)i * (size_t)s, i, f->m->a[i]));
    OT_TRY(keep_row(f, u + (size_t)s * (size_t)s, s, f->m->b));
    if (!f->rounded) return OT_OK;
    return ot__import_note(f->m, "its coefficients are rounded, so the result is decimals of the "
                                 "digits that are certain");
}

/* ---- Shu and Osher ---- */

/* Row i of alpha must add up to 1. */
static ot_status check_sum(const form *f, const ot__grid *alpha, int row, const ot__value *sum)
{
    ot__exact one;
    ot__exact_init(&one);
    ot__exact_set_int(&one, 1);
    ot__exact_sub(&one, &sum->x, &one);
    const double by = fabs(ot__exact_double(&one));
    ot__exact_clear(&one);
    if (by <= sum->unit) return OT_OK;
    return ot__pasted_complain(f->m->p, alpha->line,
                               "row %d of alpha adds up to %.10g; in Shu-Osher form it is 1",
                               row + 1, ot__exact_double(&sum->x));
}

/* u[i] = sum_k alpha_ik u[k] + beta_ik e_k */
static ot_status shu_osher_row(form *f, const ot__grid *g[2], int first, int s, int i, ot__value *u)
{
    numbers t;
    OT_TRY(numbers_new(4, &t)); /* alpha_ik, beta_ik, 1, the sum of alpha */
    ot_status status = OT_OK;
    ot__exact_set_int(&t.v[2].x, 1);
    for (int k = 0; k < i && status == OT_OK; k++) {
        status = read_entry(f, g[0], first + i - 1, k, &t.v[0]);
        if (status == OT_OK) status = read_entry(f, g[1], first + i - 1, k, &t.v[1]);
        add_product(&t.v[3], &t.v[0], &t.v[2]);
        for (int j = 0; j < k; j++)
            add_product(&u[i * s + j], &t.v[0], &u[k * s + j]);
        add_product(&u[i * s + k], &t.v[1], &t.v[2]);
    }
    if (status == OT_OK) status = check_sum(f, g[0], first + i - 1, &t.v[3]);
    numbers_free(&t);
    return status;
}

/* The rows of both must be a lower triangle; a first row of zeros stands for x itself. */
static ot_status check_triangle(const ot__import *m, const ot__grid *g, int first, int s)
{
    if (g->rows - first != s || s > OT__STAGES_MOST)
        return ot__pasted_complain(
            m->p, g->line, "\"%s\" has %d rows; alpha and beta have one for each stage, 1 to %d",
            g->name, g->rows, OT__STAGES_MOST);
    for (int i = 0; i < s; i++)
        if (!ot__grid_ends(g, first + i, i + 1))
            return ot__pasted_complain(
                m->p, g->line,
                "row %d of \"%s\" has more than %d entries that are not 0: the method is implicit",
                i + 1, g->name, i + 1);
    return OT_OK;
}

ot_status ot__import_shu_osher(ot__import *m, const ot__grid *alpha, const ot__grid *beta)
{
    const int first = ot__grid_ends(alpha, 0, 0), s = alpha->rows - first;
    OT_TRY(check_triangle(m, alpha, first, s));
    OT_TRY(check_triangle(m, beta, first, s));
    form f = { .m = m, .root = 1 };
    numbers u;
    ot_status status = numbers_new((s + 1) * s, &u);
    const ot__grid *const both[2] = { alpha, beta };
    for (int i = 1; i <= s && status == OT_OK; i++)
        status = shu_osher_row(&f, (const ot__grid **)both, first, s, i, u.v);
    if (status == OT_OK) status = keep_states(&f, u.v, s);
    numbers_free(&u);
    return status;
}

/* ---- 2N ---- */

/* d = A_i d + e_i,  u[i + 1] = u[i] + B_i d */
static ot_status two_n_stage(form *f, const ot__grid *a, const ot__grid *b, int s, int i,
                             ot__value *u, ot__value *d)
{
    const int before = s - a->begin[1]; /* A_1 is 0 and may be left out */
    numbers t;
    OT_TRY(numbers_new(3, &t));
    ot_status status = i >= before ? read_entry(f, a, 0, i - before, &t.v[0]) : OT_OK;
    if (status == OT_OK) status = read_entry(f, b, 0, i, &t.v[1]);
    for (int j = 0; j < i; j++) {
        numbers old;
        if (status == OT_OK) status = numbers_new(1, &old);
        if (status != OT_OK) break;
        add_product(&old.v[0], &t.v[0], &d[j]);
        ot__exact_set(&d[j].x, &old.v[0].x);
        d[j].unit = old.v[0].unit;
        numbers_free(&old);
    }
    ot__exact_set_int(&d[i].x, 1);
    ot__exact_set_int(&t.v[2].x, 1);
    for (int j = 0; j <= i && status == OT_OK; j++) {
        add_product(&u[(i + 1) * s + j], &t.v[2], &u[i * s + j]);
        add_product(&u[(i + 1) * s + j], &t.v[1], &d[j]);
    }
    numbers_free(&t);
    return status;
}

ot_status ot__import_2n(ot__import *m, const ot__grid *a, const ot__grid *b)
{
    const int s = b->begin[1];
    form f = { .m = m, .root = 1 };
    numbers u = { 0 }, d = { 0 };
    ot_status status = numbers_new((s + 1) * s, &u);
    if (status == OT_OK) status = numbers_new(s, &d);
    for (int i = 0; i < s && status == OT_OK; i++)
        status = two_n_stage(&f, a, b, s, i, u.v, d.v);
    if (status == OT_OK) status = keep_states(&f, u.v, s);
    numbers_free(&u);
    numbers_free(&d);
    return status;
}

/* ---- a table ---- */

/* Whether the first cell of a row is the sum of the others, which end before the diagonal. */
static ot_status is_stage(form *f, const ot__grid *g, int i, bool *yes)
{
    numbers t;
    *yes = false;
    if (!ot__grid_ends(g, i, i + 1)) return OT_OK;
    OT_TRY(numbers_new(3, &t));
    ot_status status = OT_OK;
    ot__exact_set_int(&t.v[2].x, 1);
    for (int j = 1; j <= i && status == OT_OK; j++) {
        status = read_entry(f, g, i, j, &t.v[0]);
        t.v[1].coarse += t.v[0].coarse;
        if (status == OT_OK) add_product(&t.v[1], &t.v[0], &t.v[2]);
    }
    if (status == OT_OK) status = read_entry(f, g, i, 0, &t.v[0]);
    ot__exact_sub(&t.v[2].x, &t.v[1].x, &t.v[0].x);
    const double by = fabs(ot__exact_double(&t.v[2].x));
    *yes = status == OT_OK && by <= t.v[1].unit + t.v[0].unit + t.v[1].coarse + t.v[0].coarse;
    numbers_free(&t);
    return status;
}

/* Where the weights of a row begin: after an empty or a zero cell, or at its beginning; -1 if they
 * are not `s` numbers. */
static int weights_at(const ot__grid *g, int row, int s)
{
    const int n = ot__grid_columns(g, row);
    if (n == s && ot__grid_text(g, row, 0)) return 0;
    return n >= 2 && n <= s + 1 && ot__is_zero(ot__grid_text(g, row, 0)) ? 1 : -1;
}

static bool are_weights(const ot__grid *g, int from, int s)
{
    for (int row = from; row < g->rows; row++)
        if (weights_at(g, row, s) < 0) return false;
    return true;
}

static void take_layout(ot__import *m, const ot__grid *g, int s)
{
    m->stages = s;
    m->has_c = true;
    for (int i = 0; i < s; i++) {
        m->c[i] = ot__grid_text(g, i, 0);
        for (int j = 0; j < i; j++)
            m->a[i][j] = ot__grid_text(g, i, j + 1);
    }
    m->hats = g->rows - s - 1;
    for (int row = s; row < g->rows; row++)
        for (int j = 0; j < s; j++)
            (row == s ? m->b : m->hat[row - s - 1])[j] =
                ot__grid_text(g, row, j + weights_at(g, row, s));
}

ot_status ot__import_layout(ot__import *m, const ot__grid *g)
{
    form f = { .m = m, .root = 1 };
    int stages = 0;
    bool yes = true;
    while (stages < g->rows && stages < OT__STAGES_MOST && yes) {
        OT_TRY(is_stage(&f, g, stages, &yes));
        stages += yes;
    }
    const int found = stages;
    /* Rows of weights that happen to look like stages are not counted as such. */
    if (stages == g->rows) stages = 0;
    if (stages > 0 && g->rows - stages <= OT__HATS_MOST && are_weights(g, stages, stages)) {
        take_layout(m, g, stages);
        return ot__import_note(
            m, "the table of line %d: rows \"c | a\" of %d stages, then %d %s of weights", g->line,
            stages, g->rows - stages, g->rows - stages == 1 ? "row" : "rows");
    }
    const int row = found < g->rows ? found : g->rows - 1;
    return ot__pasted_complain(
        m->p,
        row < 0 || g->begin[g->rows] == 0
            ? g->line
            : g->cell[g->begin[row] < g->begin[g->rows] ? g->begin[row] : g->begin[g->rows] - 1]
                  .line,
        "the table is unclear: rows of stages are c and the a that add up to it, "
        "followed by rows of one weight for each stage; %d rows are stages",
        found);
}
