/* SPDX-License-Identifier: BSD-3-Clause
 * Where tiles lie in their images.  Transforms work on runs.  A run is some tiles side by side in
 * one row of one image, so that their patches share pixels. */
#ifndef OT_OPS_KERNELS_WINOGRAD_TILES_H
#define OT_OPS_KERNELS_WINOGRAD_TILES_H

#include "ops/kernels/winograd/winograd.h"

enum {
    OT__RUN = 8, /* most tiles in a run: its columns fit the first-level cache */
    OT__RUN_COLUMNS = OT__RUN * OT__TILE + 2, /* columns of pixels, one more on each side */
};

/* The tiles first .. first+n-1 of a tensor. */
typedef struct ot__tiles {
    const ot__tiling *tiling;
    size_t first;
    int n;
    int channels; /* of the tensor */
} ot__tiles;

/* The k-th group; it may have no tiles. */
static inline ot__tiles ot__group(const ot__tiling *g, size_t k, int channels)
{
    const ptrdiff_t chunk = (ptrdiff_t)(k / (size_t)g->groups);
    const size_t size = (size_t)g->group, end = ot__cut_end(&g->cut, chunk);
    const size_t first = ot__cut_begin(&g->cut, chunk) + k % (size_t)g->groups * size;
    const size_t left = first < end ? end - first : 0;
    return (ot__tiles){ g, first, (int)(left < size ? left : size), channels };
}

/* Rows of the matrix products of a group. */
static inline int ot__rows_of_products(const ot__tiles *t)
{
    return ot__chunks((size_t)t->n, OT__ROW_STEP) * OT__ROW_STEP;
}

/* Rows and columns of pixels are counted from the first pixel of the first patch.  It lies one row
 * above and one column to the left of the first tile, possibly outside the image. */
typedef struct ot__run {
    int n;           /* tiles */
    ptrdiff_t at;    /* offset of the first pixel in the tensor */
    ptrdiff_t row;   /* elements from one row of pixels to the next */
    int top, bottom; /* rows top <= i < bottom lie inside the image */
    int left, right; /* columns left <= j < right lie inside the image */
} ot__run;

static inline int ot__clip(int n, int least, int most)
{
    return n < least ? least : n > most ? most : n;
}

/* The run that begins with tile k of t. */
static inline ot__run ot__run_of(const ot__tiles *t, int k)
{
    const ot__tiling *g = t->tiling;
    const size_t tile = t->first + (size_t)k, row = tile / (size_t)g->columns;
    const int column = (int)(tile % (size_t)g->columns), most = g->columns - column;
    const int h = (int)(row % (size_t)g->rows) * OT__TILE - 1, w = column * OT__TILE - 1;
    const ptrdiff_t image = (ptrdiff_t)(row / (size_t)g->rows);
    ot__run r = { .n = ot__clip(t->n - k, 0, most < OT__RUN ? most : OT__RUN) };
    r.row = (ptrdiff_t)g->w * t->channels;
    r.at = (image * g->h + h) * r.row + (ptrdiff_t)w * t->channels;
    r.top = ot__clip(-h, 0, OT__PATCH);
    r.bottom = ot__clip(g->h - h, 0, OT__PATCH);
    r.left = ot__clip(-w, 0, OT__RUN_COLUMNS);
    r.right = ot__clip(g->w - w, 0, r.n * OT__TILE + 2);
    return r;
}

/* Number of pixels of the tiles that lie inside their images. */
static inline size_t ot__pixels(const ot__tiles *t)
{
    size_t n = 0;
    for (int k = 0; k < t->n;) {
        const ot__run r = ot__run_of(t, k);
        const int rows = ot__clip(r.bottom - 1, 0, OT__TILE);
        n += (size_t)rows * (size_t)ot__clip(r.right - 1, 0, r.n * OT__TILE);
        k += r.n;
    }
    return n;
}

/* Offset of the first pixel of a row of tiles; rows are numbered through all images. */
static inline size_t ot__row_at(const ot__tiles *t, size_t row)
{
    const ot__tiling *g = t->tiling;
    const size_t image = row / (size_t)g->rows, h = row % (size_t)g->rows * OT__TILE;
    return (image * (size_t)g->h + h) * (size_t)g->w * (size_t)t->channels;
}

#endif
