/* SPDX-License-Identifier: BSD-3-Clause
 * conv2d backward by Winograd's algorithm, both gradients in one pass over x and gy:
 *
 *   gx   as forward, with gy in place of x and the weights rotated by 180 degrees
 *   gw   V[xi]' Z[xi] is summed over the groups of a chunk and transformed back to 3x3 */
#include <omp.h>

#include "ops/kernels/conv2d.h"
#include "ops/kernels/moments.h"
#include "ops/kernels/vector.h"
#include "ops/kernels/winograd/products.h"

/* The workspace of one thread, for one group. */
typedef struct workspace {
    float *patches; /* transformed patches of gy */
    float *m;       /* the products M, later the transformed patches V of x */
    float *z;       /* transformed tiles of gy */
    float *gu;      /* the sum of V' Z over the groups of a chunk */
    float *sums;    /* per channel, of gx */
} workspace;

static workspace workspace_of(const ot__winograd *p)
{
    const size_t in = OT__PLACES * ot__place_size(&p->tiling, p->inputs);
    const size_t out = OT__PLACES * ot__place_size(&p->tiling, p->outputs);
    float *at = p->workspace + (size_t)omp_get_thread_num() * p->workspace_size;
    return (workspace){ at, at + out, at + out + in, at + 2 * out + in,
                        at + 2 * out + in + p->u_size };
}

static ot__source x_of(const ot__call *c)
{
    return (ot__source){ c->x[0], c->view };
}

static ot__source gy_of(const ot__call *c)
{
    return (ot__source){ c->gy, c->gy_view };
}

/* gx of a group, from the transformed patches of gy. */
static void group_x(const ot__call *c, const ot__winograd *p, size_t k, const workspace *r)
{
    const ot__tiling *g = &p->tiling;
    const ot__tiles t = ot__group(g, k, p->inputs);
    const size_t channels = (size_t)p->inputs;
    const ot__products patches_u = { .m = ot__rows_of_products(&t),
                                     .n = p->inputs,
                                     .k = p->outputs,
                                     .a = r->patches,
                                     .a_row = (size_t)p->outputs,
                                     .a_column = 1,
                                     .a_place = ot__place_size(g, p->outputs),
                                     .b = p->u,
                                     .b_place = channels * (size_t)p->outputs,
                                     .c = r->m,
                                     .c_place = ot__place_size(g, p->inputs) };
    const ot__prefetch next =
        c->gx[1] ? OT__FOR_ISA(winograd_prefetch_of)(t, x_of(c))
                 : OT__FOR_ISA(winograd_prefetch_of)(ot__group(g, k + 1, p->outputs), gy_of(c));
    OT__FOR_ISA(winograd_products)(&patches_u, next);
    const ot__destination gx = { .y = c->gx[0],
                                 .add = c->add[0],
                                 .mask = c->gx_sums ? x_of(c) : (ot__source){ 0 },
                                 .sums = c->gx_sums ? r->sums : NULL };
    OT__FOR_ISA(winograd_output)(t, r->m, &gx);
    if (c->gx_sums)
        ot__add_to_slot(ot__sums_slot(c->gx_sums, k / (size_t)g->groups, channels), ot__pixels(&t),
                        channels, r->sums);
}

/* Adds V' Z of a group to the sum of its chunk; without add, V' Z of the group begins the sum. */
static void group_w(const ot__call *c, const ot__winograd *p, size_t k, bool add,
                    const workspace *r)
{
    const ot__tiling *g = &p->tiling;
    const ot__tiles t = ot__group(g, k, p->inputs);
    OT__FOR_ISA(winograd_input)(t, x_of(c), r->m, NULL);
    const ot__products vz = { .m = p->inputs,
                              .n = p->outputs,
                              .k = t.n,
                              .a = r->m,
                              .a_row = 1,
                              .a_column = (size_t)p->inputs,
                              .a_place = ot__place_size(g, p->inputs),
                              .b = r->z,
                              .b_place = ot__place_size(g, p->outputs),
                              .add = add,
                              .c = r->gu,
                              .c_place = (size_t)p->inputs * (size_t)p->outputs };
    OT__FOR_ISA(winograd_products)
    (&vz, OT__FOR_ISA(winograd_prefetch_of)(ot__group(g, k + 1, p->outputs), gy_of(c)));
}

/* Both gradients of the groups of a chunk. */
static void chunk(const ot__call *c, const ot__winograd *p, size_t chunk)
{
    const workspace r = workspace_of(p);
    const ot__tiling *g = &p->tiling;
    const size_t first = chunk * (size_t)g->groups, channels = (size_t)p->inputs;
    if (c->gx_sums) ot__clear_slot(ot__sums_slot(c->gx_sums, chunk, channels), channels);
    for (size_t k = first; k < first + (size_t)g->groups; k++) {
        const ot__tiles t = ot__group(g, k, p->outputs);
        if (t.n == 0) break;
        OT__FOR_ISA(winograd_input)
        (t, gy_of(c), c->gx[0] ? r.patches : NULL, c->gx[1] ? r.z : NULL);
        if (c->gx[0]) group_x(c, p, k, &r);
        if (c->gx[1]) group_w(c, p, k, k > first, &r);
    }
    if (c->gx[1]) OT__FOR_ISA(winograd_fold_weights)(p, r.gu, p->gw + chunk * p->gw_size);
}

void OT__FOR_ISA(winograd_backward)(const ot__call *c)
{
    const ot__winograd p = ot__winograd_of(c);
    const int chunks = p.tiling.cut.chunks;
    if (c->gx[0]) OT__FOR_ISA(winograd_turned_weights)(&p, c->x[1]);
    if (c->gx_sums) c->gx_sums[0] = chunks;
#pragma omp parallel num_threads(ot__threads())
    {
#pragma omp for schedule(static) nowait
        for (ptrdiff_t k = 0; k < chunks; k++)
            chunk(c, &p, (size_t)k);
        ot__stream_end();
    }
    if (c->gx[1]) ot__conv2d_deliver_weights(c, &p.tiling.cut, p.gw);
}
