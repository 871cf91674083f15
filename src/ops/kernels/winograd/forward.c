/* SPDX-License-Identifier: BSD-3-Clause
 * conv2d forward by Winograd's algorithm.  Threads share the groups of tiles or, if the moments of
 * the result are asked for, the chunks.  A group goes through
 * input transform, products and output transform while it is in the second-level cache.  The bits
 * of a tile do not depend on the group it is in.  The workspace of a thread holds V, M, and the
 * sums of a group. */
#include <omp.h>

#include "ops/kernels/moments.h"
#include "ops/kernels/vector.h"
#include "ops/kernels/winograd/products.h"

static void group(const ot__call *c, const ot__winograd *p, size_t k)
{
    const ot__tiling *g = &p->tiling;
    const size_t in = ot__place_size(g, p->inputs), out = ot__place_size(g, p->outputs);
    const size_t channels = (size_t)p->outputs;
    float *v = p->workspace + (size_t)omp_get_thread_num() * p->workspace_size,
          *m = v + OT__PLACES * in;
    float *sums = m + OT__PLACES * out;
    const ot__source x = { c->x[0], c->view };
    const ot__tiles t = ot__group(g, k, p->outputs);
    if (t.n == 0) return;
    OT__FOR_ISA(winograd_input)(ot__group(g, k, p->inputs), x, v, NULL);
    const ot__products vu = { .m = ot__rows_of_products(&t),
                              .n = p->outputs,
                              .k = p->inputs,
                              .a = v,
                              .a_row = (size_t)p->inputs,
                              .a_column = 1,
                              .a_place = in,
                              .b = p->u,
                              .b_place = (size_t)p->inputs * channels,
                              .c = m,
                              .c_place = out };
    OT__FOR_ISA(winograd_products)
    (&vu, OT__FOR_ISA(winograd_prefetch_of)(ot__group(g, k + 1, p->inputs), x));
    const ot__destination y = { .y = c->y,
                                .add = ot__adds_to_result(c),
                                .sums = c->y_sums ? sums : NULL };
    OT__FOR_ISA(winograd_output)(t, m, &y);
    if (c->y_sums)
        ot__merge_into_slot(ot__sums_slot(c->y_sums, k / (size_t)g->groups, channels),
                            ot__pixels(&t), channels, sums);
}

/* The groups of some chunks. */
static void chunk(const ot__call *c, const ot__winograd *p, ptrdiff_t k)
{
    const ptrdiff_t groups = p->tiling.groups;
    ot__clear_slot(ot__sums_slot(c->y_sums, (size_t)k, (size_t)p->outputs), (size_t)p->outputs);
    for (ptrdiff_t i = k * groups; i < (k + 1) * groups; i++)
        group(c, p, (size_t)i);
}

void OT__FOR_ISA(winograd_forward)(const ot__call *c)
{
    const ot__winograd p = ot__winograd_of(c);
    const int groups = ot__groups(&p.tiling);
    OT__FOR_ISA(winograd_weights)(&p, c->x[1]);
    const int chunks = c->y_sums ? p.tiling.cut.chunks : 0;
    if (c->y_sums) c->y_sums[0] = chunks;
#pragma omp parallel num_threads(ot__threads())
    {
#pragma omp for schedule(static) nowait
        for (ptrdiff_t k = 0; k < chunks; k++)
            chunk(c, &p, k);
#pragma omp for schedule(static) nowait
        for (ptrdiff_t k = 0; k < (chunks ? 0 : groups); k++)
            group(c, &p, (size_t)k);
        ot__stream_end();
    }
}
