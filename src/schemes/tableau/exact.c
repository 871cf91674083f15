/* SPDX-License-Identifier: BSD-3-Clause
 * Arithmetic in the field Q(sqrt d), on GMP integers.  A number is (p + q*sqrt(d))/r; the common
 * denominator makes the reduced form unique and the formulas short.
 *
 * sqrt(d) is irrational, so p + q*sqrt(d) is zero only for p = q = 0.  It follows that the norm
 * p^2 - d*q^2 of a divisor is never zero, that signs can be found by comparing squares, and that a
 * number with q != 0 never lies half way between two doubles.
 *
 * GMP ends the process when memory runs out.  Numbers here take a few kilobytes at most, because
 * the expression reader limits the digits of every value. */
#include "schemes/tableau/exact.h"

#include <float.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/memory.h"

void ot__exact_init(ot__exact *x)
{
    mpz_inits(x->p, x->q, NULL);
    mpz_init_set_ui(x->r, 1);
    x->d = 1;
}

void ot__exact_clear(ot__exact *x)
{
    mpz_clears(x->p, x->q, x->r, NULL);
}

void ot__exact_set_int(ot__exact *x, long n)
{
    mpz_set_si(x->p, n);
    mpz_set_ui(x->q, 0);
    mpz_set_ui(x->r, 1);
    x->d = 1;
}

void ot__exact_set(ot__exact *x, const ot__exact *y)
{
    mpz_set(x->p, y->p);
    mpz_set(x->q, y->q);
    mpz_set(x->r, y->r);
    x->d = y->d;
}

/* Every finite double is an integer times a power of 2. */
void ot__exact_set_double(ot__exact *x, double y)
{
    int exponent;
    mpz_set_d(x->p, ldexp(frexp(y, &exponent), DBL_MANT_DIG));
    mpz_set_ui(x->q, 0);
    mpz_set_ui(x->r, 1);
    exponent -= DBL_MANT_DIG;
    if (exponent > 0)
        mpz_mul_2exp(x->p, x->p, (mp_bitcnt_t)exponent);
    else
        mpz_mul_2exp(x->r, x->r, (mp_bitcnt_t)-exponent);
    ot__exact_reduce(x);
}

void ot__exact_reduce(ot__exact *x)
{
    mpz_t g;
    mpz_init(g);
    mpz_gcd(g, x->p, x->q);
    mpz_gcd(g, g, x->r);
    if (mpz_sgn(x->r) < 0) mpz_neg(g, g);
    mpz_divexact(x->p, x->p, g);
    mpz_divexact(x->q, x->q, g);
    mpz_divexact(x->r, x->r, g);
    if (mpz_sgn(x->q) == 0) x->d = 1;
    mpz_clear(g);
}

/* Reduces t, moves it to z and clears t. */
static void deliver(ot__exact *z, ot__exact *t)
{
    ot__exact_reduce(t);
    const ot__exact old = *z;
    *z = *t;
    *t = old;
    ot__exact_clear(t);
}

static unsigned long common_root(const ot__exact *x, const ot__exact *y)
{
    return x->d > 1 ? x->d : y->d;
}

void ot__exact_add(ot__exact *z, const ot__exact *x, const ot__exact *y)
{
    ot__exact t;
    ot__exact_init(&t);
    t.d = common_root(x, y);
    mpz_mul(t.p, x->p, y->r);
    mpz_addmul(t.p, y->p, x->r);
    mpz_mul(t.q, x->q, y->r);
    mpz_addmul(t.q, y->q, x->r);
    mpz_mul(t.r, x->r, y->r);
    deliver(z, &t);
}

void ot__exact_sub(ot__exact *z, const ot__exact *x, const ot__exact *y)
{
    ot__exact t;
    ot__exact_init(&t);
    t.d = common_root(x, y);
    mpz_mul(t.p, x->p, y->r);
    mpz_submul(t.p, y->p, x->r);
    mpz_mul(t.q, x->q, y->r);
    mpz_submul(t.q, y->q, x->r);
    mpz_mul(t.r, x->r, y->r);
    deliver(z, &t);
}

