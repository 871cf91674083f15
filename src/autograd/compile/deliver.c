/* SPDX-License-Identifier: BSD-3-Clause
 * Describes each gradient that a backward step delivers: whether it is the first one that its node
 * gets in a run, and whether the same var is an operand of the record twice. */
#include "autograd/compile/passes.h"
#include "base/memory.h"

static int deliveries_of(const ot_program *p, const ot__step *step)
{
    if (step->replay) return 0;
    return step->terms ? 1 : ot__step_operands(p, step);
}

static ot_status new_deliveries(const ot_program *p, ot__deliveries *d)
{
    size_t all = 0;
    for (int s = p->n_forward; s < p->n_steps; s++)
        all += (size_t)deliveries_of(p, &p->step[s]);
    d->all = ot__new(all, sizeof *d->all);
    d->of = ot__new((size_t)p->n_steps, sizeof(ot__delivery *));
    d->reached = ot__new((size_t)p->n_nodes, sizeof *d->reached);
    if (!d->all || !d->of || !d->reached) return OT_ENOMEM;
    ot__delivery *next = d->all;
    for (int s = p->n_forward; s < p->n_steps; s++) {
        d->of[s] = next;
        next += deliveries_of(p, &p->step[s]);
    }
    return OT_OK;
}

static ot__delivery describe(const ot_program *p, ot__deliveries *d, const ot__record *r, int k)
{
    const int id = r->in[k].id;
    ot__delivery one = { .same_as = -1, .duplicate = -1 };
    one.wanted = p->mark[id].wanted && ot__passes_gradient(r, k);
    if (!one.wanted) return one;
    one.same_as = ot__same_operand(r, k);
    if (one.same_as >= 0) one.duplicate = d->n_duplicates++;
    one.to_param = ot__in_params(ot__program_node(p, id));
    one.first = one.same_as >= 0 || !d->reached[id];
    d->reached[id] = true;
    return one;
}

ot_status ot__find_deliveries(const ot_program *p, ot__deliveries *d)
{
    OT_TRY(new_deliveries(p, d));
    d->reached[p->root.id] = true; /* by the gradient that ot_backward starts from */
    for (int s = p->n_forward; s < p->n_steps; s++) {
        const ot__step *step = &p->step[s];
        const ot__record *r = ot__program_record(p, step->id);
        if (step->replay) continue;
        if (step->terms) {
            d->of[s][0] = (ot__delivery){
                .wanted = true, .first = !d->reached[step->id], .same_as = -1, .duplicate = -1
            };
            d->reached[step->id] = true;
        }
        for (int k = 0; k < ot__step_operands(p, step); k++)
            d->of[s][k] = describe(p, d, r, k);
    }
    return OT_OK;
}
