/* SPDX-License-Identifier: BSD-3-Clause
 * The output transform y = A' M A of tiles, and the writing of tiles to their images.  While a tile
 * is written, sums per channel can be computed for the batch norm next to it, so that batch norm
 * does not have to read the tensor:
 *
 *   forward    the moments of y, for the batch norm that reads y
 *   backward   y is the gradient of values that were read through a view with a ReLU.  It is set
 *              to 0 where the ReLU gave 0, and summed for the batch norm that the view replaces
 *
 * The 16 pixels of a tile are added first, then the tiles. */
#include <stdint.h>

#include "ops/kernels/vector.h"
#include "ops/kernels/winograd/transform.h"

/* The vectors of channels that are written together: with streaming stores, a whole cache line. */
enum {
    LINE_BYTES = OT__LANES * sizeof(float),
    PARTS = OT__STREAMS ? OT__LANES / OT__WIDTH : 1,
    TOGETHER = PARTS * OT__WIDTH
};

OT__INLINE void times_a_transposed(const ot__vec m[6], ot__vec t[4]) /* t = A' m */
{
    const ot__vec even = m[1] + m[2], odd = m[1] - m[2];
    const ot__vec even2 = m[3] + m[4], odd2 = m[3] - m[4];
    t[0] = m[0] + even + even2;
    t[1] = odd + 2 * odd2;
    t[2] = even + 4 * even2;
    t[3] = odd + 8 * odd2 + m[5];
}

/* t = A' M A of one tile, for one vector of channels. */
OT__INLINE void tile_of(const float *m, size_t place, ot__vec t[4][4])
{
    ot__vec row[6][4];
    OT__UNROLL
    for (int i = 0; i < 6; i++, m += 6 * place) {
        ot__vec d[6];
        OT__UNROLL
        for (int j = 0; j < 6; j++)
            d[j] = ot__load(m + (size_t)j * place);
        times_a_transposed(d, row[i]);
    }
    OT__UNROLL
    for (int j = 0; j < 4; j++) {
        ot__vec d[6], column[4];
        OT__UNROLL
        for (int i = 0; i < 6; i++)
            d[i] = row[i][j];
        times_a_transposed(d, column);
        OT__UNROLL
        for (int i = 0; i < 4; i++)
            t[i][j] = column[i];
    }
}

/* ---- writing a tile ---- */

/* ADD adds to y, PLAIN overwrites it, STREAM overwrites it by stores that bypass the caches. */
enum { ADD, PLAIN, STREAM, WAYS };
/* Which sums are computed; with MASK the gradient is also set to 0 where the ReLU gave 0. */
enum { NOTHING, MOMENTS, MASK, SUMS };

/* Where one vector of channels is written, and its sums over the tiles so far. */
typedef struct destination {
    float *y;
    const float *u;
    ot__vec first;         /* MOMENTS: the number that is subtracted from y before it is summed */
    ot__vec m, gate, open; /* MASK: with d = u - m, y is kept where gate*d + open > 0 */
    ot__vec sum;           /* MOMENTS: of y - first; MASK: of y */
    ot__vec sum2;          /* MOMENTS: of (y - first)^2; MASK: of y*d */
} destination;

/* The part of a tile that lies inside the image. */
typedef struct extent {
    int rows, columns;
    ptrdiff_t row, column; /* elements from one row, or column, to the next */
} extent;

OT__INLINE void put(const int way, float *to, ot__vec v)
{
    if (way == STREAM)
        ot__stream(to, v);
    else
        ot__store(to, way == ADD ? ot__load(to) + v : v);
}

/* Returns the value v of a pixel as it is to be written, and adds it to the sums of its tile. */
OT__INLINE ot__vec mask_and_sum(const int sums, const destination *x, ptrdiff_t at, ot__vec v,
                                ot__vec tile[2])
{
    if (sums == MOMENTS) {
        const ot__vec d = v - x->first;
        tile[0] += d;
        tile[1] += d * d;
    }
    if (sums == MASK) {
        const ot__vec d = ot__load(x->u + at) - x->m;
        v = ot__where_positive(x->gate * d + x->open, v);
        tile[0] += v;
        tile[1] += v * d;
    }
    return v;
}

/* Writes a whole cache line of each pixel at a time, which streaming stores need to be fast. */
OT__INLINE void write_tile(const int way, const int sums, const bool whole, const extent *e,
                           ot__vec t[PARTS][4][4], destination x[PARTS], ptrdiff_t at)
{
    ot__vec tile[PARTS][2] = { { { 0 } } };
    OT__UNROLL
    for (int i = 0; i < 4; i++) {
        OT__UNROLL
        for (int j = 0; j < 4; j++) {
            if (!whole && (i >= e->rows || j >= e->columns)) continue;
            const ptrdiff_t to = at + i * e->row + j * e->column;
            OT__UNROLL
            for (int k = 0; k < PARTS; k++)
                put(way, x[k].y + to, mask_and_sum(sums, &x[k], to, t[k][i][j], tile[k]));
        }
    }
    OT__UNROLL
    for (int k = 0; k < PARTS && sums != NOTHING; k++) {
        x[k].sum += tile[k][0];
        x[k].sum2 += tile[k][1];
    }
}

