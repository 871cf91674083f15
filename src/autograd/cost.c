/* SPDX-License-Identifier: BSD-3-Clause
 * Counts floating-point operations and the bytes that each step moves.  Both follow from shapes and
 * from the places of operands, so a program has costs before it has memory. */
#include "autograd/cost.h"

#include "autograd/operands.h"

ot__cost ot__program_cost(const ot_program *p, int id)
{
    const ot__record *r = ot__program_record(p, id);
    ot_shape x[OT__MOST_OPERANDS];
    int batch = 1;
    for (int k = 0; k < r->n_in; k++) {
        const ot__record *operand = ot__program_record(p, r->in[k].id);
        x[k] = operand->shape;
        if (operand->batched) batch = operand->shape.dim[0];
    }
    const ot__cost all = r->op && r->op->cost ? r->op->cost(r, x) : (ot__cost){ 0 };
    const double spared = ot__all_frozen(p, r) ? r->op->cost_of_params * all.backward : 0;
    return (ot__cost){ all.forward / batch, (all.backward - spared) / batch };
}

double ot__step_flops(const ot_program *p, int s)
{
    const ot__step *step = &p->step[s];
    if (step->terms)
        return 2.0 * step->terms * (double)ot__elements(ot__program_shape(p, step->id, 1));
    const ot__cost cost = ot__program_cost(p, step->id);
    return step->backward ? cost.backward : cost.forward;
}

/* ---- bytes ---- */

static double bytes_of(const ot_program *p, int id)
{
    return (double)ot__program_bytes(p, id, p->batch);
}

/* A gradient that is added to is also read. */
static double delivered_bytes(const ot_program *p, const ot__delivery *d, int id)
{
    return bytes_of(p, id) * (d->first ? 1 : 2);
}

static bool reads(const ot_program *p, int s, int id)
{
    const ot__step *step = &p->step[s];
    for (int k = 0; k < step->terms; k++)
        if (step->from[k] == id) return true;
    return step->terms == 0 && ot__reads(ot__program_record(p, step->id), id);
}

/* Whether a step that is fused with step s, and comes before it, reads the node too. */
static bool is_read_before(const ot_program *p, int s, int id)
{
    for (int i = ot__first_fused(p, s); i < s; i++)
        if (reads(p, i, id)) return true;
    return false;
}

static double moved_by_sum(const ot_program *p, int s)
{
    const ot__step *step = &p->step[s];
    double bytes =
        step->replay ? bytes_of(p, step->id) : delivered_bytes(p, &p->delivery.of[s][0], step->id);
    for (int k = 0; k < step->terms; k++)
        if (!is_read_before(p, s, step->from[k])) bytes += bytes_of(p, step->id);
    return bytes;
}

/* A batch norm whose result or gradient is computed on reading, and whose sums are left by another
 * step, works on numbers per channel and touches no tensor. */
static bool touches_tensors(const ot_program *p, int s, const ot__tensors *t)
{
    return p->step[s].backward
               ? !ot__is_somewhere(t->gy_sums) || ot__is_somewhere(ot__step_gx(p, s, 0))
               : ot__is_somewhere(t->y) ||
                     !(ot__is_somewhere(t->x_sums) ||
                       ot__evaluates(p, ot__program_record(p, p->step[s].id)));
}

static double moved_by_operands(const ot_program *p, int s, bool touches)
{
    const ot__record *r = ot__program_record(p, p->step[s].id);
    double bytes = 0;
    for (int k = 0; k < r->n_in; k++) {
        const int id = r->in[k].id;
        const bool read = ot__is_somewhere(ot__step_x(p, s, k)) && (k > 0 || touches);
        if (read && !is_read_before(p, s, id)) bytes += bytes_of(p, id);
        if (ot__is_somewhere(ot__step_gx(p, s, k)))
            bytes += delivered_bytes(p, &p->delivery.of[s][k], id);
    }
    return bytes;
}

double ot__step_moves(const ot_program *p, int s)
{
    if (p->step[s].terms) return moved_by_sum(p, s);
    const int id = p->step[s].id;
    const ot__tensors t = ot__step_tensors(p, s);
    const bool touches = touches_tensors(p, s, &t);
    const int tensors =
        ot__is_somewhere(t.y) + (ot__is_somewhere(t.gy) && touches) + ot__is_somewhere(t.gy_v);
    const double saved =
        ot__is_somewhere(t.saved) ? (double)p->buffer[p->place[id].saved].bytes : 0;
    return saved + tensors * bytes_of(p, id) + moved_by_operands(p, s, touches);
}

/* ---- of the whole program ---- */

/* Counts a replay of node `id`; first and last are those of the replays so far. */
static void note_replay(const ot_program *p, int id, ot_program_info *info, int *first, int *last)
{
    const char *const scope = ot__program_node(p, id)->scope;
    info->replays++;
    if (id < *first) *first = id, info->replays_from = scope;
    if (id > *last) *last = id, info->replays_to = scope;
}

ot_program_info ot_program_describe(const ot_program *p)
{
    if (!p) return (ot_program_info){ 0 };
    ot_program_info info = {
        .calls = p->n_steps,
        .batch = p->batch,
        .arena_bytes = p->plan.arena,
        .unplanned_bytes = p->plan.unplanned,
        .bound_bytes = p->plan.bound,
        .scratch_bytes = p->scratch_bytes,
        .product_bytes = p->product_bytes,
        .params_bytes = ot__params_bytes(p->params, p->dtype, p->gradients),
    };
    int first = p->n_nodes, last = 0;
    info.peak_bytes = info.arena_bytes + info.scratch_bytes + info.params_bytes;
    for (int s = 0; s < p->n_steps; s++) {
        const ot__step *step = &p->step[s];
        *(step->backward ? &info.flops_backward
          : step->replay ? &info.flops_replayed
                         : &info.flops_forward) += ot__step_flops(p, s);
        if (step->replay) note_replay(p, step->id, &info, &first, &last);
    }
    info.least_bytes = p->least_bytes;
    return info;
}
