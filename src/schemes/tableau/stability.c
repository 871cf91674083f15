/* SPDX-License-Identifier: BSD-3-Clause
 * Computes the stability polynomial R(z) = 1 + sum_k z^(k+1) b A^k 1 exactly.  For the input of a
 * stage the row of the stage takes the place of b.
 *
 * R leaves the unit disc on an axis at the first positive root of a real polynomial,
 *     E(x) = R(-x)^2 - 1   or   E(w) = R(i sqrt(w)) R(-i sqrt(w)) - 1   with z = i sqrt(w).
 * Its coefficients are computed exactly too, because on the imaginary axis the first ones cancel.
 *
 * Reference: Hairer, Wanner, Solving Ordinary Differential Equations II, IV.2. */
#include "schemes/tableau/stability.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/check.h"
#include "base/memory.h"
#include "schemes/tableau/roots.h"

/* ---- powers ---- */

static bool is_rounded(const ot__row *row)
{
    for (int i = 0; i < row->n; i++)
        if (row->rounding[i].unit > 0) return true;
    return false;
}

/* The vectors in double, with which derivatives by the coefficients are computed. */
static ot_status make_tall(ot__powers *p)
{
    const ot_tableau *const t = p->t;
    for (int row = 0; row < ot_tableau_rows(t); row++)
        p->rounded |= is_rounded(ot__tableau_weights(t, row));
    for (int i = 0; i < t->stages; i++)
        p->rounded |= is_rounded(&t->a[i]);
    if (!p->rounded) return OT_OK;
    for (int k = 0; k < t->stages; k++)
        p->chain[k] = (ot__tree){ .nodes = k + 1, .left = k ? 0 : -1, .right = k - 1 };
    return ot__elementary_make(t, p->chain, t->stages, &p->tall);
}

ot_status ot__powers_make(const ot_tableau *t, ot__powers *p)
{
    const size_t s = (size_t)t->stages;
    *p = (ot__powers){ .t = t };
    ot_status status = ot__scaled_make(t, &p->scaled);
    /* All pairs of these numbers are multiplied later; the factor 16 limits that time too. */
    if (status == OT_OK) status = ot__scaled_fits(&p->scaled, t, 16 * s * s, t->stages);
    if (status == OT_OK && !(p->vector = ot__surds_new(s * s))) status = OT_ENOMEM;
    for (size_t i = 0; status == OT_OK && i < s; i++)
        mpz_set_ui(p->vector[i].p, 1);
    for (size_t k = 1; status == OT_OK && k < s; k++)
        ot__scaled_apply(&p->scaled, p->vector + (k - 1) * s, p->vector + k * s);
    if (status == OT_OK) status = make_tall(p);
    if (status != OT_OK) ot__powers_free(p);
    return status;
}

void ot__powers_free(ot__powers *p)
{
    const size_t s = (size_t)p->t->stages;
    ot__elementary_free(&p->tall);
    ot__surds_free(p->vector, s * s);
    ot__scaled_free(&p->scaled);
}

/* ---- polynomials ---- */

static ot_status begin(const ot__powers *p, ot__polynomial *out)
{
    *out = (ot__polynomial){ .powers = p, .r = ot__surds_new((size_t)p->t->stages + 1) };
    mpz_init_set_ui(out->unit, 1);
    return out->r ? OT_OK : OT_ENOMEM;
}

static void end(ot__polynomial *out)
{
    mpz_set(out->r[0].p, out->unit);
    out->degree = out->powers->t->stages;
    while (mpz_sgn(out->r[out->degree].p) == 0 && mpz_sgn(out->r[out->degree].q) == 0)
        out->degree--;
}

ot_status ot__polynomial_of_row(const ot__powers *p, int row, ot__polynomial *out)
{
    const int s = p->t->stages;
    ot__scaled_row w;
    ot_status status = begin(p, out);
    out->weights = ot__tableau_weights(p->t, row);
    if (status == OT_OK) {
        status = ot__scaled_row_make(ot__tableau_weights(p->t, row), &w);
        for (int k = 0; status == OT_OK && k < s; k++) {
            ot__surd *r = &out->r[k + 1];
            ot__scaled_row_dot(&w, p->vector + k * s, p->scaled.d, r);
            mpz_mul(r->p, r->p, p->scaled.scale);
            mpz_mul(r->q, r->q, p->scaled.scale);
        }
        mpz_set(out->unit, w.scale);
        ot__scaled_row_free(&w);
    }
    if (status == OT_OK)
        end(out);
    else
        ot__polynomial_free(out);
    return status;
}

