/* SPDX-License-Identifier: BSD-3-Clause
 * conv2d forward by Winograd's algorithm: groups of tiles by any thread, each through patches,
 * products and tiles while it is in the second-level cache.  A tile's bits do not depend on its
 * group.  A thread's room: V, then M. */
#include <omp.h>

#include "ops/kernels/winograd_products.h"

static void group(const ot__call *c, const ot__winograd *p, size_t k)
{
    const ot__tiling *g = &p->tiling;
    const size_t in = ot__place_size(g, p->inputs), out = ot__place_size(g, p->outputs);
    float *v = p->room + (size_t)omp_get_thread_num() * p->room_size, *m = v + OT__PLACES * in;
    OT__FOR_ISA(winograd_input)(ot__group(g, k, p->inputs), c->x[0], c->view, v, NULL);
    const ot__products vu = { .m = g->group,
                              .n = p->outputs,
                              .k = p->inputs,
                              .a = v,
                              .a_row = (size_t)p->inputs,
                              .a_column = 1,
                              .a_place = in,
                              .b = p->u,
                              .b_place = (size_t)p->inputs * (size_t)p->outputs,
                              .c = m,
                              .c_place = out };
    OT__FOR_ISA(winograd_products)(&vu, ot__group(g, k + 1, p->inputs), c->x[0]);
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
