/* SPDX-License-Identifier: BSD-3-Clause
 * Counts elements, compares shapes, changes their batch and writes them as text. */
#include <stdio.h>
#include <string.h>

#include "autograd/op.h"

size_t ot__elements(ot_shape s)
{
    size_t n = 1;
    for (int i = 0; i < s.rank; i++)
        n *= (size_t)s.dim[i];
    return n;
}

int ot__channels(ot_shape s)
{
    return s.rank > 0 ? s.dim[s.rank - 1] : 1;
}

bool ot__same_shape(ot_shape a, ot_shape b)
{
    return a.rank == b.rank && memcmp(a.dim, b.dim, sizeof(int) * (size_t)a.rank) == 0;
}

ot_shape ot__with_batch(ot_shape s, bool batched, int batch)
{
    if (batched) s.dim[0] = batch;
    return s;
}

const char *ot__shape_text(ot_shape s)
{
    enum { BUFFERS = 8 };
    static _Thread_local char buffer[BUFFERS][64];
    static _Thread_local unsigned next;
    char *text = buffer[next++ % BUFFERS];
    size_t used = (size_t)snprintf(text, sizeof buffer[0], "(");
    for (int i = 0; i < s.rank; i++)
        used += (size_t)snprintf(text + used, sizeof buffer[0] - used, i ? ",%d" : "%d", s.dim[i]);
    snprintf(text + used, sizeof buffer[0] - used, ")");
    return text;
}
