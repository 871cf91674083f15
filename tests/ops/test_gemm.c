/* SPDX-License-Identifier: BSD-3-Clause
 * Matrix products are right, and read and write nothing past the end of their operands. */
#include <string.h>

#include "ops/cases.h"
#include "ops/fence.h"
#include "ops/kernels/gemm.h"

/* Matrices of more than two of BLIS's tiles, 16 or 6 numbers, in both directions. */
enum { MOST = 34, LONGEST = 144, FLOATS = MOST * LONGEST };
static const size_t lengths[] = { 1, 2, 3, 5, 8, 9, 16, 27, 63, LONGEST };
static const struct layout {
    bool a_transposed, b_transposed, add;
} layouts[] = { { false, false, false }, { true, false, false }, { false, true, false },
                { false, false, true },  { true, false, true },  { false, true, true } };
enum { LENGTHS = sizeof lengths / sizeof *lengths, LAYOUTS = sizeof layouts / sizeof *layouts };

/* Fills the n floats before `end` with small whole numbers, whose products and sums are exact. */
static float *filled(float *end, size_t n, size_t by)
{
    for (size_t i = 0; i < n; i++)
        end[(ptrdiff_t)i - (ptrdiff_t)n] = (float)((i * by) % 7) - 3;
    return end - n;
}

static float element(const ot__matrix *x, size_t i, size_t j)
{
    return x->at[i * x->row + j * x->column];
}

static ot__matrix matrix_of(const float *at, size_t rows, size_t columns, bool transposed)
{
    return transposed ? ot__transposed(at, rows) : ot__rows(at, columns);
}

static void check_product(size_t m, size_t n, size_t k, struct layout l, float *const end[3])
{
    const ot__matrix a = matrix_of(filled(end[0], m * k, 3), m, k, l.a_transposed);
    const ot__matrix b = matrix_of(filled(end[1], k * n, 5), k, n, l.b_transposed);
    float before[MOST * MOST];
    float *c = filled(end[2], m * n, 2);
    memcpy(before, c, m * n * sizeof *c);
    ot__gemm(m, n, k, a, b, l.add, c);
    for (size_t i = 0; i < m; i++)
        for (size_t j = 0; j < n; j++) {
            float sum = l.add ? before[i * n + j] : 0;
            for (size_t p = 0; p < k; p++)
                sum += element(&a, i, p) * element(&b, p, j);
            if (c[i * n + j] != sum)
                ck_abort_msg("element (%zu, %zu) of (%zu, %zu) times (%zu, %zu)%s%s%s: %g, not %g",
                             i, j, m, k, k, n, l.a_transposed ? ", A transposed" : "",
                             l.b_transposed ? ", B transposed" : "", l.add ? ", added" : "",
                             (double)c[i * n + j], (double)sum);
        }
}

START_TEST(products_are_right_and_stay_within_their_operands)
{
    float *const end[] = { fenced_new(FLOATS) + FLOATS, fenced_new(FLOATS) + FLOATS,
                           fenced_new(MOST * MOST) + MOST * MOST };
    const size_t k = lengths[_i % LENGTHS];
    const struct layout l = layouts[_i / LENGTHS];
    for (size_t m = 1; m <= MOST; m++)
        for (size_t n = 1; n <= MOST; n++)
            check_product(m, n, k, l, end);
    fenced_free(end[0] - FLOATS, FLOATS);
    fenced_free(end[1] - FLOATS, FLOATS);
    fenced_free(end[2] - MOST * MOST, MOST * MOST);
}
END_TEST

TCase *gemm_case(void)
{
    TCase *c = tcase_create("gemm");
    tcase_add_loop_test(c, products_are_right_and_stay_within_their_operands, 0, LENGTHS * LAYOUTS);
    return c;
}
