/* SPDX-License-Identifier: BSD-3-Clause
 * How much of the difference in an order condition the rounding of the coefficients explains: the
 * sum of |d condition / d coefficient| times the units of the coefficients (ot__rounding). */
#ifndef OT_SCHEMES_TABLEAU_ROUNDING_H
#define OT_SCHEMES_TABLEAU_ROUNDING_H

#include "schemes/tableau/elementary.h"

/* The units of a_ij or of a row of weights, and the same if short decimals are rounded too. */
typedef struct ot__units {
    double unit, coarse;
} ot__units;

/* Zero it before use. */
typedef struct ot__explainer {
    const ot_tableau *t;
    int rows;
    ot__elementary doubles;
    double *weight;         /* of each row of weights, as doubles */
    double *units, *coarse; /* of a_ij, stages x stages */
    double *gradient;       /* stages x stages, and one more row for b */
    double *size, *moved;   /* of each tree: the largest |phi_k|, and a bound on how far rounding,
                               also of short decimals, moves phi_k */
} ot__explainer;

/* Prepares for the conditions of the first n trees, of the first rows of weights.  OT_ENOMEM; e
 * must be freed also after an error. */
ot_status ot__explainer_prepare(ot__explainer *e, const ot_tableau *t, int rows,
                                const ot__tree *tree, int n);
void ot__explainer_free(ot__explainer *e);

/* What rounding explains in the condition of a row and a tree. */
ot__units ot__explain(const ot__explainer *e, int row, int tree);
/* A number that is not less than either, and takes a fraction of the time. */
double ot__explain_most(const ot__explainer *e, int row, int tree);

#endif
