/* SPDX-License-Identifier: BSD-3-Clause
 * conv2d 3x3, stride 1, pad 1, by Winograd's minimal filtering algorithm F(4x4, 3x3) (Lavin and
 * Gray 2016).  It needs 36 multiplications for 16 results; the plain sum needs 144.
 *
 *   y = A' [(G w G') . (B' x B)] A      a 6x6 patch of x gives a 4x4 tile of y
 *
 * where . multiplies element by element and ' transposes.  Tiles are numbered through all images of
 * the batch, row by row, and computed in groups.  A group lies in one chunk of images
 * (base/chunks.h).  A patch has 36 places xi.  For each of them the sum over channels is one matrix
 * product per group:
 *
 *   V[xi] (tiles, C) = (B' x B)[xi]     U[xi] (C, O) = (G w G')[xi]     M[xi] = V[xi] U[xi]
 *
 * The gradient of x is the same computation with gy in place of x and w rotated by 180 degrees.
 * The gradient of the weights is
 *
 *   gw = G' [sum over tiles of V[xi]' Z[xi]] G      Z = A gy A'
 *
 * The .c files of this directory are compiled once for each instruction set: OT__ISA is its name,
 * OT__WIDTH the number of floats in a vector.  conv2d_best.c chooses one of them at run time. */
#ifndef OT_OPS_KERNELS_WINOGRAD_WINOGRAD_H
#define OT_OPS_KERNELS_WINOGRAD_WINOGRAD_H

#include "autograd/op.h"
#include "base/chunks.h"
#include "ops/kernels/isa.h"

enum {
    OT__PATCH = 6, /* rows and columns of a patch */
    OT__TILE = 4,  /* rows and columns of a tile */
    OT__PLACES = OT__PATCH * OT__PATCH,
    OT__TAPS = 9,     /* weights of a 3x3 window */
    OT__LANES = 16,   /* the number of channels is a multiple of this */
    OT__ROW_STEP = 8, /* the number of rows of a matrix product is a multiple of this */
};

/* The tiles of a batch of images and how they are grouped.  It depends on shapes only. */
typedef struct ot__tiling {
    int h, w;          /* pixels of an image: rows and columns */
    int rows, columns; /* tiles of an image: rows and columns */
    int group;         /* tiles in a group, a multiple of OT__ROW_STEP; the last group of a chunk
                          may have fewer */
    int groups;        /* of a chunk */
    ot__cut cut;       /* of the tiles */
} ot__tiling;

/* The largest number of tiles in a group.  V, M, Z and the weights fit the second-level cache
 * together, and part of it stays free for images: 1.5 times as many tiles made a training step 3 to
 * 7 % slower (Zen 5, 1 MB).  If the weights alone do not fit, larger groups read them less often,
 * which saves 12 % at 128 channels (Zen 4). */
static inline int ot__most_tiles(int channels)
{
    return channels <= 16 ? 64 : channels <= 32 ? 32 : channels <= 64 ? 16 : 48;
}

/* A smaller batch has no larger groups, because scratch memory is measured for the largest one. */
static inline ot__tiling ot__tiling_of(const ot__share *share, ot_shape x, int outputs)
{
    ot__tiling g = { .h = x.dim[1], .w = x.dim[2] };
    g.rows = ot__chunks((size_t)g.h, OT__TILE);
    g.columns = ot__chunks((size_t)g.w, OT__TILE);
    g.cut = ot__cut_images(share, x.dim[0], (size_t)x.dim[0] * (size_t)g.rows * (size_t)g.columns);
    const int most = ot__most_tiles(x.dim[3] > outputs ? x.dim[3] : outputs);
    const int tiles = g.cut.chunk < (size_t)most ? (int)g.cut.chunk : most;
    g.group = ot__chunks((size_t)tiles, OT__ROW_STEP) * OT__ROW_STEP;
    g.groups = ot__chunks(g.cut.chunk, (size_t)g.group);
    return g;
}

/* The groups of all chunks.  The last chunk may have groups without tiles. */
static inline int ot__groups(const ot__tiling *g)
{
    return g->cut.chunks * g->groups;
}

/* Floats from one place to the next in V, M or Z.  It is a little more than one place needs, so
 * that the 36 addresses that a transform uses do not fall into one set of the cache. */
static inline size_t ot__place_size(const ot__tiling *g, int channels)
{
    return (size_t)g->group * (size_t)channels + 32;
}

/* The sizes of a call, in floats, and the parts of its scratch memory. */
typedef struct ot__winograd {
    ot__tiling tiling;
    int inputs, outputs;   /* channels of x, channels of y */
    size_t u_size;         /* transformed weights U */
    size_t workspace_size; /* memory of one thread */
    size_t gw_size;        /* gw of one chunk */
    float *u;
    float *workspace; /* one per thread */
    float *gw;        /* one per chunk */
} ot__winograd;

ot__winograd ot__winograd_of(const ot__call *c);

#define OT__WINOGRAD_KERNELS(isa)                                                                  \
    void ot__winograd_forward_##isa(const ot__call *c);                                            \
    void ot__winograd_backward_##isa(const ot__call *c);
OT__ISAS(OT__WINOGRAD_KERNELS)

#endif
