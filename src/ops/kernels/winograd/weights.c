/* SPDX-License-Identifier: BSD-3-Clause
 * The transforms of the weights: U = G w G', and gw = G' U G back.  They work on a vector of the
 * last channel of U at a time.  In w the nine taps of a window lie side by side and channels do
 * not, so taps are read and written one by one. */
#include "ops/kernels/vector.h"
#include "ops/kernels/winograd/transform.h"

OT__INLINE void times_g(const ot__vec g[3], ot__vec t[6]) /* t = G g */
{
    const ot__vec even = (g[0] + g[2]) * (-1.0f / 6), odd = g[1] * (-1.0f / 6);
    const ot__vec even2 = g[0] * (1.0f / 24) + g[2] * (1.0f / 6), odd2 = g[1] * (1.0f / 12);
    t[0] = g[0] * 0.25f;
    t[1] = even + odd;
    t[2] = even - odd;
    t[3] = even2 + odd2;
    t[4] = even2 - odd2;
    t[5] = g[2];
}

OT__INLINE void times_g_transposed(const ot__vec m[6], ot__vec t[3]) /* t = G' m */
{
    const ot__vec even = (m[1] + m[2]) * (-1.0f / 6), odd = (m[1] - m[2]) * (-1.0f / 6);
    const ot__vec even2 = m[3] + m[4], odd2 = m[3] - m[4];
    t[0] = m[0] * 0.25f + even + even2 * (1.0f / 24);
    t[1] = odd + odd2 * (1.0f / 12);
    t[2] = even + even2 * (1.0f / 6) + m[5];
}

/* Where w lies in memory: tap t of row k and column n of the matrices U[xi] is
 * w[k*row + n*column + t]. */
typedef struct matrix {
    int rows, columns;
    size_t row, column;
    bool turned; /* rotated by 180 degrees: tap 8 comes first */
} matrix;

static void spread(const matrix *a, const float *w, int k, int n, float *u)
{
    ot__vec tap[OT__TAPS], half[3][6];
    w += (size_t)k * a->row + (size_t)n * a->column;
    for (int s = 0; s < OT__TAPS; s++)
        for (int l = 0; l < OT__WIDTH; l++)
            tap[s][l] = w[(size_t)l * a->column + (size_t)(a->turned ? OT__TAPS - 1 - s : s)];
    for (int s = 0; s < 3; s++)
        times_g((const ot__vec[]){ tap[s], tap[3 + s], tap[6 + s] }, half[s]);
    for (int i = 0; i < 6; i++) {
        ot__vec t[6];
        times_g((const ot__vec[]){ half[0][i], half[1][i], half[2][i] }, t);
        for (int j = 0; j < 6; j++)
            ot__store(u + ((size_t)(i * 6 + j) * (size_t)a->rows + (size_t)k) * (size_t)a->columns +
                          n,
                      t[j]);
    }
}

static void spread_all(const matrix *a, const float *w, float *u)
{
    OT__PARALLEL_FOR
    for (ptrdiff_t k = 0; k < a->rows; k++)
        for (int n = 0; n < a->columns; n += OT__WIDTH)
            spread(a, w, (int)k, n, u);
}

void OT__FOR_ISA(winograd_weights)(const ot__winograd *p, const float *w)
{
    const matrix a = { p->inputs, p->outputs, OT__TAPS, OT__TAPS * (size_t)p->inputs, false };
    spread_all(&a, w, p->u);
}

void OT__FOR_ISA(winograd_turned_weights)(const ot__winograd *p, const float *w)
{
    const matrix a = { p->outputs, p->inputs, OT__TAPS * (size_t)p->inputs, OT__TAPS, true };
    spread_all(&a, w, p->u);
}

void OT__FOR_ISA(winograd_fold_weights)(const ot__winograd *p, const float *u, float *gw)
{
    const size_t size = (size_t)p->inputs * (size_t)p->outputs;
    for (size_t at = 0; at < size; at += OT__WIDTH) {
        ot__vec half[6][3];
        for (int j = 0; j < 6; j++) {
            ot__vec m[6];
            for (int i = 0; i < 6; i++)
                m[i] = ot__load(u + (size_t)(i * 6 + j) * size + at);
            times_g_transposed(m, half[j]);
        }
        for (int r = 0; r < 3; r++) {
            ot__vec m[6], t[3];
            for (int j = 0; j < 6; j++)
                m[j] = half[j][r];
            times_g_transposed(m, t);
            for (int s = 0; s < 3; s++)
                ot__store(gw + (size_t)(r * 3 + s) * size + at, t[s]);
        }
    }
}
