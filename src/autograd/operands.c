/* SPDX-License-Identifier: BSD-3-Clause
 * Finds the tensors that each step reads and writes.  A forward step reads its operands and writes
 * its result.  A backward step reads what its op keeps and the gradient of its result, and writes
 * those gradients of its operands that are wanted. */
#include "autograd/operands.h"

static ot__where in_buffer(int buffer)
{
    return buffer >= 0 ? (ot__where){ OT__BUFFER, buffer } : (ot__where){ OT__NOWHERE, 0 };
}

static ot__where in_params(const ot_program *p, int id, ot__region region)
{
    return (ot__where){ region, ot__params_of_node(p->params, id) };
}

static ot__where value_at(const ot_program *p, int id, int s)
{
    return ot__in_params(ot__program_node(p, id))
               ? in_params(p, id, OT__PARAM_VALUE)
               : in_buffer(ot__value_buffer(p->place, p->buffer, id, s));
}

static ot__where saved_at(const ot_program *p, int id, int s)
{
    return in_buffer(ot__buffer_at(p->buffer, p->place[id].saved, s));
}

static ot__where gradient_of(const ot_program *p, int id)
{
    return ot__in_params(ot__program_node(p, id)) ? in_params(p, id, OT__PARAM_GRAD)
                                                  : in_buffer(p->place[id].gy);
}

static ot__tensors forward_tensors(const ot_program *p, int s)
{
    const ot__step *step = &p->step[s];
    const ot__record *r = ot__program_record(p, step->id);
    const bool takes_sums = step->kernels->takes_sums && r->n_in > 0 && !step->replay;
    return (ot__tensors){
        .y = value_at(p, step->id, s),
        .saved = saved_at(p, step->id, s),
        .y_sums = in_buffer(step->replay ? -1 : p->place[step->id].y_sums),
        .x_sums = in_buffer(takes_sums ? p->place[r->in[0].id].y_sums : -1),
    };
}

/* The gradient if it is stored, otherwise the one or two tensors that it is computed from. */
static void locate_gradient(const ot_program *p, int s, ot__tensors *t)
{
    const int id = p->step[s].id;
    const int norm = p->access[id].gradient_norm, *source = p->gradient.of[id].source;
    if (norm) {
        t->gy = value_at(p, id, s);
        t->gy_v = in_buffer(p->place[norm].gy);
    } else if (source[0]) {
        t->gy = gradient_of(p, source[0]);
        if (source[1]) t->gy_v = gradient_of(p, source[1]);
    } else {
        t->gy = gradient_of(p, id);
    }
}

static ot__tensors backward_tensors(const ot_program *p, int s)
{
    const ot__step *step = &p->step[s];
    const ot__record *r = ot__program_record(p, step->id);
    const int norm = r->n_in > 0 ? p->access[r->in[0].id].norm : 0;
    ot__tensors t = {
        .saved = saved_at(p, step->id, s),
        .gx_sums = in_buffer(norm ? p->place[norm].gy_sums : -1),
        .gy_sums = in_buffer(p->place[step->id].gy_sums),
    };
    if (ot__keeps_result(r)) t.y = value_at(p, step->id, s);
    locate_gradient(p, s, &t);
    return t;
}

ot__tensors ot__step_tensors(const ot_program *p, int s)
{
    const ot__step *step = &p->step[s];
    if (step->terms)
        return (ot__tensors){ .y = step->replay ? value_at(p, step->id, s)
                                                : gradient_of(p, step->id) };
    return step->backward ? backward_tensors(p, s) : forward_tensors(p, s);
}

ot__where ot__step_x(const ot_program *p, int s, int k)
{
    const ot__step *step = &p->step[s];
    if (step->terms)
        return step->replay ? value_at(p, step->from[k], s) : gradient_of(p, step->from[k]);
    const ot__record *r = ot__program_record(p, step->id);
    const ot__node *node = ot__program_node(p, r->in[k].id);
    const bool stays = ot__in_params(node) || node->leaf == OT__LABELS;
    if (step->backward && !stays && !ot__keeps_operand(p, step->id, k)) return in_buffer(-1);
    return value_at(p, p->access[r->in[k].id].stored, s);
}

ot__where ot__step_gx(const ot_program *p, int s, int k)
{
    const ot__step *step = &p->step[s];
    if (!step->backward || step->terms || !p->delivery.of[s][k].wanted) return in_buffer(-1);
    const int duplicate = p->delivery.of[s][k].duplicate;
    return duplicate >= 0 ? in_buffer(p->first_duplicate + duplicate)
                          : gradient_of(p, ot__program_record(p, step->id)->in[k].id);
}

void *ot__address(const ot_program *p, ot__where w)
{
    switch (w.region) {
    case OT__BUFFER:
        return p->arena + p->buffer[w.index].at;
    case OT__PARAM_VALUE:
        return ot__params_at(p->params, w.index, p->dtype);
    case OT__PARAM_GRAD:
        return ot__params_grad_at(p->params, w.index, p->dtype);
    case OT__NOWHERE:
        break;
    }
    return NULL;
}
