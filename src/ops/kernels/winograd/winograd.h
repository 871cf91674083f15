/* SPDX-License-Identifier: BSD-3-Clause
 * conv2d 3x3, stride 1, pad 1, by the minimal filtering algorithm F(4x4, 3x3) of Winograd (Lavin
 * and Gray 2016): 36 multiplications for 16 results instead of 144.
 *
 *   y = A' [(G w G') . (B' x B)] A      a 6x6 patch of x gives a 4x4 tile of y
 *
 * Tiles are counted through all images of the batch, row by row, and worked on in groups.  For each
 * of the 36 places xi of a patch, the sum over channels is a matrix product over a group:
 *
 *   V[xi] (tiles, C) = (B' x B)[xi]     U[xi] (C, O) = (G w G')[xi]     M[xi] = V[xi] U[xi]
 *
 * backward-data is the same with gy for x and w turned by half a turn; backward-weights is
 *
 *   gw = G' [sum over tiles of V[xi]' Z[xi]] G      Z = A gy A'
 *
 * The files winograd_*.c are compiled once for each instruction set, with OT__ISA its name and
 * OT__WIDTH its floats in a vector; conv2d_best.c, compiled as the rest, chooses. */
#ifndef OT_OPS_KERNELS_WINOGRAD_WINOGRAD_H
#define OT_OPS_KERNELS_WINOGRAD_WINOGRAD_H

#include "autograd/op.h"
#include "base/parallel.h"
#include "ops/kernels/isa.h"

enum {
    OT__PATCH = 6,
    OT__TILE = 4,
    OT__PLACES = OT__PATCH * OT__PATCH,
    OT__TAPS = 9,
    OT__LANES = 16,   /* numbers of channels are multiples of this */
    OT__ROW_STEP = 8, /* and of rows in matrix products, of this */
    OT__MOST_CHUNKS = 16,
};

/* The tiles of a batch of images and how they are grouped: a function of shapes only. */
typedef struct ot__tiling {
    int h, w;          /* of an image */
    int rows, columns; /* of tiles in an image */
    int group;         /* tiles in a group, a multiple of OT__ROW_STEP */
    size_t tiles;
} ot__tiling;

/* Most tiles in a group: V, M and Z fit the second-level cache beside the weights, with room for
 * what passes through it; half as many again cost 3 to 7 % of a step (Zen 5, 1 MB).  Where the
 * weights alone do not fit, larger groups read them less often (12 % at 128 channels, Zen 4). */
static inline int ot__most_tiles(int channels)
{
    return channels <= 16 ? 64 : channels <= 32 ? 32 : channels <= 64 ? 16 : 48;
}

/* Groups are smaller if that would leave threads without work, down to a size where sums over a
 * group still outweigh what is done once a chunk. */
static inline ot__tiling ot__tiling_of(ot_shape x, int outputs)
{
    enum { LEAST = 16 };
    ot__tiling g = { .h = x.dim[1], .w = x.dim[2] };
    g.rows = ot__chunks((size_t)g.h, OT__TILE);
    g.columns = ot__chunks((size_t)g.w, OT__TILE);
    g.tiles = (size_t)x.dim[0] * (size_t)g.rows * (size_t)g.columns;
    const int most = ot__most_tiles(x.dim[3] > outputs ? x.dim[3] : outputs);
    const size_t even = (g.tiles + OT__MOST_CHUNKS - 1) / OT__MOST_CHUNKS;
    const int size = even > (size_t)most ? most : even > LEAST ? (int)even : LEAST;
    g.group = ot__chunks((size_t)size, OT__ROW_STEP) * OT__ROW_STEP;
    return g;
}

static inline int ot__groups(const ot__tiling *g)
{
    return ot__chunks(g->tiles, (size_t)g->group);
}

/* Floats from one place to the next in a V, M or Z; a little more than it holds, so that the 36
 * streams of a transform do not meet in one set of the cache. */
static inline size_t ot__place_size(const ot__tiling *g, int channels)
{
    return (size_t)g->group * (size_t)channels + 32;
}

/* What a call works with: sizes in floats, and the parts of its scratch. */
typedef struct ot__winograd {
    ot__tiling tiling;
    int inputs, outputs;                    /* channels of x and of y */
    size_t u_size, workspace_size, gw_size; /* transformed weights; one thread's; one chunk's gw */
    float *u, *workspace, *gw;
} ot__winograd;

ot__winograd ot__winograd_of(const ot__call *c);

#define OT__WINOGRAD_KERNELS(isa)                                                                  \
    void ot__winograd_forward_##isa(const ot__call *c);                                            \
    void ot__winograd_backward_##isa(const ot__call *c);
OT__WINOGRAD_KERNELS(avx2)
OT__WINOGRAD_KERNELS(avx512)

#endif
