/* SPDX-License-Identifier: BSD-3-Clause
 * Flat tensors are worked on in blocks that fit the first-level cache, by any thread: where
 * elements do not depend on each other, the cut changes nothing; where they are summed up, each
 * block has a slot of its own, and the slots are added in order. */
#ifndef OT_OPS_KERNELS_BLOCK_H
#define OT_OPS_KERNELS_BLOCK_H

#include <stddef.h>

#include "base/parallel.h"

enum { OT__BLOCK = 2048 };

/* Loops over blocks are compiled for wider vectors too, and the machine that runs them chooses.
 * Products and sums are not fused, so the bits are the same. */
#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__) &&                             \
    !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
#define OT__CLONES __attribute__((target_clones("avx2", "default")))
#else
#define OT__CLONES
#endif

typedef struct ot__block {
    size_t at, n; /* first element, number of elements */
} ot__block;

static inline ptrdiff_t ot__blocks(size_t n)
{
    return ot__chunks(n, OT__BLOCK);
}

static inline ot__block ot__block_of(size_t n, ptrdiff_t b)
{
    const size_t at = (size_t)b * OT__BLOCK;
    return (ot__block){ at, n - at < OT__BLOCK ? n - at : OT__BLOCK };
}

/* gx <- s*g, or gx + s*g.  gx may be g. */
static inline void ot__deliver_scaled(size_t n, float *gx, bool add, float s, const float *g)
{
    if (add) {
#pragma omp simd
        for (size_t i = 0; i < n; i++)
            gx[i] += s * g[i];
    } else {
#pragma omp simd
        for (size_t i = 0; i < n; i++)
            gx[i] = s * g[i];
    }
}

#endif
