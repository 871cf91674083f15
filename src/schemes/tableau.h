/* SPDX-License-Identifier: BSD-3-Clause
 * Butcher tableaux, exact.  The text format is in odetape-tableau(5). */
#ifndef OT_SCHEMES_TABLEAU_H
#define OT_SCHEMES_TABLEAU_H

#include "schemes/exact.h"

#include "base/status.h"

enum {
    OT__STAGES_MOST = 64,
    OT__EMBEDDED_MOST = 16,
    OT__NAME_MOST = 31,
    OT__ORDER_MOST = 64,
    OT__TEXT_MOST = 1 << 20, /* bytes */
};

typedef struct ot__row {
    int n;
    ot__exact *x;
} ot__row;

/* Weights of another method with the same stages. */
typedef struct ot__embedded {
    char name[OT__NAME_MOST + 1];
    int order; /* claimed */
    ot__row b;
} ot__embedded;

/* a[i].x[j] is a_ij, from 0, for j < i < stages; a[i].n = i and b.n = stages.  All coefficients
 * lie in one field Q(sqrt d). */
typedef struct ot__tableau {
    char name[OT__NAME_MOST + 1];
    char *title, *reference; /* NULL: not given */
    int order;               /* claimed */
    int stages;
    ot__row a[OT__STAGES_MOST];
    ot__row b;
    int n_embedded;
    ot__embedded embedded[OT__EMBEDDED_MOST];
} ot__tableau;

/* OT_EFORMAT with origin, line and column; OT_ENOMEM. */
ot_status ot__tableau_parse(const char *text, size_t size, const char *origin, ot__tableau **out);
void ot__tableau_free(ot__tableau *t);

/* c_i = sum_j a_ij; c must be initialised. */
void ot__tableau_c(const ot__tableau *t, int i, ot__exact *c);

/* The one text of this tableau, in new memory: parsing it gives the same tableau. */
ot_status ot__tableau_text(const ot__tableau *t, char **out);

#endif
