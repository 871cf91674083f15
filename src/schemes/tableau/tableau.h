/* SPDX-License-Identifier: BSD-3-Clause
 * Butcher tableaux, exact.  The text format is in odetape-tableau(5). */
#ifndef OT_SCHEMES_TABLEAU_TABLEAU_H
#define OT_SCHEMES_TABLEAU_TABLEAU_H

#include "schemes/tableau/exact.h"

#include "base/status.h"

enum {
    OT__STAGES_MOST = OT_STAGES_MOST,
    OT__EMBEDDED_MOST = 1024,
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
struct ot_tableau {
    char name[OT__NAME_MOST + 1];
    char *title, *reference; /* NULL: not given */
    int order;               /* claimed */
    int stages;
    ot__row a[OT__STAGES_MOST];
    ot__row b;
    int n_embedded;
    ot__embedded *embedded;
    double tolerance; /* 0: as exact as its text; else what rounded coefficients are allowed */
};

/* As ot_tableau_parse; the text may contain zero bytes, which are refused. */
ot_status ot__tableau_parse(const char *text, size_t size, const char *origin, ot_tableau **out);

/* Row 0 is b, the others are the embedded ones. */
const ot__row *ot__tableau_weights(const ot_tableau *t, int row);
int ot__tableau_claim(const ot_tableau *t, int row);
/* Which stages these weights depend on; returns how many. */
int ot__tableau_live(const ot_tableau *t, const ot__row *weights, bool live[]);

/* c_i = sum_j a_ij; c must be initialised. */
void ot__tableau_c(const ot_tableau *t, int i, ot__exact *c);

/* The one text of this tableau, in new memory: parsing it gives the same tableau. */
ot_status ot__tableau_text(const ot_tableau *t, char **out);

#endif
