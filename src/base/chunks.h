/* SPDX-License-Identifier: BSD-3-Clause
 * Sums over the batch.  The images are cut into chunks, at most OT__MOST_CHUNKS, whose size depends
 * on the number of images alone.  Whoever computes a chunk sums it in order, in a slot of its own.
 * The slots are combined as a binary tree: 0 with 1, 2 with 3, then 0-1 with 2-3, and so on.  So
 * the bits do not depend on who computed which chunk: how many threads there were, or which of
 * several processes. */
#ifndef OT_BASE_CHUNKS_H
#define OT_BASE_CHUNKS_H

#include "base/parallel.h"
#include "odetape.h"

enum { OT__MOST_CHUNKS = 16 };

/* The chunks of a tensor; a unit is a pixel, an element or whatever a kernel counts. */
typedef struct ot__cut {
    int chunks;
    size_t chunk; /* units of a chunk; the last one may have fewer */
    size_t units; /* of the whole tensor */
} ot__cut;

/* The number of images is the first dimension; a scalar is one image. */
static inline int ot__images(ot_shape s)
{
    return s.rank > 0 ? s.dim[0] : 1;
}

static inline int ot__images_of_chunk(int images)
{
    return images > 0 ? ot__chunks((size_t)images, OT__MOST_CHUNKS) : 1;
}

static inline ot__cut ot__cut_images(int images, size_t units)
{
    const int of_chunk = ot__images_of_chunk(images);
    return (ot__cut){ ot__chunks((size_t)images, (size_t)of_chunk),
                      images > 0 ? units / (size_t)images * (size_t)of_chunk : units, units };
}

static inline size_t ot__cut_begin(const ot__cut *c, ptrdiff_t k)
{
    return (size_t)k * c->chunk;
}

static inline size_t ot__cut_end(const ot__cut *c, ptrdiff_t k)
{
    const size_t end = ((size_t)k + 1) * c->chunk;
    return end < c->units ? end : c->units;
}

/* A loop over the pairs to combine, in the order of the tree: slot k takes slot k + step. */
#define OT__TREE(k, step, chunks)                                                                  \
    for (int step = 1; step < (chunks); step *= 2)                                                 \
        for (int k = 0; k + step < (chunks); k += 2 * step)

/* Adds up the slots of all chunks in the first one.  A slot has `width` numbers, and begins
 * `stride` numbers after the one before it. */
OT_PRIVATE void ot__add_chunks(int chunks, size_t width, size_t stride, double *slots);

#endif
