/* SPDX-License-Identifier: BSD-3-Clause
 * Products of a group of tiles with the weights of one place: at most some hundred rows and
 * columns, operands in the second-level cache, B's panel in the first.  Nothing is packed: rows of
 * C live in registers while A's numbers are broadcast and B's rows are loaded.
 *
 * BLIS 0.9 can do this too: its gemm call takes 71 GFLOP/s of 116 (EPYC Zen 4, one core, 36
 * products of 24x64x64; 37 at 96x16x16), its haswell micro-kernel, queried from the context, 110
 * on ready panels (97), its kernel for unpacked operands 110 (101).  This one takes 116 (109) with
 * AVX-512, 113 (110) with AVX2, and asks for no panels, which the transforms would have to
 * transpose for.
 *
 * Fetching the next group's pixels during the products saves up to 10 % at 16 channels, 2 % at 64.
 */
#include "ops/kernels/winograd/products.h"

#include "ops/kernels/vector.h"

/* Floats from one row of B and C to the next, of A's rows and columns, and terms of a sum.  With
 * constants, addresses are part of instructions: 3 to 5 % of a step of 16 to 32 channels, 1 % at 64
 * (Zen 5). */
typedef struct strides {
    size_t n, row, column;
    int k;
} strides;

/* rows x vectors of C; both are constants where this is called. */
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

/* All rows of some columns of C. */
OT__INLINE void rows(const int most, const int vectors, const strides s, const ot__products *q,
                     const float *a, const float *b, float *c)
{
    int i = 0;
    for (; i + most <= q->m; i += most)
        block(most, vectors, s, q->add, a + (size_t)i * s.row, b, c + (size_t)i * s.n);
    if (most > OT__ROW_STEP && i < q->m)
        block(OT__ROW_STEP, vectors, s, q->add, a + (size_t)i * s.row, b, c + (size_t)i * s.n);
}

/* Rows and vectors at a time: what fills the registers, and never a single one of the narrow
 * vectors. */
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

typedef void (*multiply)(const ot__products *q, const float *a, const float *b, float *c);
#define MULTIPLY(name, ...)                                                                        \
    static void name(const ot__products *q, const float *a, const float *b, float *c)              \
    {                                                                                              \
        product((strides){ __VA_ARGS__ }, q, a, b, c);                                             \
    }
MULTIPLY(any, (size_t)q->n, q->a_row, q->a_column, q->k)

/* Between n channels and n: pixels by weights, and the sum over pixels for the weights' gradient.
 */
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

/* One of OT__PLACES parts. */
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
