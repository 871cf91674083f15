/* SPDX-License-Identifier: BSD-3-Clause
 * Arithmetic in Z[sqrt d] on GMP integers, and the conversion of a tableau to such integers. */
#include "schemes/tableau/surds.h"

#include "base/decimal.h"
#include "base/memory.h"

ot__surd *ot__surds_new(size_t n)
{
    ot__surd *x = ot__new(n, sizeof *x);
    for (size_t i = 0; x && i < n; i++)
        mpz_inits(x[i].p, x[i].q, NULL);
    return x;
}

void ot__surds_free(ot__surd *x, size_t n)
{
    for (size_t i = 0; x && i < n; i++)
        mpz_clears(x[i].p, x[i].q, NULL);
    ot__free(x);
}

static bool is_zero(const ot__surd *x)
{
    return mpz_sgn(x->p) == 0 && mpz_sgn(x->q) == 0;
}

void ot__surd_add_product(ot__surd *z, const ot__surd *x, const ot__surd *y, unsigned long d)
{
    if (is_zero(x) || is_zero(y)) return;
    mpz_addmul(z->p, x->p, y->p);
    mpz_addmul(z->q, x->p, y->q);
    if (mpz_sgn(x->q) == 0) return;
    mpz_addmul(z->q, x->q, y->p);
    if (mpz_sgn(y->q) == 0) return;
    mpz_t dqq;
    mpz_init(dqq);
    mpz_mul(dqq, x->q, y->q);
    mpz_addmul_ui(z->p, dqq, d);
    mpz_clear(dqq);
}

void ot__surd_product(ot__surd *z, const ot__surd *x, const ot__surd *y, unsigned long d)
{
    mpz_set_ui(z->p, 0);
    mpz_set_ui(z->q, 0);
    ot__surd_add_product(z, x, y, d);
}

/* z = x * scale.  scale must be a multiple of the denominator of x. */
static void scale_up(ot__surd *z, const ot__exact *x, const mpz_t scale)
{
    mpz_t factor;
    mpz_init(factor);
    mpz_divexact(factor, scale, x->r);
    mpz_mul(z->p, x->p, factor);
    mpz_mul(z->q, x->q, factor);
    mpz_clear(factor);
}

/* Makes scale a multiple of all denominators of a row, and sets d if an entry is irrational. */
static void take_denominators(mpz_t scale, unsigned long *d, const ot__row *row)
{
    for (int j = 0; j < row->n; j++) {
        mpz_lcm(scale, scale, row->x[j].r);
        if (row->x[j].d > 1) *d = row->x[j].d;
    }
}

/* Finds the common denominator of all a_ij, and d, which may occur in the weights only. */
static ot_status find_scale(const ot_tableau *t, ot__scaled *s)
{
    const size_t entries = (size_t)t->stages * (size_t)t->stages / 2 + 1;
    for (int i = 1; i < t->stages; i++) {
        take_denominators(s->scale, &s->d, &t->a[i]);
        OT_TRY(ot__scaled_fits(s, t, 64 * entries, 1));
    }
    mpz_t unused;
    mpz_init_set_ui(unused, 1);
    for (int row = 0; row < ot_tableau_rows(t); row++) {
        take_denominators(unused, &s->d, ot__tableau_weights(t, row));
        mpz_set_ui(unused, 1);
    }
    mpz_clear(unused);
    return OT_OK;
}

ot_status ot__scaled_make(const ot_tableau *t, ot__scaled *s)
{
    const int n = t->stages;
    *s = (ot__scaled){ .stages = n, .d = 1 };
    s->a = ot__surds_new((size_t)n * (size_t)(n - 1) / 2);
    mpz_init_set_ui(s->scale, 1);
    if (!s->a) return OT_ENOMEM;
    OT_TRY(find_scale(t, s));
    for (int i = 1, k = 0; i < n; i++)
        for (int j = 0; j < i; j++, k++)
            scale_up(&s->a[k], &t->a[i].x[j], s->scale);
    return OT_OK;
}

void ot__scaled_free(ot__scaled *s)
{
    ot__surds_free(s->a, (size_t)s->stages * (size_t)(s->stages - 1) / 2);
    mpz_clear(s->scale);
}

ot_status ot__scaled_fits(const ot__scaled *s, const ot_tableau *t, size_t n, int power)
{
    const double most = 384.0 * 1024 * 1024, parts = s->d > 1 ? 2 : 1;
    const double each = parts * (double)mpz_sizeinbase(s->scale, 2) * power / 8;
    if (each * (double)n <= most) return OT_OK;
    return ot__fail(
        OT_EINVAL,
        "%s: the common denominator of its coefficients has %zu digits; to compute with "
        "it exactly takes %s; the limit is %s",
        t->name, mpz_sizeinbase(s->scale, 10), OT__BYTES(each * (double)n), OT__BYTES(most));
}

void ot__scaled_apply(const ot__scaled *s, const ot__surd *x, ot__surd *out)
{
    const ot__surd *a = s->a;
    for (int i = 0; i < s->stages; i++) {
        mpz_set_ui(out[i].p, 0);
        mpz_set_ui(out[i].q, 0);
        for (int j = 0; j < i; j++)
            ot__surd_add_product(&out[i], a++, &x[j], s->d);
    }
}

ot_status ot__scaled_row_make(const ot__row *row, ot__scaled_row *w)
{
    unsigned long d = 1;
    *w = (ot__scaled_row){ .n = row->n, .b = ot__surds_new((size_t)row->n) };
    mpz_init_set_ui(w->scale, 1);
    if (!w->b) return OT_ENOMEM;
    take_denominators(w->scale, &d, row);
    for (int i = 0; i < row->n; i++)
        scale_up(&w->b[i], &row->x[i], w->scale);
    return OT_OK;
}

void ot__scaled_row_free(ot__scaled_row *w)
{
    ot__surds_free(w->b, (size_t)w->n);
    mpz_clear(w->scale);
}

void ot__scaled_row_dot(const ot__scaled_row *w, const ot__surd *x, unsigned long d, ot__surd *out)
{
    mpz_set_ui(out->p, 0);
    mpz_set_ui(out->q, 0);
    for (int i = 0; i < w->n; i++)
        ot__surd_add_product(out, &w->b[i], &x[i], d);
}
