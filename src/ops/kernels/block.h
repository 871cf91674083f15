/* SPDX-License-Identifier: BSD-3-Clause
 * Flat tensors whose elements do not depend on each other are processed in blocks that fit the
 * first-level cache; threads share the blocks. */
#ifndef OT_OPS_KERNELS_BLOCK_H
#define OT_OPS_KERNELS_BLOCK_H

#include <stddef.h>

#include "base/parallel.h"

enum { OT__BLOCK = 2048 }; /* elements */

/* A function that is compiled twice, also for AVX2; the CPU that runs it gets the clone that fits.
 * Products and sums are not fused, so both clones give the same bits. */
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

/* gx <- s*g, or gx + s*g if add.  gx may be g. */
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
