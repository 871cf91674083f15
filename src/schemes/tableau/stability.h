/* SPDX-License-Identifier: BSD-3-Clause
 * Stability polynomials of steps and stages. */
#ifndef OT_SCHEMES_TABLEAU_STABILITY_H
#define OT_SCHEMES_TABLEAU_STABILITY_H

#include "schemes/tableau/surds.h"

/* The vectors A^k 1 of a tableau, each times scale^k: vector[k*stages + i]. */
typedef struct ot__powers {
    const ot_tableau *t;
    ot__scaled scaled;
    ot__surd *vector;
} ot__powers;

ot_status ot__powers_make(const ot_tableau *t, ot__powers *p); /* OT_EINVAL, OT_ENOMEM */
void ot__powers_free(ot__powers *p);

/* R(z) = sum_k r[k]/(scale^k unit) z^k of a row of weights or of the input of stage i. */
typedef struct ot__polynomial {
    const ot__powers *powers;
    int degree;
    mpz_t unit;
    ot__surd *r; /* stages + 1 of them */
} ot__polynomial;

ot_status ot__polynomial_of_row(const ot__powers *p, int row, ot__polynomial *out); /* OT_ENOMEM */
ot_status ot__polynomial_of_stage(const ot__powers *p, int i, ot__polynomial *out); /* OT_ENOMEM */
void ot__polynomial_free(ot__polynomial *p);

/* Coefficient k; x must be initialised. */
void ot__polynomial_coefficient(const ot__polynomial *p, int k, ot__exact *x);
/* As ot_stability has them.  OT_ENOMEM. */
ot_status ot__polynomial_axes(const ot__polynomial *p, double *real, double *imaginary);

#endif
