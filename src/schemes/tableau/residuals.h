/* SPDX-License-Identifier: BSD-3-Clause
 * Order conditions of learned coefficients, which are doubles: how far they are violated, and the
 * smallest change of the coefficients that satisfies them.  order.c has those of exact tableaux. */
#ifndef OT_SCHEMES_TABLEAU_RESIDUALS_H
#define OT_SCHEMES_TABLEAU_RESIDUALS_H

#include <stdbool.h>

/* Coefficients of a tableau: a_ij is a[i*(i-1)/2 + j], b_i is b[i]. */
typedef struct ot__coefs {
    int stages;
    double *a, *b;
} ot__coefs;

/* Sets residual[q-1], for q = 1 .. orders, to the largest |sum b_i Phi_i(tree) - 1/gamma(tree)|
 * over the trees of q nodes.  orders is at most OT_RESIDUAL_ORDERS. */
void ot__order_residuals(const ot__coefs *z, int orders, double residual[]);

/* Changes the free coefficients so that sum b = 1 and, for order 2, sum b c = 1/2.  The sum of the
 * squares of the changes is as small as possible.  If the free coefficients cannot satisfy the
 * conditions, nothing is changed. */
void ot__order_project(const ot__coefs *z, int order, const bool a_free[], const bool b_free[]);

#endif
