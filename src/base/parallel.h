/* SPDX-License-Identifier: BSD-3-Clause
 * Parallel loops.  Work is cut into parts whose size depends on the problem and never on the number
 * of threads, and what is summed is summed in an order that does not depend on it either
 * (base/chunks.h).  So results have the same bits at any number of threads. */
#ifndef OT_BASE_PARALLEL_H
#define OT_BASE_PARALLEL_H

#include <stddef.h>

#include "base/machine.h"

/* A loop whose iterations run in parallel; each thread gets a contiguous range of them:
 *     OT__PARALLEL_FOR
 *     for (ptrdiff_t i = 0; i < n; i++) ... */
#define OT__PRAGMA(x) _Pragma(#x)
#define OT__PARALLEL_FOR OT__PRAGMA(omp parallel for schedule(static) num_threads(ot__threads()))

/* The number of parts of `size` elements in n elements.  The last one may be smaller. */
static inline int ot__chunks(size_t n, size_t size)
{
    return (int)((n + size - 1) / size);
}

#endif
