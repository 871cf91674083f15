/* SPDX-License-Identifier: BSD-3-Clause
 * conv2d backward by Winograd's algorithm, both gradients in one pass over x and gy:
 *
 *   gx   as forward, with gy for x and the turned weights
 *   gw   V[xi]' Z[xi] is added up over the groups of a chunk, folded to 3x3, and chunks are added
 * in order
 *
 * A thread's room: patches of gy, M and then V, Z, and the sum of V' Z. */
#include <omp.h>

#include "ops/kernels/winograd_gemm.h"
#include "ops/kernels/winograd_transform.h"

typedef struct room {
    float *patches, *m, *z, *sum;
} room;

static room room_of(const ot__winograd *p)
{
    const size_t in = OT__PLACES * ot__place_size(&p->tiling, p->inputs);
    const size_t out = OT__PLACES * ot__place_size(&p->tiling, p->outputs);
    float *at = p->room + (size_t)omp_get_thread_num() * p->room_size;
    return (room) { at, at + out, at + out + in, at + 2 * out + in };
}

/* The group's gx from the patches of gy. */
static void group_x(const ot__call *c, const ot__winograd *p, size_t k, const room *r)
{
    const ot__tiling *g = &p->tiling;
    const size_t in = ot__place_size(g, p->inputs), out = ot__place_size(g, p->outputs);
    for (size_t xi = 0; xi < OT__PLACES; xi++)
        OT__FOR_ISA(small_gemm)
    (g->group, p->inputs, p->outputs, r->patches + xi * out, (size_t)p->outputs, 1,
     p->u + xi * (size_t)p->inputs * (size_t)p->outputs, false, r->m + xi * in);
    OT__FOR_ISA(winograd_output)(ot__group(g, k, p->inputs), r->m, c->add[0], c->gx[0]);
}

/* Adds the group's V' Z, or begins the sum with it. */
static void group_w(const ot__call *c, const ot__winograd *p, size_t k, bool add, const room *r)
{
    const ot__tiling *g = &p->tiling;
    const size_t in = ot__place_size(g, p->inputs), out = ot__place_size(g, p->outputs);
    const ot__tiles t = ot__group(g, k, p->inputs);
    OT__FOR_ISA(winograd_input)(t, c->x[0], r->m, NULL);
    for (size_t xi = 0; xi < OT__PLACES; xi++)
        OT__FOR_ISA(small_gemm)
    (p->inputs, p->outputs, t.n, r->m + xi * in, 1, (size_t)p->inputs, r->z + xi * out, add,
     r->sum + xi * (size_t)p->inputs * (size_t)p->outputs);
}

/* The groups first .. end-1. */
static void chunk(const ot__call *c, const ot__winograd *p, int first, int end, float *gw)
{
    const room r = room_of(p);
    for (int k = first; k < end; k++) {
        const ot__tiles t = ot__group(&p->tiling, (size_t)k, p->outputs);
        OT__FOR_ISA(winograd_input)
        (t, c->gy, c->gx[0] ? r.patches : NULL, c->gx[1] ? r.z : NULL);
        if (c->gx[0]) group_x(c, p, (size_t)k, &r);
        if (c->gx[1]) group_w(c, p, (size_t)k, k > first, &r);
    }
    if (c->gx[1]) OT__FOR_ISA(winograd_fold_weights)(p, r.sum, gw);
}

void OT__FOR_ISA(winograd_backward)(const ot__call *c)
{
    const ot__winograd p = ot__winograd_of(c);
    const int groups = ot__groups(&p.tiling), step = ot__chunks((size_t)groups, OT__MOST_CHUNKS);
    const int chunks = ot__chunks((size_t)groups, (size_t)step);
    if (c->gx[0]) OT__FOR_ISA(winograd_turned_weights)(&p, c->x[1]);
    OT__PARALLEL_FOR
        for (ptrdiff_t k = 0; k < chunks; k++) {
            const int first = (int)k * step, end = first + step < groups ? first + step : groups;
            chunk(c, &p, first, end, p.gw + (size_t)k * p.gw_size);
        }
    if (c->gx[1]) OT__FOR_ISA(winograd_add_chunks)(&p, chunks, c->add[1], c->gx[1]);
}
