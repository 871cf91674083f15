/* SPDX-License-Identifier: BSD-3-Clause
 * channels in float32.  Threads share the pixels: the rows along the last dimension. */
#include <string.h>

#include "base/parallel.h"
#include "ops/attr.h"
#include "ops/kernels/block.h"
#include "ops/kernels/kernels.h"
#include "ops/kernels/read_view.h"

/* The channels of a pixel of the result: `before` zeros, then n channels of x, the first of them
 * `first`, then `after` zeros. */
typedef struct parts {
    size_t before, first, n, after;
    size_t of_x, of_y; /* channels of x and of the result */
    ptrdiff_t pixels;
} parts;

static parts parts_of(const ot__call *call)
{
    const ot__channels_attr *a = call->attr;
    const int inside = call->xs[0].dim[call->xs[0].rank - 1];
    const int from = a->from > 0 ? a->from : 0, to = a->to < inside ? a->to : inside;
    parts p = { .before = (size_t)(from - a->from),
                .first = (size_t)from,
                .n = (size_t)(to - from),
                .after = (size_t)(a->to - to),
                .of_x = (size_t)inside,
                .of_y = (size_t)(a->to - a->from) };
    p.pixels = (ptrdiff_t)(ot__elements(call->ys) / p.of_y);
    return p;
}

void ot__channels_forward_f32(const ot__call *call)
{
    const parts p = parts_of(call);
    const float *x = call->x[0];
    float *all = call->y;
    OT__PARALLEL_FOR
    for (ptrdiff_t i = 0; i < p.pixels; i++) {
        float *y = all + (size_t)i * p.of_y;
        memset(y, 0, p.before * sizeof *y);
        ot__read_view(call->view, p.first, p.n, x + (size_t)i * p.of_x + p.first, y + p.before);
        memset(y + p.before + p.n, 0, p.after * sizeof *y);
    }
}

void ot__channels_backward_f32(const ot__call *call)
{
    const parts p = parts_of(call);
    const float *gy = call->gy;
    float *all = call->gx[0];
    OT__PARALLEL_FOR
    for (ptrdiff_t i = 0; i < p.pixels; i++) {
        float *gx = all + (size_t)i * p.of_x;
        if (!call->add[0]) {
            memset(gx, 0, p.first * sizeof *gx);
            memset(gx + p.first + p.n, 0, (p.of_x - p.first - p.n) * sizeof *gx);
        }
        ot__deliver_scaled(p.n, gx + p.first, call->add[0], 1, gy + (size_t)i * p.of_y + p.before);
    }
}
