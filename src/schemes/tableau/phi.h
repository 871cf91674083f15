/* SPDX-License-Identifier: BSD-3-Clause
 * The exact left-hand sides of order conditions, sum_i b_i phi_i(tree).  elementary.h has them in
 * double. */
#ifndef OT_SCHEMES_TABLEAU_PHI_H
#define OT_SCHEMES_TABLEAU_PHI_H

#include "schemes/tableau/surds.h"
#include "schemes/tableau/trees.h"

typedef struct ot__phi {
    const ot_tableau *t;
    ot__trees trees;
    ot__scaled scaled;
    ot__surd **a_phi; /* of the first n trees: A phi */
    size_t capacity;
    int n;
    int n_rows;
    ot__scaled_row *b, *b_a; /* of each row of weights: b and b A */
    ot__surd *vector, *left, *spare;
    int left_tree; /* the tree whose phi is in `left`; -1: none */
} ot__phi;

/* For the first n_rows rows of weights.  OT_EINVAL as ot__scaled_fits, OT_ENOMEM; p must be freed
 * also after an error. */
ot_status ot__phi_make(const ot_tableau *t, int n_rows, ot__phi *p);
void ot__phi_free(ot__phi *p);

/* Computes what the trees of this number of nodes need.  Call it for 1, 2, ... in this order.
 * Errors as above. */
ot_status ot__phi_prepare(ot__phi *p, int nodes);

/* Computes the vector of tree i, of the number of nodes that was prepared last. */
void ot__phi_select(ot__phi *p, int i);
/* Sets difference to sum_k b_k phi_k - 1/gamma of the selected tree i, for a row of weights.  It is
 * not in reduced form: to reduce it takes longer than to compute it. */
void ot__phi_difference(const ot__phi *p, int row, int i, ot__exact *difference);

#endif