ot_status ot__polynomial_of_stage(const ot__powers *p, int i, ot__polynomial *out)
{
    const int s = p->t->stages;
    const ot_status status = begin(p, out);
    out->weights = &p->t->a[i];
    if (status != OT_OK) {
        ot__polynomial_free(out);
        return status;
    }
    for (int k = 1; k < s; k++) {
        mpz_set(out->r[k].p, p->vector[k * s + i].p);
        mpz_set(out->r[k].q, p->vector[k * s + i].q);
    }
    end(out);
    return OT_OK;
}

void ot__polynomial_free(ot__polynomial *p)
{
    ot__surds_free(p->r, (size_t)p->powers->t->stages + 1);
    mpz_clear(p->unit);
}

/* x = y / (scale^k unit^power) */
static void fraction(const ot__polynomial *p, const ot__surd *y, int k, unsigned long power,
                     ot__exact *x)
{
    mpz_t units;
    mpz_init(units);
    mpz_pow_ui(units, p->unit, power);
    mpz_set(x->p, y->p);
    mpz_set(x->q, y->q);
    mpz_pow_ui(x->r, p->powers->scaled.scale, (unsigned long)k);
    mpz_mul(x->r, x->r, units);
    x->d = p->powers->scaled.d;
    ot__exact_reduce(x);
    mpz_clear(units);
}

void ot__polynomial_coefficient(const ot__polynomial *p, int k, ot__exact *x)
{
    fraction(p, &p->r[k], k, 1, x);
}

/* ---- axes ---- */

/* Coefficient k of R(z) R(z) - 1 or, if alternating, of R(z) R(-z) - 1, as a double. */
static double square_coefficient(const ot__polynomial *p, int k, bool alternating)
{
    ot__surd sum, term;
    ot__exact x;
    mpz_inits(sum.p, sum.q, term.p, term.q, NULL);
    ot__exact_init(&x);
    for (int i = 0; i <= k && i <= p->degree; i++) {
        if (k - i > p->degree) continue;
        ot__surd_product(&term, &p->r[i], &p->r[k - i], p->powers->scaled.d);
        const bool minus = alternating && i % 2;
        (minus ? mpz_sub : mpz_add)(sum.p, sum.p, term.p);
        (minus ? mpz_sub : mpz_add)(sum.q, sum.q, term.q);
    }
    if (k == 0) mpz_submul(sum.p, p->unit, p->unit);
    fraction(p, &sum, k, 2, &x);
    const double value = ot__exact_double(&x);
    ot__exact_clear(&x);
    mpz_clears(sum.p, sum.q, term.p, term.q, NULL);
    return value;
}

/* The coefficients of R in double, and how far the rounding of the tableau moves them: the sum of
 * |d r_k / d coefficient| times its unit. */
typedef struct moved {
    double r[OT__STAGES_MOST + 1], by[OT__STAGES_MOST + 1];
} moved;

/* How far r_k is moved.  w are the weights, g has space for the derivatives. */
static double rounding_of(const ot__polynomial *p, int k, const double w[], double g[])
{
    const ot_tableau *const t = p->powers->t;
    const int s = t->stages;
    double sum = 0;
    ot__elementary_gradient(&p->powers->tall, w, k - 1, g, g + s * s);
    for (int i = 0; i < s; i++)
        for (int j = 0; j < i; j++)
            sum += fabs(g[i * s + j]) * t->a[i].rounding[j].unit;
    for (int i = 0; i < p->weights->n; i++)
        sum += fabs(g[s * s + i]) * p->weights->rounding[i].unit;
    return sum;
}

static ot_status find_moved(const ot__polynomial *p, moved *m)
{
    const size_t s = (size_t)p->powers->t->stages;
    double w[OT__STAGES_MOST] = { 0 };
    ot__exact x;
    *m = (moved){ .r = { 1 } };
    if (!p->powers->rounded) return OT_OK;
    double *const g = ot__new(s * s + s, sizeof *g);
    if (!g) return OT_ENOMEM;
    for (int i = 0; i < p->weights->n; i++)
        w[i] = ot__exact_double(&p->weights->x[i]);
    ot__exact_init(&x);
    for (int k = 1; k <= p->degree; k++) {
        ot__polynomial_coefficient(p, k, &x);
        m->r[k] = ot__exact_double(&x);
        m->by[k] = rounding_of(p, k, w, g);
    }
    ot__exact_clear(&x);
    ot__free(g);
    return OT_OK;
}

/* How far the rounding of the tableau moves coefficient k of R(z) R(+-z). */
static double moves_square(const moved *m, int degree, int k)
{
    double sum = 0;
    for (int i = 0; i <= k && i <= degree; i++)
        if (k - i <= degree) sum += 2 * fabs(m->r[k - i]) * m->by[i];
    return sum;
}

/* Sets e to the coefficients of E, in x for the real axis and in w for the imaginary axis, where
 * i^(2k) = (-1)^k.  If a tableau has rounded coefficients, its first terms cancel only up to
 * rounding; they are set to 0. */
