/* SPDX-License-Identifier: BSD-3-Clause
 * Small matrix products: a group of tiles times the weights of one place.  They have at most a few
 * hundred rows and columns.  The operands are in the second-level cache and some columns of B in
 * the first.  Nothing is packed: a block of C stays in registers while elements of A are broadcast
 * and rows of B are loaded.
 *
 * BLIS 0.9 could compute them, but no faster.  GFLOP/s of one core of an EPYC Zen 4, for 36
 * products of a size:
 *
 *                                                  24x64x64   96x16x16
 *   this file, AVX-512                                  116        109
 *   this file, AVX2                                     113        110
 *   BLIS, kernel for operands that are not packed       110        101
 *   BLIS, haswell micro-kernel on packed panels         110         97
 *   BLIS, gemm                                           71         37
 *
 * Packed panels would also need a transposition by the transforms.
 *
 * Prefetching the pixels of the next group during the products saves up to 10 % at 16 channels and
 * 2 % at 64. */
#include "ops/kernels/winograd/products.h"

#include "ops/kernels/vector.h"

/* The layout of a product.  If these are constants, the compiler puts addresses into instructions,
 * which saves 3 to 5 % of a training step at 16 to 32 channels and 1 % at 64 (Zen 5). */
typedef struct strides {
    size_t n;           /* floats from one row of B to the next, and of C */
    size_t row, column; /* floats from one row, or column, of A to the next */
    int k;              /* terms of each sum */
} strides;

#if OT__WIDTH == 4
enum { FOUR = 4 };

/* A block of four rows and four vectors.  Arm multiplies a vector by any element of another one, so
 * four elements of A are loaded at a time: of a column of A if by_columns, else of a row.  This
 * saves a quarter of the instructions of block(4, 4). */
OT__INLINE void four_by_four(const bool by_columns, const strides s, const bool add, const float *a,
                             const float *b, float *c)
{
    ot__vec sum[FOUR * FOUR] = { { 0 } };
    int p = 0;
    for (; p + FOUR <= s.k; p += FOUR, a += FOUR * s.column) {
        ot__vec left[FOUR];
        OT__UNROLL
        for (int i = 0; i < FOUR; i++)
            left[i] = ot__load(a + (size_t)i * (by_columns ? s.column : s.row));
        OT__UNROLL
        for (int t = 0; t < FOUR; t++, b += s.n) {
            OT__UNROLL
            for (int j = 0; j < FOUR; j++) {
                const ot__vec right = ot__load(b + j * OT__WIDTH);
                OT__UNROLL
                for (int i = 0; i < FOUR; i++)
                    sum[i * FOUR + j] += ot__splat(by_columns ? left[t][i] : left[i][t]) * right;
            }
        }
    }
    for (; p < s.k; p++, a += s.column, b += s.n)
        for (int i = 0; i < FOUR; i++)
            for (int j = 0; j < FOUR; j++)
                sum[i * FOUR + j] += ot__splat(a[(size_t)i * s.row]) * ot__load(b + j * OT__WIDTH);
    OT__UNROLL
    for (int i = 0; i < FOUR; i++) {
        OT__UNROLL
        for (int j = 0; j < FOUR; j++) {
            float *to = c + (size_t)i * s.n + j * OT__WIDTH;
            ot__store(to, add ? ot__load(to) + sum[i * FOUR + j] : sum[i * FOUR + j]);
        }
    }
}

/* All of C.  Its columns and rows are multiples of OT__LANES and OT__ROW_STEP. */
OT__INLINE void fours(const bool by_columns, const strides s, const ot__products *q, const float *a,
                      const float *b, float *c)
{
    for (size_t j = 0; j < s.n; j += FOUR * FOUR)
        for (int i = 0; i < q->m; i += FOUR)
            four_by_four(by_columns, s, q->add, a + (size_t)i * s.row, b + j,
                         c + (size_t)i * s.n + j);
}

/* Either the rows of A or its columns are contiguous. */
OT__INLINE void product(const strides s, const ot__products *q, const float *a, const float *b,
                        float *c)
{
    if (s.row == 1)
        fours(true, (strides){ s.n, 1, s.column, s.k }, q, a, b, c);
    else
        fours(false, (strides){ s.n, s.row, 1, s.k }, q, a, b, c);
}
#else
/* A block of C of some rows and vectors; both numbers are constants in every call. */
OT__INLINE void block(const int rows, const int vectors, const strides s, const bool add,
                      const float *a, const float *b, float *c)
{
    ot__vec sum[24] = { { 0 } };
    for (int p = 0; p < s.k; p++, a += s.column, b += s.n) {
        ot__vec right[4];
        OT__UNROLL
        for (int j = 0; j < vectors; j++)
            right[j] = ot__load(b + j * OT__WIDTH);
        OT__UNROLL
        for (int i = 0; i < rows; i++) {
            const ot__vec left = ot__splat(a[(size_t)i * s.row]);
            OT__UNROLL
            for (int j = 0; j < vectors; j++)
                sum[i * vectors + j] += left * right[j];
        }
    }
    OT__UNROLL
    for (int i = 0; i < rows; i++) {
        OT__UNROLL
        for (int j = 0; j < vectors; j++) {
            float *to = c + (size_t)i * s.n + j * OT__WIDTH;
            ot__store(to, add ? ot__load(to) + sum[i * vectors + j] : sum[i * vectors + j]);
        }
    }
}

