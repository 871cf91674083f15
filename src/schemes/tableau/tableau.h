/* SPDX-License-Identifier: BSD-3-Clause
 * Butcher tableaux with exact coefficients.  odetape-tableau(5) describes their text format. */
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

/* How far a coefficient may be from the number that it stands for. */
typedef struct ot__rounding {
    double unit;   /* 0: it is exact */
    double coarse; /* the same if decimals of three to five digits may be rounded too */
    int digits;    /* of its shortest decimal that counts in `unit`; 0: it has none */
    char *text;    /* the coefficient as it was read */
    bool verbatim; /* a copy needs this text, to have the same rounding; otherwise the value is
                      enough */
} ot__rounding;

typedef struct ot__row {
    int n;
    ot__exact *x;
    ot__rounding *rounding; /* of each entry */
} ot__row;

/* The weights of another method that has the same stages. */
typedef struct ot__embedded {
    char name[OT__NAME_MOST + 1];
    int order; /* claimed */
    ot__row b;
} ot__embedded;

/* All coefficients lie in one field Q(sqrt d). */
struct ot_tableau {
    char name[OT__NAME_MOST + 1];
    char *title, *reference; /* NULL: not given */
    int order;               /* claimed */
    int stages;
    ot__row a[OT__STAGES_MOST]; /* a[i].x[j] is a_ij, j < i < stages, counted from 0 */
    ot__row b;                  /* b.n = stages */
    int n_embedded;
    ot__embedded *embedded;
    double tolerance; /* largest difference in an order condition that counts as rounding; 0 for a
                         tableau from a text */
};

/* As ot_tableau_parse, for a text of `size` bytes.  OT_EFORMAT if it contains a zero byte. */
ot_status ot__tableau_parse(const char *text, size_t size, const char *origin, ot_tableau **out);

/* The weights of a row: row 0 is b, row e + 1 is embedded method e. */
const ot__row *ot__tableau_weights(const ot_tableau *t, int row);
int ot__tableau_claim(const ot_tableau *t, int row); /* the claimed order of a row */
/* Sets live[i] for each stage i that the weights depend on and returns their number. */
int ot__tableau_live(const ot_tableau *t, const ot__row *weights, bool live[]);

/* How far a quotient may be from what it stands for; 0: it is exact. */
double ot__fraction_unit(const ot__exact *x);

/* As ot_tableau_order, but no order is examined after the first one whose conditions fail beyond
 * doubt. */
ot_status ot__tableau_order_quick(const ot_tableau *t, int n, ot_order_report report[]);

/* Sets c, which must be initialised, to c_i = sum_j a_ij. */
void ot__tableau_c(const ot_tableau *t, int i, ot__exact *c);

/* Writes the tableau in the text format, into new memory.  Parsing the text gives the same tableau,
 * and equal tableaux with the same roundings have the same text, up to blanks within an entry.
 * OT_ENOMEM. */
ot_status ot__tableau_text(const ot_tableau *t, char **out);

#endif