static void excess(const ot__polynomial *p, const moved *m, bool imaginary, double e[])
{
    bool cancels = true;
    for (int k = 0; k <= (imaginary ? p->degree : 2 * p->degree); k++) {
        const int power = imaginary ? 2 * k : k;
        const double c = square_coefficient(p, power, imaginary);
        e[k] = k % 2 ? -c : c;
        cancels &= fabs(e[k]) <= fmax(p->powers->t->tolerance, moves_square(m, p->degree, power));
        if (cancels) e[k] = 0;
    }
}

ot_status ot__polynomial_axes(const ot__polynomial *p, double *real, double *imaginary)
{
    moved m;
    OT_TRY(find_moved(p, &m));
    double *e = ot__new(2 * (size_t)p->degree + 1, sizeof *e);
    if (!e) return OT_ENOMEM;
    excess(p, &m, false, e);
    *real = ot__first_positive(2 * p->degree, e);
    excess(p, &m, true, e);
    *imaginary = sqrt(ot__first_positive(p->degree, e));
    ot__free(e);
    return OT_OK;
}

/* ---- public ---- */

static ot_status check_row(const ot_tableau *t, int row)
{
    OT_TRY(ot__check_given("tableau", "the tableau", t));
    if (row >= 0 && row < ot_tableau_rows(t)) return OT_OK;
    return ot__fail(OT_EINVAL, "%s: there is no row %d of weights; rows have the numbers 0 to %d",
                    t->name, row, ot_tableau_rows(t) - 1);
}

ot_status ot_tableau_stability(const ot_tableau *t, int row, ot_stability *out)
{
    ot__powers powers;
    ot__polynomial p;
    ot__exact x;
    OT_TRY(ot__check_given("tableau", "where to put the stability", out));
    *out = (ot_stability){ 0 };
    OT_TRY(check_row(t, row));
    OT_TRY(ot__powers_make(t, &powers));
    ot_status status = ot__polynomial_of_row(&powers, row, &p);
    if (status == OT_OK) {
        out->degree = p.degree;
        ot__exact_init(&x);
        for (int k = 0; k <= p.degree; k++) {
            ot__polynomial_coefficient(&p, k, &x);
            out->r[k] = ot__exact_double(&x);
        }
        ot__exact_clear(&x);
        status = ot__polynomial_axes(&p, &out->real, &out->imaginary);
        ot__polynomial_free(&p);
    }
    ot__powers_free(&powers);
    return status;
}

/* Appends a term such as " + 1/6 z^3" to a text of the given size from malloc.  Returns false when
 * out of memory. */
static bool append_term(char **text, size_t *size, const ot__polynomial *p, int k)
{
    ot__exact x;
    ot__exact_init(&x);
    ot__polynomial_coefficient(p, k, &x);
    const bool there = ot__exact_sign(&x) != 0;
    const bool shown = ot__exact_digits(&x) <= OT__DIGITS_SHOWN;
    char *number = !there  ? NULL
                   : shown ? ot__exact_text(&x)
                           : ot__format("%.17g", ot__exact_double(&x));
    ot__exact_clear(&x);
    if (!there) return true;
    const bool minus = number && number[0] == '-';
    const bool one = shown && number && strcmp(number + minus, "1") == 0;
    const size_t need = *size + (number ? strlen(number) : 0) + 32;
    char *grown = number ? realloc(*text, need) : NULL;
    if (grown) {
        *text = grown;
        *size += (size_t)sprintf(grown + *size, "%s%s%s",
                                 k == 0  ? ""
                                 : minus ? " - "
                                         : " + ",
                                 shown ? "" : "~", one && k > 0 ? "" : number + minus);
        if (k > 0) *size += (size_t)sprintf(grown + *size, one ? "z" : " z");
        if (k > 1) *size += (size_t)sprintf(grown + *size, "^%d", k);
    }
    ot__free(number);
    return grown != NULL;
}

ot_status ot_tableau_polynomial(const ot_tableau *t, int row, char **out)
{
    ot__powers powers;
    ot__polynomial p;
    size_t size = 0;
    OT_TRY(ot__check_given("tableau", "where to put the polynomial", out));
    *out = NULL;
    OT_TRY(check_row(t, row));
    OT_TRY(ot__powers_make(t, &powers));
    ot_status status = ot__polynomial_of_row(&powers, row, &p);
    if (status == OT_OK) {
        for (int k = 0; k <= p.degree && status == OT_OK; k++)
            if (!append_term(out, &size, &p, k))
                status = ot__fail(OT_ENOMEM, "out of memory for a polynomial");
        ot__polynomial_free(&p);
    }
    ot__powers_free(&powers);
    if (status != OT_OK) {
        free(*out);
        *out = NULL;
    }
    return status;
}