/* All rows of C, for some vectors of columns, `most` rows at a time. */
OT__INLINE void rows(const int most, const int vectors, const strides s, const ot__products *q,
                     const float *a, const float *b, float *c)
{
    int i = 0;
    for (; i + most <= q->m; i += most)
        block(most, vectors, s, q->add, a + (size_t)i * s.row, b, c + (size_t)i * s.n);
    if (most > OT__ROW_STEP && i < q->m)
        block(OT__ROW_STEP, vectors, s, q->add, a + (size_t)i * s.row, b, c + (size_t)i * s.n);
}

/* Blocks are as large as the registers allow.  With AVX2 no block is a single vector wide, because
 * that would be slow. */
OT__INLINE void product(const strides s, const ot__products *q, const float *a, const float *b,
                        float *c)
{
    enum { V = OT__WIDTH };
    size_t j = 0;
#if OT__WIDTH == 16
    for (; j + 4 * V <= s.n; j += 4 * V)
        rows(4, 4, s, q, a, b + j, c + j);
    if (s.n - j == 3 * V) rows(8, 3, s, q, a, b + j, c + j);
    if (s.n - j == 2 * V) rows(8, 2, s, q, a, b + j, c + j);
    if (s.n - j == 1 * V) rows(16, 1, s, q, a, b + j, c + j);
#else
    for (; s.n - j != 2 * V && s.n - j != 4 * V && j < s.n; j += 3 * V)
        rows(4, 3, s, q, a, b + j, c + j);
    for (; j < s.n; j += 2 * V)
        rows(4, 2, s, q, a, b + j, c + j);
#endif
}
#endif

typedef void (*multiply)(const ot__products *q, const float *a, const float *b, float *c);
#define MULTIPLY(name, ...)                                                                        \
    static void name(const ot__products *q, const float *a, const float *b, float *c)              \
    {                                                                                              \
        product((strides){ __VA_ARGS__ }, q, a, b, c);                                             \
    }
MULTIPLY(any, (size_t)q->n, q->a_row, q->a_column, q->k)

/* Products for n input and n output channels: pixels times weights, and the sum over pixels that
 * gives the gradient of the weights. */
#define SQUARE(n)                                                                                  \
    MULTIPLY(pixels_##n, n, n, 1, n)                                                               \
    MULTIPLY(weights_##n, n, 1, n, q->k)
SQUARE(16)
SQUARE(32)
SQUARE(64)

static const struct square {
    size_t n;
    multiply pixels, weights;
} squares[] = { { 16, pixels_16, weights_16 },
                { 32, pixels_32, weights_32 },
                { 64, pixels_64, weights_64 } };

static multiply multiply_for(const ot__products *q)
{
    for (size_t i = 0; i < sizeof squares / sizeof *squares; i++) {
        const size_t n = squares[i].n;
        if ((size_t)q->n != n) continue;
        if (q->a_column == 1 && q->a_row == n && (size_t)q->k == n) return squares[i].pixels;
        if (q->a_row == 1 && q->a_column == n) return squares[i].weights;
    }
    return any;
}

ot__prefetch OT__FOR_ISA(winograd_prefetch_of)(ot__tiles t, ot__source x)
{
    if (t.n == 0) return (ot__prefetch){ x, 0, 0 };
    const size_t first = t.first / (size_t)t.tiling->columns;
    const size_t last = (t.first + (size_t)t.n - 1) / (size_t)t.tiling->columns;
    return (ot__prefetch){ x, ot__row_at(&t, first), ot__row_at(&t, last + 1) };
}

/* Prefetches one of OT__PLACES equal parts. */
static void fetch(const ot__prefetch *next, size_t part)
{
    const size_t n = next->end - next->at;
    const size_t from = next->at + part * n / OT__PLACES / OT__LANES * OT__LANES;
    const size_t to = next->at + (part + 1) * n / OT__PLACES;
    const float *v = next->x.view ? next->x.view->v : NULL;
    for (size_t i = from; i < to; i += OT__LANES)
        __builtin_prefetch(next->x.u + i, 0, 2);
    for (size_t i = from; v && i < to; i += OT__LANES)
        __builtin_prefetch(v + i, 0, 2);
}

void OT__FOR_ISA(winograd_products)(const ot__products *q, ot__prefetch next)
{
    const multiply by = multiply_for(q);
    for (size_t xi = 0; xi < OT__PLACES; xi++) {
        fetch(&next, xi);
        by(q, q->a + xi * q->a_place, q->b + xi * q->b_place, q->c + xi * q->c_place);
    }
}
