/* SPDX-License-Identifier: BSD-3-Clause
 * The one place that calls BLIS.  Its expert interface takes the number of threads as an argument,
 * so that it can be called inside parallel regions whatever BLIS was built for. */
#include "ops/kernels/gemm.h"

#include <blis.h>

#include "base/machine.h"

/* BLIS 0.9's kernels for small products on x86 (haswell, zen to zen3), which do not pack their
 * operands, read behind a row of C where two columns or three are left over of 16, and the row of A
 * behind the last where B is transposed (github.com/flame/blis, issues 635 and 821): at the end of
 * mapped memory that is a crash.  Whole tiles of 16 columns and a B in rows they take well.  Those
 * that pack take 17 MB a thread, and BLIS aborts when they are not to be had. */
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

/* C (n) <- or + a row of A times B. */
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

/* Behind every row but the last there is another; a single column BLIS takes for a row. */
void ot__gemm(size_t m, size_t n, size_t k, ot__matrix a, ot__matrix b, bool add, float *c)
{
    const size_t rows = !reads_past_the_end(n, &b) ? m : n > 1 && m > 0 ? m - 1 : 0;
    if (rows > 0) by_blis(rows, n, k, a, b, add, c);
    for (size_t i = rows; i < m; i++)
        row_product(n, k, a.at + i * a.row, a.column, b, add, c + i * n);
}
