/* SPDX-License-Identifier: BSD-3-Clause
 * Exact numbers: (p + q*sqrt(d))/r with integers p, q, r and one square-free d. */
#ifndef OT_SCHEMES_TABLEAU_EXACT_H
#define OT_SCHEMES_TABLEAU_EXACT_H

#include <gmp.h>
#include <stdbool.h>
#include <stddef.h>

/* In its one form: r > 0, gcd(p, q, r) = 1, and d = 1 exactly when q = 0.  So two numbers are equal
 * when their parts are. */
typedef struct ot__exact {
    mpz_t p, q, r;
    unsigned long d;
} ot__exact;

void ot__exact_init(ot__exact *x); /* 0 */
void ot__exact_clear(ot__exact *x);
void ot__exact_set_int(ot__exact *x, long n);
void ot__exact_set(ot__exact *x, const ot__exact *y);
void ot__exact_set_double(ot__exact *x, double y); /* finite */
/* p, q, r and d were set one by one, r not to 0, d square-free: bring them into the one form. */
void ot__exact_reduce(ot__exact *x);

/* z = x op y; z may be x or y.  When neither x nor y is rational, they must have the same d. */
void ot__exact_add(ot__exact *z, const ot__exact *x, const ot__exact *y);
void ot__exact_sub(ot__exact *z, const ot__exact *x, const ot__exact *y);
void ot__exact_mul(ot__exact *z, const ot__exact *x, const ot__exact *y);
void ot__exact_div(ot__exact *z, const ot__exact *x, const ot__exact *y); /* y != 0 */

/* z = sqrt(x) of a rational x >= 0: sqrt(9/4) = 3/2, sqrt(8) = 2*sqrt(2).  false, with z as it was,
 * when x = n/m is no square and n*m is above OT__SQRT_MOST: its square-free part is not sought. */
#define OT__SQRT_MOST 1000000ul
bool ot__exact_sqrt(ot__exact *z, const ot__exact *x);

int ot__exact_sign(const ot__exact *x);                        /* -1, 0, 1 */
int ot__exact_compare(const ot__exact *x, const ot__exact *y); /* sign of x - y */

/* The nearest double, of two equally near ones the even one. */
double ot__exact_double(const ot__exact *x);

/* Decimal digits of the longest of p, q and r; may be one too many. */
size_t ot__exact_digits(const ot__exact *x);

/* "-1/6", "(2 - sqrt(2))/6": an expression in new memory; NULL when there is none. */
char *ot__exact_text(const ot__exact *x);

#endif
