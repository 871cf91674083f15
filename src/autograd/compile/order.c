/* SPDX-License-Identifier: BSD-3-Clause
 * Puts the steps in order: forward steps in the order of the tape, then backward steps in reverse
 * order.  The gradient of a node is complete when the backward steps of all its readers have run.
 * Readers have larger ids, so the gradient is complete before the backward step of the node itself.
 *
 * Fused steps.  Linear combinations that follow each other and do not read each other run in one
 * call of a kernel.  Each operand is then read from memory once for all of them, and a result may
 * overwrite any operand that nobody reads later.  So if a Runge-Kutta step starts several sums
 * early, they need no more memory than the states that they replace. */
#include "autograd/compile/passes.h"
#include "base/memory.h"

/* An activation that is applied on reading has no steps. */
static bool has_steps(const ot_program *p, int id)
{
    const ot__access *access = &p->access[id];
    return ot__program_record(p, id)->op && (access->stored == id || access->norm == id);
}

static ot__step *add_step(const ot_program *p, ot__order *o, int id, bool backward)
{
    ot__step *const step = &o->step[o->n_steps++];
    const ot__record *r = ot__program_record(p, id);
    *step = (ot__step){ .id = id, .backward = backward };
    if (r->op) step->kernels = ot__choose_kernels(p, r);
    return step;
}

/* ---- sums of gradients ---- */

/* Adds a step that sums up the terms of a node's gradient from term `first` on. */
static ot__step *add_sum(const ot_program *p, ot__order *o, int id, int first)
{
    const ot__gradient *g = &p->gradient.of[id];
    ot__step *const step = add_step(p, o, id, true);
    step->terms = g->n_terms - first;
    step->from = p->gradient.from + g->first_term + first;
    step->coef = p->gradient.coef + g->first_term + first;
    step->kernels = ot__choose_kernels(p, ot__program_record(p, step->from[0]));
    return step;
}

static void add_sum_before(const ot_program *p, ot__order *o, int id, int before)
{
    if (p->gradient.of[id].before != before) return;
    const int fused = p->gradient.of[id].fused_sum;
    add_sum(p, o, id, 0)->followers = fused ? 1 : 0;
    if (fused) add_sum(p, o, fused, 1)->position = 1;
}

/* Adds the sums that must be formed before the backward step of node `id`: of its own gradient, and
 * of the gradients of operands that the step adds to. */
static void add_sums(const ot_program *p, ot__order *o, int id)
{
    const ot__record *r = ot__program_record(p, id);
    add_sum_before(p, o, id, id);
    for (int k = 0; k < r->n_in && !p->gradient.of[id].deferred; k++)
        if (ot__same_operand(r, k) < 0) add_sum_before(p, o, r->in[k].id, id);
}

/* ---- fused forward steps ---- */

/* Whether step s can join the fused steps from `first` on. */
static bool can_join(const ot_program *p, const ot__step step[], int first, int s)
{
    const ot__record *a = ot__program_record(p, step[first].id);
    const ot__record *b = ot__program_record(p, step[s].id);
    if (step[s].kernels != step[first].kernels || !step[s].kernels->fused ||
        s - first >= OT__MOST_FUSED)
        return false;
    if (a->batched != b->batched || !ot__same_shape(a->shape, b->shape)) return false;
    for (int i = first; i < s; i++)
        if (ot__reads(b, step[i].id)) return false;
    return true;
}

static void fuse_forward(const ot_program *p, ot__order *o)
{
    for (int first = 0, s = 1; s < o->n_forward; s++) {
        if (can_join(p, o->step, first, s)) {
            o->step[s].position = s - first;
            o->step[first].followers = s - first;
        } else {
            first = s;
        }
    }
}

ot_status ot__order_steps(const ot_program *p, ot__order *o)
{
    *o = (ot__order){ .step = ot__new(3 * (size_t)p->n_nodes, sizeof *o->step) };
    if (!o->step) return OT_ENOMEM;
    for (int id = 1; id < p->n_nodes; id++)
        if (p->mark[id].used && has_steps(p, id)) add_step(p, o, id, false);
    o->n_forward = o->n_steps;
    fuse_forward(p, o);
    for (int id = p->n_nodes - 1; id > 0; id--) {
        if (!p->mark[id].wanted) continue;
        add_sums(p, o, id);
        if (has_steps(p, id) && !p->gradient.of[id].deferred) add_step(p, o, id, true);
    }
    return OT_OK;
}
