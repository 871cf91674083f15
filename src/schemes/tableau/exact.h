/* SPDX-License-Identifier: BSD-3-Clause
 * Exact numbers (p + q*sqrt(d))/r, where p, q and r are integers and d is a square-free integer. */
#ifndef OT_SCHEMES_TABLEAU_EXACT_H
#define OT_SCHEMES_TABLEAU_EXACT_H

#include <gmp.h>
#include <stdbool.h>
#include <stddef.h>

/* Always in reduced form: r > 0, gcd(p, q, r) = 1, and d = 1 if and only if q = 0.  So two numbers
 * are equal if and only if p, q, r and d are. */
typedef struct ot__exact {
    mpz_t p, q, r;
    unsigned long d;
} ot__exact;

void ot__exact_init(ot__exact *x); /* sets x to 0 */
void ot__exact_clear(ot__exact *x);
void ot__exact_set_int(ot__exact *x, long n);
void ot__exact_set(ot__exact *x, const ot__exact *y);
void ot__exact_set_double(ot__exact *x, double y); /* y must be finite */
/* Brings x into reduced form after p, q, r and d were set directly.  r must not be 0, and d must be
 * square-free. */
void ot__exact_reduce(ot__exact *x);

/* z = x op y.  z may be x or y.  If both x and y are irrational, they must have the same d. */
void ot__exact_add(ot__exact *z, const ot__exact *x, const ot__exact *y);
void ot__exact_sub(ot__exact *z, const ot__exact *x, const ot__exact *y);
void ot__exact_mul(ot__exact *z, const ot__exact *x, const ot__exact *y);
void ot__exact_div(ot__exact *z, const ot__exact *x, const ot__exact *y); /* y != 0 */

/* z = sqrt(x) for a rational x >= 0: sqrt(9/4) = 3/2, sqrt(8) = 2*sqrt(2).  Returns false and
 * leaves z unchanged if x = n/m is not a square and n*m exceeds OT__SQRT_MOST, because to find its
 * square-free part would take too long. */
#define OT__SQRT_MOST 1000000ul
bool ot__exact_sqrt(ot__exact *z, const ot__exact *x);

int ot__exact_sign(const ot__exact *x);                        /* -1, 0, 1 */
int ot__exact_compare(const ot__exact *x, const ot__exact *y); /* sign of x - y */

/* The nearest double; of two equally near ones the even one.  x need not be in reduced form. */
double ot__exact_double(const ot__exact *x);

/* The number of decimal digits of the longest of p, q and r, or one more. */
size_t ot__exact_digits(const ot__exact *x);

/* Numbers of more digits than this are shown as decimals, "~0.33333333333333331". */
enum { OT__DIGITS_SHOWN = 40 };

/* The number as an expression, such as "-1/6" or "(2 - sqrt(2))/6", in new memory.  NULL when out
 * of memory. */
char *ot__exact_text(const ot__exact *x);

#endif
