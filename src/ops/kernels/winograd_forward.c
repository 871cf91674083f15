/* SPDX-License-Identifier: BSD-3-Clause
 * conv2d forward by Winograd's algorithm: groups of tiles by any thread, each through patches,
 * products and tiles while it is in the second-level cache.  A tile's bits do not depend on its
 * group.  A thread's room: V, then M. */
#include <omp.h>

#include "ops/kernels/winograd_gemm.h"
#include "ops/kernels/winograd_transform.h"

static void group(const ot__call *c, const ot__winograd *p, size_t k)
{
    const ot__tiling *g = &p->tiling;
    const size_t v_place = ot__place_size(g, p->inputs), m_place = ot__place_size(g, p->outputs);
    float *v = p->room + (size_t)omp_get_thread_num() * p->room_size;
    float *m = v + OT__PLACES * v_place;
    OT__FOR_ISA(winograd_input)(ot__group(g, k, p->inputs), c->x[0], v, NULL);
    for (size_t xi = 0; xi < OT__PLACES; xi++)
        OT__FOR_ISA(small_gemm)
    (g->group, p->outputs, p->inputs, v + xi * v_place, (size_t)p->inputs, 1,
     p->u + xi * (size_t)p->inputs * (size_t)p->outputs, false, m + xi * m_place);
    OT__FOR_ISA(winograd_output)(ot__group(g, k, p->outputs), m, false, c->y);
}

void OT__FOR_ISA(winograd_forward)(const ot__call *c)
{
    const ot__winograd p = ot__winograd_of(c);
    OT__FOR_ISA(winograd_weights)(&p, c->x[1]);
    OT__PARALLEL_FOR
        for (ptrdiff_t k = 0; k < ot__groups(&p.tiling); k++)
            group(c, &p, (size_t)k);
}
