/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef OT_SCHEMES_TABLEAU_ROOTS_H
#define OT_SCHEMES_TABLEAU_ROOTS_H

#include <math.h>

/* Where e[0] + e[1] x + ... + e[n] x^n becomes positive for the first time on x > 0: 0 when it does
 * so at once, INFINITY when never.  To 8 digits; excursions above 0 that are narrower than 1e-4 of
 * x are passed over, as they cannot be told from a polynomial that only touches 0. */
double ot__first_positive(int n, const double e[]);

#endif