OT__INLINE void write_run(const int way, const int sums, const ot__run *r, ptrdiff_t column,
                          const float *m, size_t place, destination x[PARTS])
{
    ptrdiff_t at = r->at + r->row + column; /* from the patch to the tile */
    extent e = { ot__clip(r->bottom - 1, 0, OT__TILE), 0, r->row, column };
    for (int k = 0; k < r->n; k++, at += OT__TILE * column, m += column) {
        ot__vec t[PARTS][4][4];
        OT__UNROLL
        for (int part = 0; part < PARTS; part++)
            tile_of(m + part * OT__WIDTH, place, t[part]);
        e.columns = ot__clip(r->right - 1 - k * OT__TILE, 0, OT__TILE);
        if (e.rows == OT__TILE && e.columns == OT__TILE)
            write_tile(way, sums, true, &e, t, x, at);
        else
            write_tile(way, sums, false, &e, t, x, at);
    }
}

typedef void (*writer)(const ot__run *r, ptrdiff_t column, const float *m, size_t place,
                       destination x[PARTS]);
#define WRITER(name, way, sums)                                                                    \
    static void name(const ot__run *r, ptrdiff_t column, const float *m, size_t place,             \
                     destination x[PARTS])                                                         \
    {                                                                                              \
        write_run(way, sums, r, column, m, place, x);                                              \
    }
WRITER(add, ADD, NOTHING)
WRITER(plain, PLAIN, NOTHING)
WRITER(plain_with_moments, PLAIN, MOMENTS)
WRITER(plain_masked, PLAIN, MASK)
WRITER(stream, STREAM, NOTHING)
WRITER(stream_with_moments, STREAM, MOMENTS)
WRITER(stream_masked, STREAM, MASK)
static const writer write_by[WAYS][SUMS] = { { add },
                                             { plain, plain_with_moments, plain_masked },
                                             { stream, stream_with_moments, stream_masked } };

/* ---- groups ---- */

/* Sets members one by one: a copy of the whole struct would wait for earlier streaming stores. */
static void load_destination(const ot__destination *o, int c, int channels, destination *x)
{
    x->y = o->y + c;
    if (!o->sums) return;
    x->first = ot__load(o->sums + c);
    x->sum = ot__load(o->sums + channels + c);
    x->sum2 = ot__load(o->sums + 2 * channels + c);
    if (!o->mask.u) return;
    const ot__view *v = o->mask.view;
    x->u = o->mask.u + c;
    x->m = v->m ? ot__load(v->m + c) : ot__splat(0);
    x->gate = !v->relu ? ot__splat(0) : v->a ? ot__load(v->a + c) : ot__splat(1);
    x->open = !v->relu ? ot__splat(1) : v->e ? ot__load(v->e + c) : ot__splat(0);
}

static void store_sums(const ot__destination *o, int c, int channels, const destination *x)
{
    ot__store(o->sums + channels + c, x->sum);
    ot__store(o->sums + 2 * channels + c, x->sum2);
}

/* Clears the sums of a group.  Its first pixel is the number that is subtracted for the moments. */
static void begin_sums(const ot__tiles *t, const float *m, const ot__destination *o)
{
    const size_t place = ot__place_size(t->tiling, t->channels);
    for (int c = 0; c < t->channels; c += OT__WIDTH) {
        ot__vec first[4][4];
        tile_of(m + c, place, first);
        ot__store(o->sums + c, o->mask.u ? ot__splat(0) : first[0][0]);
        ot__store(o->sums + t->channels + c, ot__splat(0));
        ot__store(o->sums + 2 * t->channels + c, ot__splat(0));
    }
}

/* Streaming stores do not fetch the lines of y before they write them.  They make forward faster by
 * 7 % at 64 channels and by 20 % at 16, including the time to read y again (Zen 4). */
static int way_of(const ot__destination *o)
{
    if (o->add) return ADD;
    return OT__STREAMS && (uintptr_t)o->y % LINE_BYTES == 0 ? STREAM : PLAIN;
}

void OT__FOR_ISA(winograd_output)(ot__tiles t, const float *m, const ot__destination *o)
{
    const size_t place = ot__place_size(t.tiling, t.channels);
    const int way = way_of(o), sums = !o->sums ? NOTHING : o->mask.u ? MASK : MOMENTS;
    if (o->sums) begin_sums(&t, m, o);
    for (int k = 0; k < t.n;) {
        const ot__run r = ot__run_of(&t, k);
        for (int c = 0; c < t.channels; c += TOGETHER) {
            destination x[PARTS];
            for (int part = 0; part < PARTS; part++)
                load_destination(o, c + part * OT__WIDTH, t.channels, &x[part]);
            write_by[way][sums](&r, t.channels, m + (size_t)k * (size_t)t.channels + c, place, x);
            for (int part = 0; part < PARTS && o->sums; part++)
                store_sums(o, c + part * OT__WIDTH, t.channels, &x[part]);
        }
        k += r.n;
    }
}
