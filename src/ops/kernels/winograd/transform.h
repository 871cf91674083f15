/* SPDX-License-Identifier: BSD-3-Clause
 * The transforms of F(4x4, 3x3): of a group of tiles, and of all weights. */
#ifndef OT_OPS_KERNELS_WINOGRAD_TRANSFORM_H
#define OT_OPS_KERNELS_WINOGRAD_TRANSFORM_H

#include <stdbool.h>

#include "ops/kernels/winograd/tiles.h"

/* A tensor to read. */
typedef struct ot__source {
    const float *u;       /* the stored numbers */
    const ot__view *view; /* how to read them; NULL: they are the values themselves */
} ot__source;

/* V = B' x B of the patches around the tiles, and Z = A x A' of the tiles themselves.  v or z is
 * NULL if it is not wanted. */
void OT__FOR_ISA(winograd_input)(ot__tiles t, ot__source x, float *v, float *z);

/* Where tiles are written, and what is computed from them on the way. */
typedef struct ot__destination {
    float *y;
    bool add; /* add to y instead of overwriting it; not together with sums */
    /* If mask.u is not NULL, y is the gradient of the values of mask, and is set to 0 where the
     * ReLU of its view gives 0. */
    ot__source mask;
    /* If not NULL, (3, channels) sums over the group are written here.  Without a mask: a number f
     * near y, sum (y - f), sum (y - f)^2.  With a mask: 0, sum y, sum y*(u - m). */
    float *sums;
} ot__destination;

/* Writes the tiles A' M A to the destination, or adds them.  A thread must call ot__stream_end
 * after its last group. */
void OT__FOR_ISA(winograd_output)(ot__tiles t, const float *m, const ot__destination *o);

/* U[xi] (inputs, outputs) = G w G', w (outputs, inputs, 3, 3). */
void OT__FOR_ISA(winograd_weights)(const ot__winograd *p, const float *w);
/* The same for the gradient of x: U[xi] (outputs, inputs), with w rotated by 180 degrees. */
void OT__FOR_ISA(winograd_turned_weights)(const ot__winograd *p, const float *w);
/* gw (3, 3, inputs, outputs) = G' U G. */
void OT__FOR_ISA(winograd_fold_weights)(const ot__winograd *p, const float *u, float *gw);

#endif
