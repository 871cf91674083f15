/* SPDX-License-Identifier: BSD-3-Clause
 * The input transforms V = B' x B of patches and Z = A g A' of tiles, for the interpolation points
 * 0, 1, -1, 2, -2 and infinity.  They work on a run of tiles and one vector of channels at a time.
 * First every column of pixels is read through its view and transformed once; the results fit the
 * first-level cache.  Then the rows of one tile after the other are transformed. */
#include "ops/kernels/vector.h"
#include "ops/kernels/winograd/transform.h"

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

/* ---- pixels ---- */

/* The coefficients of a view for one vector of channels; `least` is 0 with a ReLU, else
 * -infinity. */
typedef struct view_vector {
    ot__vec m, a, e, b, least;
} view_vector;

static view_vector view_at(const ot__view *v, int c)
{
    if (!v) return (view_vector){ .least = ot__splat(0) };
    return (view_vector){ v->m ? ot__load(v->m + c) : ot__splat(0),
                          v->a ? ot__load(v->a + c) : ot__splat(1),
                          v->e ? ot__load(v->e + c) : ot__splat(0),
                          v->b ? ot__load(v->b + c) : ot__splat(0),
                          ot__splat(v->relu ? 0 : -__builtin_inff()) };
}

/* How pixels are read: as stored, through a view of one tensor, or through a view of two. */
enum { STORED, VIEW, VIEW_OF_TWO, ACCESSES };

/* The columns of a run, one vector of channels: where they are read and their transforms. */
typedef struct strip {
    const ot__run *run;
    const float *u, *v; /* the tensors of the view, at the first of these channels */
    int channels;
    view_vector view;
    ot__vec patch[OT__RUN_COLUMNS][6], tile[OT__RUN_COLUMNS][6];
} strip;

OT__INLINE ot__vec pixel(const int access, const strip *s, ptrdiff_t at)
{
    const view_vector *l = &s->view;
    ot__vec y = ot__load(s->u + at);
    if (access == STORED) return y;
    y = l->a * (y - l->m) + l->e;
    if (access == VIEW_OF_TWO) y += l->b * ot__load(s->v + at);
    return ot__at_least(l->least, y);
}

/* Reads and transforms all columns of the run.  Rows before `top` or from `bottom` on, and columns
 * outside the image, are zeros. */
OT__INLINE void read_columns(const int access, const int top, const int bottom, strip *s,
                             bool patches, bool tiles)
{
    const ot__run *r = s->run;
    for (int j = 0; j < r->n * OT__TILE + 2; j++) {
        ot__vec d[6] = { { 0 } };
        if (j >= r->left && j < r->right) {
            const ptrdiff_t at = r->at + (ptrdiff_t)j * s->channels;
            OT__UNROLL
            for (int i = 0; i < 6; i++)
                if (i >= top && i < bottom) d[i] = pixel(access, s, at + i * r->row);
        }
        if (patches) times_b(d, s->patch[j]);
        if (tiles) times_a(d + 1, s->tile[j]);
    }
}

/* Most runs lie inside the image or at its first or last row.  For these `top` and `bottom` are
 * constants: testing each row instead made a training step of width 16 slower by 1 to 2 %. */
enum { INSIDE, FIRST, LAST, ANYWHERE, POSITIONS };
typedef void (*columns)(strip *s, bool patches, bool tiles);
#define COLUMNS(name, access, top, bottom)                                                         \
    static void name(strip *s, bool patches, bool tiles)                                           \
    {                                                                                              \
        read_columns(access, top, bottom, s, patches, tiles);                                      \
    }
#define READERS(name, access)                                                                      \
    COLUMNS(name##_inside, access, 0, OT__PATCH)                                                   \
    COLUMNS(name##_first, access, 1, OT__PATCH)                                                    \
    COLUMNS(name##_last, access, 0, OT__PATCH - 1)                                                 \
    COLUMNS(name##_anywhere, access, s->run->top, s->run->bottom)
READERS(stored, STORED)
READERS(view, VIEW)
READERS(two, VIEW_OF_TWO)
static const columns read_by[ACCESSES][POSITIONS] = {
    { stored_inside, stored_first, stored_last, stored_anywhere },
    { view_inside, view_first, view_last, view_anywhere },
    { two_inside, two_first, two_last, two_anywhere },
};

static int position_of(const ot__run *r)
{
    if (r->bottom == OT__PATCH) return r->top == 0 ? INSIDE : FIRST; /* top is 0 or 1 */
    return r->top == 0 && r->bottom == OT__PATCH - 1 ? LAST : ANYWHERE;
}

/* ---- tiles ---- */

/* Not inlined, because gcc would compute the addresses of all places in advance and spill them. */
static __attribute__((noinline)) void patch_rows(ot__vec column[6][6], float *to, size_t place)
{
    OT__UNROLL
    for (int i = 0; i < 6; i++, to += 6 * place) {
        ot__vec d[6], t[6];
        OT__UNROLL
        for (int j = 0; j < 6; j++)
            d[j] = column[j][i];
        times_b(d, t);
        OT__UNROLL
        for (int j = 0; j < 6; j++)
            ot__store(to + (size_t)j * place, t[j]);
    }
}

static __attribute__((noinline)) void tile_rows(ot__vec column[4][6], float *to, size_t place)
{
    OT__UNROLL
    for (int i = 0; i < 6; i++, to += 6 * place) {
        ot__vec g[4], t[6];
        OT__UNROLL
        for (int j = 0; j < 4; j++)
            g[j] = column[j][i];
        times_a(g, t);
        OT__UNROLL
        for (int j = 0; j < 6; j++)
            ot__store(to + (size_t)j * place, t[j]);
    }
}

static void read_run(const ot__tiles *t, const ot__run *r, ot__source x, float *v, float *z)
{
    const size_t place = ot__place_size(t->tiling, t->channels);
    const int access = !x.view ? STORED : x.view->v ? VIEW_OF_TWO : VIEW;
    const columns fill = read_by[access][position_of(r)];
    strip s; /* too large to be cleared for every run */
    s.run = r;
    s.channels = t->channels;
    for (int c = 0; c < t->channels; c += OT__WIDTH) {
        s.u = x.u + c;
        s.v = access == VIEW_OF_TWO ? x.view->v + c : NULL;
        s.view = view_at(x.view, c);
        fill(&s, v, z);
        for (int k = 0; k < r->n; k++) {
            const size_t to = (size_t)k * (size_t)t->channels + (size_t)c;
            if (v) patch_rows(s.patch + k * OT__TILE, v + to, place);
            if (z) tile_rows(s.tile + k * OT__TILE + 1, z + to, place);
        }
    }
}

void OT__FOR_ISA(winograd_input)(ot__tiles t, ot__source x, float *v, float *z)
{
    for (int k = 0; k < t.n;) {
        const ot__run r = ot__run_of(&t, k);
        const size_t to = (size_t)k * (size_t)t.channels;
        read_run(&t, &r, x, v ? v + to : NULL, z ? z + to : NULL);
        k += r.n;
    }
}
