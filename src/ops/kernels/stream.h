/* SPDX-License-Identifier: BSD-3-Clause
 * Streaming stores, which bypass the caches.  They are for tensors that are larger than the caches
 * and are read only after all of them has been written.  Lines are not fetched before they are
 * written, and data that is still needed stays in the caches. */
#ifndef OT_OPS_KERNELS_STREAM_H
#define OT_OPS_KERNELS_STREAM_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#if defined(__SSE2__)
#include <emmintrin.h>

/* to[i] <- from[i], i < n. */
static inline void ot__stream_out(size_t n, float *to, const float *from)
{
    enum { WIDTH = 4 };
    size_t i = 0;
    for (; (uintptr_t)to % sizeof(__m128) == 0 && i + WIDTH <= n; i += WIDTH)
        _mm_stream_ps(to + i, _mm_loadu_ps(from + i));
    memcpy(to + i, from + i, (n - i) * sizeof *to);
}

/* Must be called before other threads read what was streamed. */
static inline void ot__stream_end(void)
{
    _mm_sfence();
}
#else
static inline void ot__stream_out(size_t n, float *to, const float *from)
{
    memcpy(to, from, n * sizeof *to);
}

static inline void ot__stream_end(void)
{
}
#endif

#endif
