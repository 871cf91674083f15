/* SPDX-License-Identifier: BSD-3-Clause
 * The one place that calls BLIS.  Its expert interface takes the number of threads as an argument,
 * so that it can be called inside parallel regions whatever BLIS was built for. */
#include "ops/kernels/gemm.h"

#include <blis.h>

#include "base/machine.h"

/* BLIS 0.9's kernels for small products on x86 (haswell, zen to zen3), which do not pack their
 * operands, read behind C where two columns or three are left over of 16, and behind A where B is
 * transposed (github.com/flame/blis, issues 635 and 821): at the end of mapped memory that is a
 * crash.  Whole tiles of 16 columns and a B in rows they take well, and a fifth faster. */
static bool small_kernels_are_safe(size_t n, const ot__matrix *b)
{
    return n % 16 == 0 && b->column == 1;
}

void ot__gemm(size_t m, size_t n, size_t k, ot__matrix a, ot__matrix b, bool add, float *c)
{
    ot__blis_start();
    rntm_t one_thread = BLIS_RNTM_INITIALIZER;
    bli_rntm_set_num_threads(1, &one_thread);
    if (!small_kernels_are_safe(n, &b)) bli_rntm_disable_l3_sup(&one_thread);
    float one = 1, beta = add ? 1 : 0;
    bli_sgemm_ex(BLIS_NO_TRANSPOSE, BLIS_NO_TRANSPOSE, (dim_t)m, (dim_t)n, (dim_t)k, &one,
                 (float *)a.at, (inc_t)a.row, (inc_t)a.column, (float *)b.at, (inc_t)b.row,
                 (inc_t)b.column, &beta, c, (inc_t)n, 1, NULL, &one_thread);
}
