/* SPDX-License-Identifier: BSD-3-Clause
 * A tableau in integers.  With a common denominator taken out of all of a, and another one out of
 * each row of weights, what the analysis adds and multiplies are integers of Z[sqrt d], without a
 * greatest common divisor on the way: forty times faster than fractions. */
#ifndef OT_SCHEMES_TABLEAU_SURDS_H
#define OT_SCHEMES_TABLEAU_SURDS_H

#include "schemes/tableau/tableau.h"

/* p + q*sqrt(d), with one d for everything that meets. */
typedef struct ot__surd {
    mpz_t p, q;
} ot__surd;

ot__surd *ot__surds_new(size_t n); /* zeros; NULL when out of memory */
void ot__surds_free(ot__surd *x, size_t n);

/* a_ij = a[i*(i-1)/2 + j] / scale. */
typedef struct ot__scaled {
    int stages;
    unsigned long d;
    mpz_t scale;
    ot__surd *a;
} ot__scaled;

/* OT_EINVAL as below, OT_ENOMEM; to be freed in any case. */
ot_status ot__scaled_make(const ot_tableau *t, ot__scaled *s);
void ot__scaled_free(ot__scaled *s);

/* OT_EINVAL when n numbers of scale^power would take more than 256 MiB. */
ot_status ot__scaled_fits(const ot__scaled *s, const ot_tableau *t, size_t n, int power);

/* z += x*y, z = x*y. */
void ot__surd_add_product(ot__surd *z, const ot__surd *x, const ot__surd *y, unsigned long d);
void ot__surd_product(ot__surd *z, const ot__surd *x, const ot__surd *y, unsigned long d);
/* out_i = sum_j a_ij x_j, times scale; out is not x. */
void ot__scaled_apply(const ot__scaled *s, const ot__surd *x, ot__surd *out);

/* Weights times their own scale. */
typedef struct ot__weights {
    mpz_t scale;
    ot__surd *b;
    int n;
} ot__weights;
/* OT_ENOMEM; to be freed in any case. */
ot_status ot__weights_make(const ot__row *row, ot__weights *w);
void ot__weights_free(ot__weights *w);
void ot__weights_dot(const ot__weights *w, const ot__surd *x, unsigned long d, ot__surd *out);

#endif
