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

/* Consecutive chunks. */
typedef struct ot__chunk_range {
    int first, n;
} ot__chunk_range;

/* What this process computes of a batch that several processes share. */
typedef struct ot_share {
    int most;   /* images of the largest batch */
    int images; /* of the whole batch that is running */
    /* The chunks of this process: first .. first + chunks - 1.  A process without chunks runs one
     * image, which counts for nothing. */
    int first, chunks;
    bool apart; /* a batch norm normalises with the images of this process alone */
} ot__share;

/* The chunks of a tensor; a unit is a pixel, an element or whatever a kernel counts. */
typedef struct ot__cut {
    int chunks;             /* that this process computes */
    size_t chunk;           /* units of a chunk; the last one may have fewer */
    size_t units;           /* that this process sums over */
    const ot__share *share; /* NULL: no other process has chunks of the batch */
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

/* The number of chunks of a batch. */
static inline int ot__chunks_of(int images)
{
    return ot__chunks((size_t)images, (size_t)ot__images_of_chunk(images));
}

/* The chunks of one of `size` processes. */
static inline ot__chunk_range ot__chunks_of_rank(int chunks, int rank, int size)
{
    const int first = chunks * rank / size;
    return (ot__chunk_range){ first, chunks * (rank + 1) / size - first };
}

/* Whether slot k is left over when a process has combined its chunks as far as it can: the slot
 * that takes it is another process's, or not complete. */
bool ot__chunk_is_left_over(ot__chunk_range of, int chunks, int k);

/* Cuts a tensor of `images` images, which are all that this process has. */
static inline ot__cut ot__cut_images(const ot__share *share, int images, size_t units)
{
    const int of_chunk = ot__images_of_chunk(share ? share->images : images);
    const size_t chunk = images > 0 ? units / (size_t)images * (size_t)of_chunk : units;
    if (!share)
        return (ot__cut){ ot__chunks((size_t)images, (size_t)of_chunk), chunk, units, NULL };
    return (ot__cut){ share->chunks, chunk, share->chunks ? units : 0, share };
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

/* `mine`, which is proportional to this process's images, for the whole batch. */
static inline double ot__of_whole_batch(const ot__share *share, int images, double mine)
{
    return share ? mine / images * share->images : mine;
}

/* A loop over the pairs to combine, in the order of the tree: slot k takes slot k + step. */
#define OT__TREE(k, step, chunks)                                                                  \
    for (int step = 1; step < (chunks); step *= 2)                                                 \
        for (int k = 0; k + step < (chunks); k += 2 * step)

/* Combines two slots of `width` numbers: `to` takes `from`. */
typedef void (*ot__merge)(size_t width, void *to, const void *from);

/* Adds numbers of type double or float. */
OT_PRIVATE void ot__merge_sums(size_t width, void *to, const void *from);
OT_PRIVATE void ot__merge_sums_f32(size_t width, void *to, const void *from);

/* Combines the slots of all chunks, of all processes, in the first one.  A slot has `width` numbers
 * of `size` bytes, and begins `stride` numbers after the one before it. */
OT_PRIVATE void ot__combine_chunks(const ot__cut *cut, size_t size, size_t width, size_t stride,
                                   void *slots, ot__merge merge);

/* The same for sums: of doubles, and of floats, with threads and without gaps. */
OT_PRIVATE void ot__add_chunks(const ot__cut *cut, size_t width, size_t stride, double *slots);
OT_PRIVATE void ot__add_chunks_f32(const ot__cut *cut, size_t width, float *slots);
/* The same for the chunks of this process alone, as far as it can. */
void ot__add_own_chunks_f32(const ot__cut *cut, size_t width, float *slots);

#endif
