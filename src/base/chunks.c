/* SPDX-License-Identifier: BSD-3-Clause
 * Combines the slots of chunks; see chunks.h.  Where several processes have chunks, each first
 * combines the pairs of which it has both sides.  The slots that are left over are exchanged, and
 * every process combines them to the end. */
#include "base/chunks.h"

#include <string.h>

#include "base/comm.h"

enum { BLOCK = 1024 }; /* floats that a thread adds at a time */

void ot__merge_sums(size_t width, void *to, const void *from)
{
    double *const x = to;
    for (size_t i = 0; i < width; i++)
        x[i] += ((const double *)from)[i];
}

void ot__merge_sums_f32(size_t width, void *to, const void *from)
{
    float *const x = to;
#pragma omp simd
    for (size_t i = 0; i < width; i++)
        x[i] += ((const float *)from)[i];
}

/* ---- the chunks of one process ---- */

/* Slot k of chunks that lie `bytes` apart. */
static void *slot_at(void *slots, size_t bytes, int k)
{
    return (char *)slots + (size_t)k * bytes;
}

/* Whether the processes have to combine slots k and k + step: no process has all of both. */
static bool is_divided(ot__chunk_range mine, int chunks, int k, int step)
{
    const int end = k + 2 * step < chunks ? k + 2 * step : chunks;
    return k < mine.first || end > mine.first + mine.n;
}

/* Combines the pairs that this process has. */
static void combine_own(const ot__cut *cut, size_t width, size_t bytes, void *slots,
                        ot__merge merge)
{
    const ot__share *const s = cut->share;
    const int chunks = s ? ot__chunks_of(s->images) : cut->chunks;
    const ot__chunk_range mine =
        s ? (ot__chunk_range){ s->first, s->chunks } : (ot__chunk_range){ 0, chunks };
    OT__TREE(k, step, chunks)
    if (!is_divided(mine, chunks, k, step))
        merge(width, slot_at(slots, bytes, k - mine.first),
              slot_at(slots, bytes, k + step - mine.first));
}

/* ---- the chunks of all processes ---- */

bool ot__chunk_is_left_over(ot__chunk_range of, int chunks, int k)
{
    const int step = k & -k; /* the step in which slot k is taken by slot k - step */
    return k == 0 || is_divided(of, chunks, k - step, step);
}

/* Exchanges the slots that are left over.  at[k] is where the slot of chunk k is then, NULL if it
 * is part of another one. */
static bool exchange(const ot__cut *cut, size_t width, size_t bytes, void *slots,
                     void *at[OT__MOST_CHUNKS])
{
    const ot__share *const s = cut->share;
    const int chunks = ot__chunks_of(s->images), size = ot_processes_count();
    size_t sent[OT__MOST_PROCESSES] = { 0 }, filled = 0;
    char *const room = ot__comm_room(OT__MOST_CHUNKS * width);
    for (int rank = 0; room && rank < size; rank++) {
        const ot__chunk_range of = ot__chunks_of_rank(chunks, rank, size);
        for (int k = of.first; k < of.first + of.n; k++) {
            if (!ot__chunk_is_left_over(of, chunks, k)) continue;
            at[k] = room + filled;
            if (rank == ot_processes_rank())
                memcpy(at[k], slot_at(slots, bytes, k - of.first), width);
            sent[rank] += width;
            filled += width;
        }
    }
    return room && ot__comm_gather(room, sent) == OT_OK;
}

static void combine_all(const ot__cut *cut, size_t size, size_t width, size_t stride, void *slots,
                        ot__merge merge)
{
    void *at[OT__MOST_CHUNKS] = { NULL };
    const int chunks = ot__chunks_of(cut->share->images);
    if (!exchange(cut, width * size, stride * size, slots, at)) return; /* the run then fails */
    OT__TREE(k, step, chunks)
    if (at[k + step]) merge(width, at[k], at[k + step]);
    memcpy(slots, at[0], width * size);
}

void ot__combine_chunks(const ot__cut *cut, size_t size, size_t width, size_t stride, void *slots,
                        ot__merge merge)
{
    combine_own(cut, width, stride * size, slots, merge);
    if (cut->share) combine_all(cut, size, width, stride, slots, merge);
}

void ot__add_chunks(const ot__cut *cut, size_t width, size_t stride, double *slots)
{
    ot__combine_chunks(cut, sizeof *slots, width, stride, slots, ot__merge_sums);
}

void ot__add_own_chunks_f32(const ot__cut *cut, size_t width, float *slots)
{
    OT__PARALLEL_FOR
    for (ptrdiff_t block = 0; block < ot__chunks(width, BLOCK); block++) {
        const size_t at = (size_t)block * BLOCK, left = width - at;
        combine_own(cut, left < BLOCK ? left : BLOCK, width * sizeof *slots, slots + at,
                    ot__merge_sums_f32);
    }
}

void ot__add_chunks_f32(const ot__cut *cut, size_t width, float *slots)
{
    ot__add_own_chunks_f32(cut, width, slots);
    if (cut->share) combine_all(cut, sizeof *slots, width, width, slots, ot__merge_sums_f32);
}