void ot__exact_mul(ot__exact *z, const ot__exact *x, const ot__exact *y)
{
    ot__exact t;
    ot__exact_init(&t);
    t.d = common_root(x, y);
    mpz_mul(t.p, x->q, y->q);
    mpz_mul_ui(t.p, t.p, t.d);
    mpz_addmul(t.p, x->p, y->p);
    mpz_mul(t.q, x->p, y->q);
    mpz_addmul(t.q, x->q, y->p);
    mpz_mul(t.r, x->r, y->r);
    deliver(z, &t);
}

/* x / y = x * r (p - q*sqrt(d)) / (p^2 - d*q^2), with y's p, q, r. */
void ot__exact_div(ot__exact *z, const ot__exact *x, const ot__exact *y)
{
    ot__exact inverse;
    mpz_t dqq;
    ot__exact_init(&inverse);
    mpz_init(dqq);
    inverse.d = y->d;
    mpz_mul(dqq, y->q, y->q);
    mpz_mul_ui(dqq, dqq, y->d);
    mpz_mul(inverse.p, y->r, y->p);
    mpz_mul(inverse.q, y->r, y->q);
    mpz_neg(inverse.q, inverse.q);
    mpz_mul(inverse.r, y->p, y->p);
    mpz_sub(inverse.r, inverse.r, dqq);
    ot__exact_mul(z, x, &inverse);
    mpz_clear(dqq);
    ot__exact_clear(&inverse);
}

/* sqrt(p/r) = sqrt(p*r)/r, and p*r = m^2 * d. */
bool ot__exact_sqrt(ot__exact *z, const ot__exact *x)
{
    ot__exact t;
    ot__exact_init(&t);
    mpz_mul(t.q, x->p, x->r);
    mpz_set(t.r, x->r);
    if (mpz_perfect_square_p(t.q)) {
        mpz_sqrt(t.p, t.q);
        mpz_set_ui(t.q, 0);
    } else if (mpz_cmp_ui(t.q, OT__SQRT_MOST) <= 0) {
        unsigned long m = 1;
        t.d = mpz_get_ui(t.q);
        for (unsigned long f = 2; f * f <= t.d; f++)
            for (; t.d % (f * f) == 0; t.d /= f * f)
                m *= f;
        mpz_set_ui(t.q, m);
    } else {
        ot__exact_clear(&t);
        return false;
    }
    deliver(z, &t);
    return true;
}

int ot__exact_sign(const ot__exact *x)
{
    const int p = mpz_sgn(x->p), q = mpz_sgn(x->q);
    if (p * q >= 0) return p ? p : q;
    mpz_t pp, dqq; /* p and q have different signs: the larger of p^2 and d*q^2 decides */
    mpz_inits(pp, dqq, NULL);
    mpz_mul(pp, x->p, x->p);
    mpz_mul(dqq, x->q, x->q);
    mpz_mul_ui(dqq, dqq, x->d);
    const int order = mpz_cmp(pp, dqq);
    mpz_clears(pp, dqq, NULL);
    return order > 0 ? p : q;
}

int ot__exact_compare(const ot__exact *x, const ot__exact *y)
{
    ot__exact difference;
    ot__exact_init(&difference);
    ot__exact_sub(&difference, x, y);
    const int sign = ot__exact_sign(&difference);
    ot__exact_clear(&difference);
    return sign;
}

/* f = floor(x * 2^k) for x > 0.  Returns whether x * 2^k is an integer.  floor(floor(y)/r) is
 * floor(y/r) for an integer r, so only y = p*2^k + q*2^k*sqrt(d) has to be rounded down. */
