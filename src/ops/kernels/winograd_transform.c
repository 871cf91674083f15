/* SPDX-License-Identifier: BSD-3-Clause
 * Transforms of tiles, at the interpolation points 0, 1, -1, 2, -2 and infinity.  One tile and one
 * vector of channels at a time: six columns, then six rows.  All that is read from and written to
 * images passes through pixel() and put(): whatever is to be done to numbers on their way is done
 * there. */
#include <stdint.h>

#include "ops/kernels/vector.h"
#include "ops/kernels/winograd_transform.h"

enum { LINE_BYTES = OT__LANES * sizeof(float) };

/* ---- one dimension ---- */

OT__INLINE void times_b(const ot__vec d[6], ot__vec t[6]) /* t = B' d */
{
    const ot__vec even = d[4] - 4 * d[2], odd = d[3] - 4 * d[1];
    const ot__vec even2 = d[4] - d[2], odd2 = d[3] - d[1];
    t[0] = (d[4] + 4 * d[0]) - 5 * d[2];
    t[1] = even + odd;
    t[2] = even - odd;
    t[3] = even2 + 2 * odd2;
    t[4] = even2 - 2 * odd2;
    t[5] = (d[5] + 4 * d[1]) - 5 * d[3];
}

OT__INLINE void times_a(const ot__vec g[4], ot__vec t[6]) /* t = A g */
{
    const ot__vec even = g[0] + g[2], odd = g[1] + g[3];
    const ot__vec even2 = g[0] + 4 * g[2], odd2 = 2 * g[1] + 8 * g[3];
    t[0] = g[0];
    t[1] = even + odd;
    t[2] = even - odd;
    t[3] = even2 + odd2;
    t[4] = even2 - odd2;
    t[5] = g[3];
}

OT__INLINE void times_a_transposed(const ot__vec m[6], ot__vec t[4]) /* t = A' m */
{
    const ot__vec even = m[1] + m[2], odd = m[1] - m[2];
    const ot__vec even2 = m[3] + m[4], odd2 = m[3] - m[4];
    t[0] = m[0] + even + even2;
    t[1] = odd + 2 * odd2;
    t[2] = even + 4 * even2;
    t[3] = odd + 8 * odd2 + m[5];
}

/* ---- places ---- */

/* A patch or tile in its images: the element of its first pixel, which may lie outside, and which
 * of its pixels are inside. */
typedef struct window {
    ptrdiff_t at, row, column; /* elements from one row or column to the next */
    int top, bottom, left, right;
    bool whole;
} window;

static int clip(int n, int least, int most)
{
    return n < least ? least : n > most ? most : n;
}

/* The square of `size` pixels that begins `margin` pixels before the tile. */
static window window_of(const ot__tiles *t, size_t tile, int size, int margin)
{
    const ot__tiling *g = t->tiling;
    const int column = (int)(tile % (size_t)g->columns);
    const size_t rest = tile / (size_t)g->columns;
    const int row = (int)(rest % (size_t)g->rows);
    const ptrdiff_t image = (ptrdiff_t)(rest / (size_t)g->rows);
    const int h = row * OT__TILE - margin, w = column * OT__TILE - margin;
    window p = { .row = (ptrdiff_t)g->w * t->channels, .column = t->channels };
    p.at = (image * g->h + h) * p.row + w * p.column;
    p.top = clip(-h, 0, size);
    p.left = clip(-w, 0, size);
    p.bottom = clip(g->h - h, 0, size);
    p.right = clip(g->w - w, 0, size);
    p.whole = p.top == 0 && p.left == 0 && p.bottom == size && p.right == size;
    return p;
}

OT__INLINE bool inside(const window *p, int i, int j)
{
    return i >= p->top && i < p->bottom && j >= p->left && j < p->right;
}

OT__INLINE ptrdiff_t offset(const window *p, int i, int j)
{
    return p->at + i * p->row + j * p->column;
}

/* A view, some channels of it. */
typedef struct lens {
    ot__vec m, a, e, least;
} lens;

