/* SPDX-License-Identifier: BSD-3-Clause
 * The transforms of F(4x4, 3x3), of a group of tiles or of all weights. */
#ifndef OT_OPS_KERNELS_WINOGRAD_TRANSFORM_H
#define OT_OPS_KERNELS_WINOGRAD_TRANSFORM_H

#include <stdbool.h>

#include "ops/kernels/winograd.h"

/* n tiles from the given one, in images with so many channels. */
typedef struct ot__tiles {
    const ot__tiling *tiling;
    size_t first;
    int n, channels;
} ot__tiles;

/* The k-th group; behind the last one there are no tiles. */
static inline ot__tiles ot__group(const ot__tiling *g, size_t k, int channels)
{
    const size_t size = (size_t)g->group, first = k * size;
    const size_t left = first < g->tiles ? g->tiles - first : 0;
    return (ot__tiles){ g, first, (int)(left < size ? left : size), channels };
}

/* V = B' x B of the patches around the tiles, x seen through a view, and Z = A x A' of the tiles
 * themselves; each may be NULL. */
void OT__FOR_ISA(winograd_input)(ot__tiles t, const float *x, const ot__view *view, float *v,
                                 float *z);
/* Asks for the pixels of a group's tiles, one of OT__PLACES parts, ahead of their use. */
void OT__FOR_ISA(winograd_prefetch)(ot__tiles t, const float *x, int part);
/* Tiles of y <- or + A' M A. */
void OT__FOR_ISA(winograd_output)(ot__tiles t, const float *m, bool add, float *y);

/* U[xi] (inputs, outputs) = G w G', w (outputs, inputs, 3, 3). */
void OT__FOR_ISA(winograd_weights)(const ot__winograd *p, const float *w);
/* The same of the adjoint's weights: U[xi] (outputs, inputs), taps turned. */
void OT__FOR_ISA(winograd_turned_weights)(const ot__winograd *p, const float *w);
/* gw (3, 3, inputs, outputs) = G' U G. */
void OT__FOR_ISA(winograd_fold_weights)(const ot__winograd *p, const float *u, float *gw);
/* gw (outputs, inputs, 3, 3) <- or + the sum over the chunks. */
void OT__FOR_ISA(winograd_add_chunks)(const ot__winograd *p, int chunks, bool add, float *gw);

#endif
