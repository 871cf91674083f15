/* SPDX-License-Identifier: BSD-3-Clause
 * The matrix products of a group of tiles, one for each place xi of a patch. */
#ifndef OT_OPS_KERNELS_WINOGRAD_PRODUCTS_H
#define OT_OPS_KERNELS_WINOGRAD_PRODUCTS_H

#include "ops/kernels/winograd/transform.h"

/* C[xi] <- A[xi] B[xi], or C[xi] + A[xi] B[xi] if add:  A (m, k), B (k, n), C (m, n).  m is a
 * multiple of OT__ROW_STEP, n is a multiple of OT__LANES. */
typedef struct ot__products {
    int m, n, k;
    const float *a;
    size_t a_row, a_column, a_place; /* floats from one row, column or place to the next */
    const float *b;
    size_t b_place;
    bool add;
    float *c;
    size_t c_place;
} ot__products;

/* Numbers to prefetch during the products: elements at .. end-1 of x, also of the second tensor if
 * the view of x has two. */
typedef struct ot__prefetch {
    ot__source x;
    size_t at, end;
} ot__prefetch;

/* The rows of x that the tiles lie in. */
ot__prefetch OT__FOR_ISA(winograd_prefetch_of)(ot__tiles t, ot__source x);

/* Computes the products on the calling thread. */
void OT__FOR_ISA(winograd_products)(const ot__products *q, ot__prefetch next);

#endif