static bool scaled_floor(mpz_t f, const ot__exact *x, long k)
{
    const mp_bitcnt_t up = k > 0 ? (mp_bitcnt_t)k : 0, down = k < 0 ? (mp_bitcnt_t)-k : 0;
    mpz_t root, r;
    mpz_inits(root, r, NULL);
    mpz_mul(root, x->q, x->q);
    mpz_mul_ui(root, root, x->d);
    mpz_mul_2exp(root, root, 2 * up);
    mpz_sqrt(root, root);
    mpz_mul_2exp(f, x->p, up);
    if (mpz_sgn(x->q) > 0) mpz_add(f, f, root);
    if (mpz_sgn(x->q) < 0) {
        mpz_sub(f, f, root);
        mpz_sub_ui(f, f, 1);
    }
    mpz_mul_2exp(r, x->r, down);
    const bool whole = mpz_sgn(x->q) == 0 && mpz_divisible_p(f, r);
    mpz_fdiv_q(f, f, r);
    mpz_clears(root, r, NULL);
    return whole;
}

/* Scales x so that its integer part has one bit more than a double and rounds this bit away.  A
 * tie, where no bits follow it, is rounded to even. */
static double positive_double(const ot__exact *x)
{
    enum { BITS = 54, SMALLEST = 1075 }; /* 2^-1075 is half of the smallest double */
    mpz_t f;
    mpz_init(f);
    long k = BITS;
    for (;;) {
        const bool whole = scaled_floor(f, x, k);
        const long bits = mpz_sgn(f) ? (long)mpz_sizeinbase(f, 2) : 0;
        if (bits == BITS || (bits < BITS && k == SMALLEST)) {
            const bool half = mpz_tstbit(f, 0), odd = mpz_tstbit(f, 1);
            mpz_fdiv_q_2exp(f, f, 1);
            if (half && (odd || !whole)) mpz_add_ui(f, f, 1);
            break;
        }
        k = bits ? k + BITS - bits : 2 * k;
        if (k > SMALLEST) k = SMALLEST;
    }
    const double y = ldexp(mpz_get_d(f), (int)(1 - k));
    mpz_clear(f);
    return y;
}

double ot__exact_double(const ot__exact *x)
{
    const int sign = ot__exact_sign(x);
    if (sign == 0) return 0.0;
    if (sign > 0) return positive_double(x);
    ot__exact negated;
    ot__exact_init(&negated);
    ot__exact_set(&negated, x);
    mpz_neg(negated.p, negated.p);
    mpz_neg(negated.q, negated.q);
    const double y = -positive_double(&negated);
    ot__exact_clear(&negated);
    return y;
}

size_t ot__exact_digits(const ot__exact *x)
{
    const size_t p = mpz_sizeinbase(x->p, 10), q = mpz_sizeinbase(x->q, 10);
    const size_t r = mpz_sizeinbase(x->r, 10), pq = p > q ? p : q;
    return pq > r ? pq : r;
}

static char *put_int(char *at, const mpz_t n)
{
    mpz_get_str(at, 10, n);
    return at + strlen(at);
}

char *ot__exact_text(const ot__exact *x)
{
    const bool rational = mpz_sgn(x->q) == 0, sum = !rational && mpz_sgn(x->p);
    const bool whole = mpz_cmp_ui(x->r, 1) == 0, unit = mpz_cmpabs_ui(x->q, 1) == 0;
    const bool minus = mpz_sgn(x->q) < 0;
    char *text = ot__new(3 * ot__exact_digits(x) + 64, 1), *at = text;
    if (!text) return NULL;
    if (sum && !whole) at = stpcpy(at, "(");
    if (sum || rational) at = put_int(at, x->p);
    if (sum) at = stpcpy(at, minus ? " - " : " + ");
    if (!sum && minus) at = stpcpy(at, "-");
    if (!rational) {
        mpz_t q;
        mpz_init(q);
        mpz_abs(q, x->q);
        if (!unit) at = stpcpy(put_int(at, q), "*");
        at += sprintf(at, "sqrt(%lu)", x->d);
        mpz_clear(q);
    }
    if (sum && !whole) at = stpcpy(at, ")");
    if (!whole) put_int(stpcpy(at, "/"), x->r);
    return text;
}
