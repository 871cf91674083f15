/* SPDX-License-Identifier: BSD-3-Clause
 * Adds up the sums of chunks; see chunks.h. */
#include "base/chunks.h"

void ot__add_chunks(int chunks, size_t width, size_t stride, double *slots)
{
    OT__TREE(k, step, chunks)
    {
        double *const to = slots + (size_t)k * stride, *const from = to + (size_t)step * stride;
        for (size_t i = 0; i < width; i++)
            to[i] += from[i];
    }
}
