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
#include "ops/kernels/winograd_products.h"

#include "ops/kernels/vector.h"

/* rows x vectors of C; both are constants where this is called. */
OT__INLINE void block(const int rows, const int vectors, const ot__products *q, const float *a,
                      const float *b, float *c)
{
    const size_t n = (size_t)q->n, row = q->a_row, column = q->a_column;
    const bool add = q->add;
    const int k = q->k;
    ot__vec sum[24] = { { 0 } };
    for (int p = 0; p < k; p++, a += column, b += n) {
        ot__vec right[4];
        OT__UNROLL
        for (int j = 0; j < vectors; j++)
            right[j] = ot__load(b + j * OT__WIDTH);
        OT__UNROLL
        for (int i = 0; i < rows; i++) {
            const ot__vec left = ot__splat(a[(size_t)i * row]);
            OT__UNROLL
            for (int j = 0; j < vectors; j++)
                sum[i * vectors + j] += left * right[j];
        }
    }
    OT__UNROLL
    for (int i = 0; i < rows; i++) {
        OT__UNROLL
        for (int j = 0; j < vectors; j++) {
            float *to = c + (size_t)i * n + j * OT__WIDTH;
            ot__store(to, add ? ot__load(to) + sum[i * vectors + j] : sum[i * vectors + j]);
        }
    }
}

/* All rows of some columns of C. */
#define COLUMNS(rows, vectors)                                                                     \
    static void columns_##vectors(const ot__products *q, const float *a, const float *b, float *c) \
    {                                                                                              \
        for (int i = 0; i < q->m; i += rows)                                                       \
            block(rows, vectors, q, a + (size_t)i * q->a_row, b, c + (size_t)i * (size_t)q->n);    \
    }

typedef void (*columns)(const ot__products *q, const float *a, const float *b, float *c);

/* Vectors to take when so many are left: what fills the registers, and never a single one of the
 * narrow vectors. */
#if OT__WIDTH == 16
COLUMNS(8, 1)
COLUMNS(8, 2)
COLUMNS(8, 3)
COLUMNS(4, 4)
static const columns take[] = { columns_1, columns_2, columns_3, columns_4 };
static int vectors_of(int left)
{
    return left < 4 ? left : 4;
}
#else
COLUMNS(4, 2)
COLUMNS(4, 3)
static const columns take[] = { NULL, columns_2, columns_3 };
static int vectors_of(int left)
{
    return left == 2 || left == 4 ? 2 : 3;
}
#endif

static void product(const ot__products *q, const float *a, const float *b, float *c)
{
    for (int j = 0; j < q->n;) {
        const int vectors = vectors_of((q->n - j) / OT__WIDTH);
        take[vectors - 1](q, a, b + j, c + j);
        j += vectors * OT__WIDTH;
    }
}

ot__ahead OT__FOR_ISA(winograd_ahead)(ot__tiles t, ot__seen x)
{
    if (t.n == 0) return (ot__ahead){ x, 0, 0 };
    const size_t first = t.first / (size_t)t.tiling->columns;
    const size_t last = (t.first + (size_t)t.n - 1) / (size_t)t.tiling->columns;
    return (ot__ahead){ x, ot__row_at(&t, first), ot__row_at(&t, last + 1) };
}

/* One of OT__PLACES parts. */
static void fetch(const ot__ahead *next, size_t part)
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

void OT__FOR_ISA(winograd_products)(const ot__products *q, ot__ahead next)
{
    for (size_t xi = 0; xi < OT__PLACES; xi++) {
        fetch(&next, xi);
        product(q, q->a + xi * q->a_place, q->b + xi * q->b_place, q->c + xi * q->c_place);
    }
}
