/* SPDX-License-Identifier: BSD-3-Clause
 * The transforms of F(4x4, 3x3), of a group of tiles or of all weights. */
#ifndef OT_OPS_KERNELS_WINOGRAD_TRANSFORM_H
#define OT_OPS_KERNELS_WINOGRAD_TRANSFORM_H

#include <stdbool.h>

#include "ops/kernels/winograd/tiles.h"

/* A tensor as it is read: through a view, if there is one. */
typedef struct ot__source {
    const float *u;
    const ot__view *view;
} ot__source;

/* V = B' x B of the patches around the tiles, and Z = A x A' of the tiles themselves; each may be
 * NULL. */
void OT__FOR_ISA(winograd_input)(ot__tiles t, ot__source x, float *v, float *z);

/* Where tiles go, and what is done with them on their way. */
typedef struct ot__destination {
    float *y;
    bool add; /* to what is there; not together with sums */
    /* u NULL: there is no mask.  Else y is the gradient of what is seen there, and is let through
     * where the view's ReLU lets its argument through. */
    ot__source mask;
    /* NULL: no sums wanted.  Else (3, channels), of the group: without mask a number f that y is
     * shifted by, sum (y - f), sum (y - f)^2; with mask 0, sum y, sum y*(u - m). */
    float *sums;
} ot__destination;

/* Tiles of y <- or + A' M A.  A thread calls ot__stream_end after its last group. */
void OT__FOR_ISA(winograd_output)(ot__tiles t, const float *m, const ot__destination *o);

/* U[xi] (inputs, outputs) = G w G', w (outputs, inputs, 3, 3). */
void OT__FOR_ISA(winograd_weights)(const ot__winograd *p, const float *w);
/* The same of the adjoint's weights: U[xi] (outputs, inputs), taps turned. */
void OT__FOR_ISA(winograd_turned_weights)(const ot__winograd *p, const float *w);
/* gw (3, 3, inputs, outputs) = G' U G. */
void OT__FOR_ISA(winograd_fold_weights)(const ot__winograd *p, const float *u, float *gw);
/* gw (outputs, inputs, 3, 3) <- or + the sum over the chunks. */
void OT__FOR_ISA(winograd_add_chunks)(const ot__winograd *p, int chunks, bool add, float *gw);

#endif
