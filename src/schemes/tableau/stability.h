/* SPDX-License-Identifier: BSD-3-Clause
 * Stability polynomials of steps and of the inputs of stages. */
#ifndef OT_SCHEMES_TABLEAU_STABILITY_H
#define OT_SCHEMES_TABLEAU_STABILITY_H

#include "schemes/tableau/elementary.h"
#include "schemes/tableau/surds.h"

/* The vectors A^k 1 of a tableau, k = 0 .. stages-1. */
typedef struct ot__powers {
    const ot_tableau *t;
    ot__scaled scaled;
    ot__surd *vector;    /* entry i of A^k 1, times scale^k, is vector[k*stages + i] */
    bool rounded;        /* some coefficients may be rounded */
    ot__elementary tall; /* of the trees without branches, if rounded: A^k 1 is the vector of the
                            k-th */
    ot__tree chain[OT__STAGES_MOST];
} ot__powers;

ot_status ot__powers_make(const ot_tableau *t, ot__powers *p); /* OT_EINVAL, OT_ENOMEM */
void ot__powers_free(ot__powers *p);

/* R(z) = sum_k r[k]/(scale^k unit) z^k, for a row of weights or for the input of a stage. */
typedef struct ot__polynomial {
    const ot__powers *powers;
    int degree;
    mpz_t unit; /* common denominator of the weights */
    const ot__row *weights;
    ot__surd *r; /* has stages + 1 entries */
} ot__polynomial;

ot_status ot__polynomial_of_row(const ot__powers *p, int row, ot__polynomial *out); /* OT_ENOMEM */
ot_status ot__polynomial_of_stage(const ot__powers *p, int i, ot__polynomial *out); /* OT_ENOMEM */
void ot__polynomial_free(ot__polynomial *p);

/* Sets x, which must be initialised, to the coefficient of z^k. */
void ot__polynomial_coefficient(const ot__polynomial *p, int k, ot__exact *x);
/* Computes the stability intervals on both axes, as in ot_stability.  OT_ENOMEM. */
ot_status ot__polynomial_axes(const ot__polynomial *p, double *real, double *imaginary);

#endif
