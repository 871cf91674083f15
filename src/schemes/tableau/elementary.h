/* SPDX-License-Identifier: BSD-3-Clause
 * Elementary weights of rooted trees in double, and their derivatives by the coefficients.  They
 * say how far a rounded coefficient moves an order condition, and which coefficient could mend
 * one. */
#ifndef OT_SCHEMES_TABLEAU_ELEMENTARY_H
#define OT_SCHEMES_TABLEAU_ELEMENTARY_H

#include "schemes/tableau/tableau.h"
#include "schemes/tableau/trees.h"

typedef struct ot__elementary {
    const ot__tree *tree;
    int n, stages;
    double *a;           /* stages x stages */
    double *phi, *a_phi; /* of each tree, one number per stage: phi and A phi */
} ot__elementary;

/* Computes the vectors of the first n trees.  OT_ENOMEM; e must be freed also after an error. */
ot_status ot__elementary_make(const ot_tableau *t, const ot__tree *tree, int n, ot__elementary *e);
void ot__elementary_free(ot__elementary *e);
/* Computes them again after a change of e->a. */
void ot__elementary_evaluate(ot__elementary *e);

/* sum_k b_k phi_k of tree i. */
double ot__elementary_weight(const ot__elementary *e, const double b[], int i);
/* Its derivatives: ga, stages x stages, and gb. */
void ot__elementary_gradient(const ot__elementary *e, const double b[], int i, double ga[],
                             double gb[]);

#endif
