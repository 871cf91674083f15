/* SPDX-License-Identifier: BSD-3-Clause
 * Order conditions of coefficients that are learned, so of doubles: how far they are violated, and
 * the least change that fulfils them again.  What is proved of exact tableaux is not told here. */
#ifndef OT_SCHEMES_TABLEAU_RESIDUALS_H
#define OT_SCHEMES_TABLEAU_RESIDUALS_H

#include <stdbool.h>

/* Coefficients of a tableau: a_ij at a[i*(i-1)/2 + j], b_i at b[i]. */
typedef struct ot__coefs {
    int stages;
    double *a, *b;
} ot__coefs;

/* residual[q-1]: the largest |sum b_i Phi_i(tree) - 1/gamma(tree)| over the trees of order q, for
 * q = 1 .. orders <= OT_RESIDUAL_ORDERS. */
void ot__order_residuals(const ot__coefs *z, int orders, double residual[]);

/* Change the coefficients that may be changed, as little as possible in the sum of squares, so that
 * sum b = 1 and, for order 2, sum b c = 1/2.  Those that cannot be fulfilled stay as they are. */
void ot__order_project(const ot__coefs *z, int order, const bool a_free[], const bool b_free[]);

#endif
