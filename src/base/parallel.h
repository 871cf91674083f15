/* SPDX-License-Identifier: BSD-3-Clause
 * Loops over chunks.  Work is cut into chunks whose size depends on the problem, never on the
 * number of threads; what chunks sum up goes to one slot a chunk, and the slots are added in
 * order.  So results have the same bits at any number of threads. */
#ifndef OT_BASE_PARALLEL_H
#define OT_BASE_PARALLEL_H

#include <stddef.h>

#include "base/machine.h"

/* for (i = 0; i < n; i++) in parallel, each i by one thread, contiguous shares:
 *     OT__PARALLEL_FOR
 *     for (ptrdiff_t i = 0; i < n; i++) ... */
#define OT__PRAGMA(x) _Pragma(#x)
#define OT__PARALLEL_FOR OT__PRAGMA(omp parallel for schedule(static) num_threads(ot__threads()))

/* Number of chunks of `size` in n, the last one may be smaller. */
static inline int ot__chunks(size_t n, size_t size)
{
    return (int)((n + size - 1) / size);
}

#endif