OT__INLINE lens lens_at(const ot__view *v, int c)
{
    return (lens){ v->m ? ot__load(v->m + c) : ot__splat(0),
                   v->a ? ot__load(v->a + c) : ot__splat(1),
                   v->e ? ot__load(v->e + c) : ot__splat(0),
                   ot__splat(v->relu ? 0 : -__builtin_inff()) };
}

/* Pixel (i, j) of a patch, some channels of it, seen through l: zero outside the image. */
OT__INLINE ot__vec pixel(const float *x, const lens *l, const window *p, bool whole, int i, int j)
{
    if (!whole && !inside(p, i, j)) return (ot__vec){ 0 };
    const ot__vec u = ot__load(x + offset(p, i, j));
    return l ? ot__at_least(l->least, l->a * (u - l->m) + l->e) : u;
}

/* How results are written: to what is there, or past the caches. */
enum { ADD, PLAIN, STREAM };

OT__INLINE void put(float *y, const window *p, bool whole, int how, int i, int j, ot__vec v)
{
    if (!whole && !inside(p, i, j)) return;
    float *to = y + offset(p, i, j);
    if (how == STREAM)
        ot__stream(to, v);
    else
        ot__store(to, how == ADD ? ot__load(to) + v : v);
}

/* ---- tiles ---- */

/* Rows of a transform of 6 columns, spread over the places. */
OT__INLINE void spread_rows(ot__vec column[6][6], float *to, size_t place)
{
    OT__UNROLL
    for (int i = 0; i < 6; i++) {
        ot__vec d[6], t[6];
        OT__UNROLL
        for (int j = 0; j < 6; j++)
            d[j] = column[j][i];
        times_b(d, t);
        OT__UNROLL
        for (int j = 0; j < 6; j++)
            ot__store(to + (size_t)(i * 6 + j) * place, t[j]);
    }
}

OT__INLINE void spread_tile_rows(ot__vec column[4][6], float *to, size_t place)
{
    OT__UNROLL
    for (int i = 0; i < 6; i++) {
        ot__vec g[4], t[6];
        OT__UNROLL
        for (int j = 0; j < 4; j++)
            g[j] = column[j][i];
        times_a(g, t);
        OT__UNROLL
        for (int j = 0; j < 6; j++)
            ot__store(to + (size_t)(i * 6 + j) * place, t[j]);
    }
}

OT__INLINE void patch_in(const float *x, const lens *l, const window *p, bool whole, float *v,
                         size_t place)
{
    ot__vec column[6][6];
    OT__UNROLL
    for (int j = 0; j < 6; j++) {
        ot__vec d[6];
        OT__UNROLL
        for (int i = 0; i < 6; i++)
            d[i] = pixel(x, l, p, whole, i, j);
        times_b(d, column[j]);
    }
    spread_rows(column, v, place);
}

OT__INLINE void tile_in(const float *x, const window *p, bool whole, float *z, size_t place)
{
    ot__vec column[4][6];
    OT__UNROLL
    for (int j = 0; j < 4; j++) {
        ot__vec g[4];
        OT__UNROLL
        for (int i = 0; i < 4; i++)
            g[i] = pixel(x, NULL, p, whole, i, j);
        times_a(g, column[j]);
    }
    spread_tile_rows(column, z, place);
}

/* t = A' M A, some channels of a tile. */
OT__INLINE void tile_of(const float *m, size_t place, ot__vec t[4][4])
{
    ot__vec column[6][4];
    OT__UNROLL
    for (int j = 0; j < 6; j++) {
        ot__vec d[6];
        OT__UNROLL
        for (int i = 0; i < 6; i++)
            d[i] = ot__load(m + (size_t)(i * 6 + j) * place);
        times_a_transposed(d, column[j]);
    }
    OT__UNROLL
    for (int i = 0; i < 4; i++) {
        ot__vec d[6];
        OT__UNROLL
        for (int j = 0; j < 6; j++)
            d[j] = column[j][i];
        times_a_transposed(d, t[i]);
    }
}

