/* SPDX-License-Identifier: BSD-3-Clause
 * Steps that run as one.  Linear combinations that follow each other, none of which reads another,
 * are summed up block by block in one sweep over their operands: each operand passes through memory
 * once for all of them, and results may lie over any operand that is read for the last time.  So
 * where a Runge-Kutta step begins several sums early, they take the places of the states that they
 * are begun for, and no more memory. */
#include "autograd/compile/builder.h"

static const ot__record *record_of(const ot__builder *b, int step)
{
    return &ot__builder_node(b, b->p->step[step].id)->record;
}

static bool reads(const ot__builder *b, int step, int id)
{
    const ot__record *r = record_of(b, step);
    for (int k = 0; k < r->n_in; k++)
        if (r->in[k].id == id) return true;
    return false;
}

/* Whether step s can join those from `first` on. */
static bool joins(const ot__builder *b, int first, int s)
{
    const ot_program *p = b->p;
    const ot__record *one = record_of(b, first), *other = record_of(b, s);
    if (p->step[s].kernels != p->step[first].kernels || !p->step[s].kernels->together ||
        s - first >= OT__MOST_TOGETHER)
        return false;
    if (one->batched != other->batched || !ot__same_shape(one->shape, other->shape)) return false;
    for (int i = first; i < s; i++)
        if (reads(b, s, p->step[i].id)) return false;
    return true;
}

void ot__build_together(ot__builder *b)
{
    ot_program *p = b->p;
    for (int first = 0, s = 1; s < p->n_forward; s++) {
        if (joins(b, first, s)) {
            p->step[s].behind = s - first;
            p->step[first].more = s - first;
        } else {
            first = s;
        }
    }
}
