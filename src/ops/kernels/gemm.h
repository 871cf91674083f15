/* SPDX-License-Identifier: BSD-3-Clause
 * Matrix products by BLIS on the calling thread: parallel loops are ours. */
#ifndef OT_OPS_KERNELS_GEMM_H
#define OT_OPS_KERNELS_GEMM_H

#include <stdbool.h>
#include <stddef.h>

/* Element (i, j) is at[i*row + j*column]. */
typedef struct ot__matrix {
    const float *at;
    size_t row, column;
} ot__matrix;

static inline ot__matrix ot__rows(const float *at, size_t length)
{
    return (ot__matrix){ at, length, 1 };
}

/* The transpose of a matrix with such rows. */
static inline ot__matrix ot__transposed(const float *at, size_t length)
{
    return (ot__matrix){ at, 1, length };
}

/* C <- A B, or with add C + A B:  A (m, k), B (k, n), C (m, n) with rows of n. */
void ot__gemm(size_t m, size_t n, size_t k, ot__matrix a, ot__matrix b, bool add, float *c);

#endif
