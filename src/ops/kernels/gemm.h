/* SPDX-License-Identifier: BSD-3-Clause
 * Matrix products by BLIS on the calling thread.  Callers share products among threads
 * themselves. */
#ifndef OT_OPS_KERNELS_GEMM_H
#define OT_OPS_KERNELS_GEMM_H

#include <stdbool.h>
#include <stddef.h>

/* A matrix whose element (i, j) is at[i*row + j*column]. */
typedef struct ot__matrix {
    const float *at;
    size_t row, column;
} ot__matrix;

/* A matrix stored row by row, `length` numbers in a row. */
static inline ot__matrix ot__rows(const float *at, size_t length)
{
    return (ot__matrix){ at, length, 1 };
}

/* The transpose of the matrix ot__rows(at, length). */
static inline ot__matrix ot__transposed(const float *at, size_t length)
{
    return (ot__matrix){ at, 1, length };
}

/* C <- A B, or C + A B if add:  A (m, k), B (k, n), C (m, n) stored row by row. */
void ot__gemm(size_t m, size_t n, size_t k, ot__matrix a, ot__matrix b, bool add, float *c);

#endif
