/* SPDX-License-Identifier: BSD-3-Clause
 * Matrix products by BLIS, which is called only here.  Its expert interface takes the number of
 * threads as an argument, so it can be called inside parallel regions, whatever threading BLIS was
 * built with. */
#include "ops/kernels/gemm.h"

#include <blis.h>

#include "base/machine.h"

/* Whether BLIS might read past the end of an operand, which crashes at the end of mapped memory.
 * BLIS 0.9 has kernels for small products on x86 (haswell, zen to zen3) that do not pack their
 * operands.  They read past the end of a row of C if n is 2 or 3 more than a multiple of 16, and
 * past the last row of A if B is transposed (github.com/flame/blis, issues 635 and 821).  They are
 * safe if n is a multiple of 16 and B is stored row by row.  The kernels that pack would be safe
 * too, but they take 17 MB per thread, and BLIS aborts if it cannot allocate them. */
static bool reads_past_the_end(size_t n, const ot__matrix *b)
{
    return n % 16 != 0 || b->column != 1;
}

static void by_blis(size_t m, size_t n, size_t k, ot__matrix a, ot__matrix b, bool add, float *c)
{
    ot__blis_start();
    rntm_t one_thread = BLIS_RNTM_INITIALIZER;
    bli_rntm_set_num_threads(1, &one_thread);
    float one = 1, beta = add ? 1 : 0;
    bli_sgemm_ex(BLIS_NO_TRANSPOSE, BLIS_NO_TRANSPOSE, (dim_t)m, (dim_t)n, (dim_t)k, &one,
                 (float *)a.at, (inc_t)a.row, (inc_t)a.column, (float *)b.at, (inc_t)b.row,
                 (inc_t)b.column, &beta, c, (inc_t)n, 1, NULL, &one_thread);
}

/* One row of C, from one row a of A; `step` floats lie between elements of a. */
static void row_product(size_t n, size_t k, const float *a, size_t step, ot__matrix b, bool add,
                        float *c)
{
    for (size_t j = 0; j < n; j++) {
        float sum = add ? c[j] : 0;
        for (size_t p = 0; p < k; p++)
            sum += a[p * step] * b.at[p * b.row + j * b.column];
        c[j] = sum;
    }
}

/* If BLIS might read past the end, it computes all rows except the last: the memory after them is
 * the next row.  A single column is not given to it, because BLIS treats that as a row. */
void ot__gemm(size_t m, size_t n, size_t k, ot__matrix a, ot__matrix b, bool add, float *c)
{
    const size_t rows = !reads_past_the_end(n, &b) ? m : n > 1 && m > 0 ? m - 1 : 0;
    if (rows > 0) by_blis(rows, n, k, a, b, add, c);
    for (size_t i = rows; i < m; i++)
        row_product(n, k, a.at + i * a.row, a.column, b, add, c + i * n);
}
