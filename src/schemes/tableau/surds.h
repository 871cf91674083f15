/* SPDX-License-Identifier: BSD-3-Clause
 * A tableau in integers.  All a_ij are multiplied by one common denominator, and each row of
 * weights by another.  So the analysis adds and multiplies integers of Z[sqrt d].  Fractions would
 * have to be reduced by their greatest common divisor after each operation, which takes forty times
 * as long. */
#ifndef OT_SCHEMES_TABLEAU_SURDS_H
#define OT_SCHEMES_TABLEAU_SURDS_H

#include "schemes/tableau/tableau.h"

/* p + q*sqrt(d).  Operands of one operation have the same d, which is stored once for all. */
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

/* OT_EINVAL as ot__scaled_fits, OT_ENOMEM.  s must be freed also after an error. */
ot_status ot__scaled_make(const ot_tableau *t, ot__scaled *s);
void ot__scaled_free(ot__scaled *s);

/* OT_EINVAL if n numbers as long as scale^power take more than 384 MiB. */
ot_status ot__scaled_fits(const ot__scaled *s, const ot_tableau *t, size_t n, int power);

/* z += x*y */
void ot__surd_add_product(ot__surd *z, const ot__surd *x, const ot__surd *y, unsigned long d);
/* z = x*y */
void ot__surd_product(ot__surd *z, const ot__surd *x, const ot__surd *y, unsigned long d);
/* out_i = scale sum_j a_ij x_j.  out must not be x. */
void ot__scaled_apply(const ot__scaled *s, const ot__surd *x, ot__surd *out);

/* A row of weights: b_i = b[i] / scale. */
typedef struct ot__scaled_row {
    mpz_t scale;
    ot__surd *b;
    int n;
} ot__scaled_row;
/* OT_ENOMEM.  w must be freed also after an error. */
ot_status ot__scaled_row_make(const ot__row *row, ot__scaled_row *w);
void ot__scaled_row_free(ot__scaled_row *w);
/* out = scale sum_i b_i x_i */
void ot__scaled_row_dot(const ot__scaled_row *w, const ot__surd *x, unsigned long d, ot__surd *out);

#endif
