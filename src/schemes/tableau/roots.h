/* SPDX-License-Identifier: BSD-3-Clause
 * The first positive root of a polynomial. */
#ifndef OT_SCHEMES_TABLEAU_ROOTS_H
#define OT_SCHEMES_TABLEAU_ROOTS_H

#include <math.h>

/* The first x > 0 where e[0] + e[1] x + ... + e[n] x^n becomes positive, to 8 digits.  0 if it is
 * positive immediately, INFINITY if it never is.  An interval narrower than 1e-4 x where it is
 * positive is ignored, because rounding can produce it where the polynomial only touches 0. */
double ot__first_positive(int n, const double e[]);

#endif