/* A cache line of each pixel at a time: streams want whole lines. */
OT__INLINE void tile_out(const float *m, size_t place, const window *p, bool whole, int how,
                         float *y)
{
    enum { PARTS = OT__LANES / OT__WIDTH };
    ot__vec t[PARTS][4][4];
    OT__UNROLL
    for (int k = 0; k < PARTS; k++)
        tile_of(m + k * OT__WIDTH, place, t[k]);
    OT__UNROLL
    for (int i = 0; i < 4; i++) {
        OT__UNROLL
        for (int j = 0; j < 4; j++) {
            OT__UNROLL
            for (int k = 0; k < PARTS; k++)
                put(y + k * OT__WIDTH, p, whole, how, i, j, t[k][i][j]);
        }
    }
}

/* ---- groups ---- */

OT__INLINE void patches_in(const ot__tiles *t, const float *x, const ot__view *view, float *v)
{
    const size_t place = ot__place_size(t->tiling, t->channels);
    for (int k = 0; k < t->n; k++) {
        const window p = window_of(t, t->first + (size_t)k, OT__PATCH, 1);
        float *to = v + (size_t)k * (size_t)t->channels;
        for (int c = 0; c < t->channels; c += OT__WIDTH) {
            const lens l = view ? lens_at(view, c) : (lens){ 0 };
            if (p.whole)
                patch_in(x + c, view ? &l : NULL, &p, true, to + c, place);
            else
                patch_in(x + c, view ? &l : NULL, &p, false, to + c, place);
        }
    }
}

static void tiles_in(const ot__tiles *t, const float *x, float *z)
{
    const size_t place = ot__place_size(t->tiling, t->channels);
    for (int k = 0; k < t->n; k++) {
        const window p = window_of(t, t->first + (size_t)k, OT__TILE, 0);
        float *to = z + (size_t)k * (size_t)t->channels;
        for (int c = 0; c < t->channels; c += OT__WIDTH)
            if (p.whole)
                tile_in(x + c, &p, true, to + c, place);
            else
                tile_in(x + c, &p, false, to + c, place);
    }
}

void OT__FOR_ISA(winograd_input)(ot__tiles t, const float *x, const ot__view *view, float *v,
                                 float *z)
{
    if (v && view) patches_in(&t, x, view, v);
    if (v && !view) patches_in(&t, x, NULL, v);
    if (z) tiles_in(&t, x, z);
}

OT__INLINE void tiles_out(const ot__tiles *t, const float *m, int how, float *y)
{
    const size_t place = ot__place_size(t->tiling, t->channels);
    for (int k = 0; k < t->n; k++) {
        const window p = window_of(t, t->first + (size_t)k, OT__TILE, 0);
        const float *from = m + (size_t)k * (size_t)t->channels;
        for (int c = 0; c < t->channels; c += OT__LANES)
            if (p.whole)
                tile_out(from + c, place, &p, true, how, y + c);
            else
                tile_out(from + c, place, &p, false, how, y + c);
    }
}

/* Streams take 7 % off forward at 64 channels and 20 % at 16, the time to read y again included
 * (Zen 4): lines of y need not be fetched before they are written. */
void OT__FOR_ISA(winograd_output)(ot__tiles t, const float *m, bool add, float *y)
{
    if (add) {
        tiles_out(&t, m, ADD, y);
    } else if ((uintptr_t)y % LINE_BYTES == 0) {
        tiles_out(&t, m, STREAM, y);
        ot__stream_end();
    } else {
        tiles_out(&t, m, PLAIN, y);
    }
}

void OT__FOR_ISA(winograd_prefetch)(ot__tiles t, const float *x, int part)
{
    const int end = (part + 1) * t.n / OT__PLACES;
    for (int k = part * t.n / OT__PLACES; k < end; k++) {
        const window p = window_of(&t, t.first + (size_t)k, OT__TILE, 0);
        for (int i = 0; i < p.bottom; i++)
            for (int c = 0; c < p.right * t.channels; c += OT__LANES)
                __builtin_prefetch(x + p.at + i * p.row + c, 0, 2);
    }
}
