/* SPDX-License-Identifier: BSD-3-Clause
 * Lifetimes.  A value lives from its step to its last use, which may be in backward; a gradient
 * from the first step that delivers to it to the backward step of its own node, which uses it up.
 */
#include "autograd/compile/builder.h"
#include "base/memory.h"

static int new_buffer(ot_program *p, size_t bytes, int first, int last)
{
    p->buffer[p->n_buffers] =
        (ot__buffer){ .bytes = bytes, .first = first, .last = last, .until = last, .inside = -1 };
    return p->n_buffers++;
}

static void extend(ot_program *p, int buffer, int step)
{
    if (buffer < 0 || step <= p->buffer[buffer].last) return;
    p->buffer[buffer].last = p->buffer[buffer].until = step;
}

/* What a node's value is read from must live until `step`. */
static void extend_operand(ot_program *p, int id, int step)
{
    const ot__sight *sight = &p->sight[id];
    extend(p, p->place[sight->base].y, step);
    if (sight->through) extend(p, p->place[sight->through].saved, step);
}

/* A value lives from its step to its last use; inputs and what can be read afterwards live on. */
static void live_value(ot__builder *b, int id)
{
    ot_program *p = b->p;
    const ot__node *node = ot__builder_node(b, id);
    const ot__record *r = &node->record;
    if (!b->used[id] || ot__in_params(node)) return;
    const int step = r->op ? b->forward[id] : 0;
    const int born = step < 0 ? step : ot__first_together(p, step);
    if (!ot__is_view(p, id))
        p->place[id].y = new_buffer(p, ot__program_bytes(p, id, p->batch), born,
                                    p->readable[id] ? b->last_step : born);
    for (int k = 0; k < r->n_in && born >= 0; k++) {
        extend_operand(p, r->in[k].id, ot__last_together(p, step));
        if (b->backward[id] >= 0 && ot__keeps_operand(r, k))
            extend_operand(p, r->in[k].id, b->backward[id]);
    }
    if (!r->op || b->backward[id] < 0) return;
    if (ot__keeps(r) & OT__KEEPS_Y) extend(p, p->place[id].y, b->backward[id]);
}

/* What forward leaves for backward; without a backward step it dies at once. */
static void live_saved(ot__builder *b, int id)
{
    const ot__record *r = &ot__builder_node(b, id)->record;
    if (!r->op || !r->op->saved || b->forward[id] < 0) return;
    ot_shape x[OT__MOST_OPERANDS];
    ot__operand_shapes(b, r, x);
    const size_t bytes = r->op->saved(r, x, b->p->batch) * ot__dtype_size(b->p->dtype);
    const int born = b->forward[id], dies = b->backward[id];
    b->p->place[id].saved = new_buffer(b->p, bytes, born, dies >= 0 ? dies : born);
}

/* Sums live from the call that leaves them to the batch norms that take them. */
static int new_sums(ot__builder *b, int left_by, int channels, int first, int last)
{
    const ot__record *r = &ot__builder_node(b, left_by)->record;
    ot_shape x[OT__MOST_OPERANDS];
    ot__operand_shapes(b, r, x);
    const size_t slots = ot__choose_kernels(b, r)->slots(r, x, b->p->batch);
    const size_t numbers = 1 + slots * (1 + 2 * (size_t)channels);
    return new_buffer(b->p, numbers * sizeof(double), first, last);
}

static void live_sums(ot__builder *b, int id)
{
    ot_program *p = b->p;
    const ot__record *r = &ot__builder_node(b, id)->record;
    if (!r->op || b->forward[id] < 0) return;
    const int channels = r->shape.rank > 0 ? r->shape.dim[r->shape.rank - 1] : 1;
    if (p->sight[id].gives_sums)
        p->place[id].y_sums =
            new_sums(b, id, channels, ot__first_together(p, b->forward[id]), b->forward[id]);
    if (ot__choose_kernels(b, r)->takes_sums)
        extend(p, p->place[r->in[0].id].y_sums, b->forward[id]);
}

/* The reader of a view leaves the sums of its gradient. */
static void live_gradient_sums(ot__builder *b, int step)
{
    ot_program *p = b->p;
    const ot__record *r = &ot__builder_node(b, p->step[step].id)->record;
    const int through = p->sight[r->in[0].id].through;
    if (!through || !p->sight[through].gradient_sums) return;
    const int rank = ot__builder_node(b, through)->record.shape.rank;
    const int channels = ot__builder_node(b, through)->record.shape.dim[rank - 1];
    p->place[through].gy_sums = new_sums(b, p->step[step].id, channels, step, b->backward[through]);
}

/* A gradient that is a view of a batch norm's operand and gradient needs both when it is read. */
static void live_graded(ot__builder *b, int id)
{
    ot_program *p = b->p;
    const int by = p->sight[id].graded_by;
    extend(p, p->place[id].y, b->backward[id]);
    extend(p, p->place[by].gy, b->backward[id]);
    extend(p, p->place[by].saved, b->backward[id]);
}

/* The gradient of a node, which may be another node's. */
static int gradient_buffer(const ot__builder *b, int id)
{
    return b->p->place[ot__gradient_owner(b, id)].gy;
}

/* Step s delivers to the gradient of a node. */
static void live_gradient(ot__builder *b, int id, int s)
{
    ot_program *p = b->p;
    if (p->sight[id].graded_by) {
        live_graded(b, id);
        return;
    }
    const int user = p->sight[id].through ? p->sight[id].through : id;
    const int dies = p->readable[id] ? b->last_step : b->backward[user];
    if (p->place[id].gy < 0)
        p->place[id].gy = new_buffer(p, ot__program_bytes(p, id, p->batch), s, dies > s ? dies : s);
    extend(p, p->place[id].gy, s);
    p->place[user].gy = p->place[id].gy; /* of a bent view: the view's own backward uses it */
}

/* Step s sees the gradient of its node as a view of others. */
static void live_blended(ot__builder *b, int id, int s)
{
    const ot__sight *sight = &b->p->sight[id];
    if (sight->blended) extend(b->p, gradient_buffer(b, sight->blended), s);
    if (sight->blended_too) extend(b->p, gradient_buffer(b, sight->blended_too), s);
}

/* The gradient of a node lives from the first step that delivers to it to its own backward step,
 * or to the last one that gathers from it. */
static void live_gradients(ot__builder *b)
{
    ot_program *p = b->p;
    if (p->n_steps == p->n_forward) return;
    const int root = p->root.id;
    p->place[root].gy =
        new_buffer(p, ot__program_bytes(p, root, p->batch), p->n_forward, b->last_step);
    for (int s = p->n_forward; s < p->n_steps; s++) {
        const ot__step *step = &p->step[s];
        const ot__record *r = &ot__builder_node(b, step->id)->record;
        for (int k = 0; k < step->terms; k++)
            extend(p, gradient_buffer(b, step->from[k]), ot__last_together(p, s));
        if (step->terms) live_gradient(b, step->id, ot__first_together(p, s));
        if (step->terms) continue;
        extend(p, gradient_buffer(b, step->id), s);
        live_blended(b, step->id, s);
        live_gradient_sums(b, s);
        for (int k = 0; k < r->n_in; k++)
            if (b->wants[r->in[k].id] && !ot__in_params(ot__builder_node(b, r->in[k].id)))
                live_gradient(b, r->in[k].id, s);
    }
    for (int id = 1; id < b->n_nodes; id++)
        p->place[id].gy = gradient_buffer(b, id);
}

/* Results of steps that run as one over what dies in them, each over another. */
static void share_together(ot__builder *b, int heir, int first, int last)
{
    ot_program *p = b->p;
    for (int s = first; s <= last; s++) {
        const ot__record *r = &ot__builder_node(b, p->step[s].id)->record;
        for (int k = 0; k < r->n_in; k++) {
            const int giver = p->place[r->in[k].id].y;
            if (giver < 0 || p->buffer[giver].bytes != p->buffer[heir].bytes ||
                p->buffer[ot__plan_owner(p->buffer, giver)].until != last)
                continue;
            ot__plan_take_over(p->buffer, giver, heir);
            return;
        }
    }
}

/* y over x[0] and gx over gy, where the op allows it and the giver dies in this very step. */
static void share_forward(ot__builder *b, const ot__step *step, int s)
{
    const ot__record *r = &ot__builder_node(b, step->id)->record;
    if (!r->op->in_place_forward || r->n_in == 0) return;
    ot_program *p = b->p;
    const int giver = p->place[r->in[0].id].y, heir = p->place[step->id].y;
    const int first = ot__first_together(p, s), last = ot__last_together(p, s);
    if (first < last) {
        if (heir >= 0 && p->buffer[heir].last > last) share_together(b, heir, first, last);
        return;
    }
    if (giver < 0 || heir < 0 || p->buffer[giver].bytes != p->buffer[heir].bytes) return;
    if (p->buffer[ot__plan_owner(p->buffer, giver)].until == s)
        ot__plan_take_over(p->buffer, giver, heir);
}

/* A gather over one of the gradients it reads, if nothing is in its own yet. */
static void share_gather(ot__builder *b, const ot__step *step, int s)
{
    ot_program *p = b->p;
    const int heir = p->place[step->id].gy, last = ot__last_together(p, s);
    if (p->buffer[heir].first != ot__first_together(p, s) || p->buffer[heir].inside >= 0) return;
    for (int k = 0; k < step->terms; k++) {
        const int giver = p->place[step->from[k]].gy;
        if (p->buffer[ot__plan_owner(p->buffer, giver)].until != last) continue;
        ot__plan_take_over(p->buffer, giver, heir);
        return;
    }
}

static void share_backward(ot__builder *b, const ot__step *step, int s)
{
    if (step->terms) {
        share_gather(b, step, s);
        return;
    }
    const ot__record *r = &ot__builder_node(b, step->id)->record;
    if (!r->op->in_place_backward) return;
    ot_program *p = b->p;
    const int giver = p->place[step->id].gy;
    int heir = -1;
    if (giver < 0) return;
    for (int k = 0; k < r->n_in; k++) {
        const int id = r->in[k].id;
        if (!b->wants[id] || ot__in_params(ot__builder_node(b, id))) continue;
        if (step->delivery[k].twin >= 0) return;
        heir = p->place[id].gy;
        if (heir < 0 || p->buffer[heir].bytes != p->buffer[giver].bytes) return;
    }
    if (heir >= 0 && p->buffer[heir].first == s && p->buffer[heir].inside < 0 &&
        p->buffer[ot__plan_owner(p->buffer, giver)].until == s)
        ot__plan_take_over(p->buffer, giver, heir);
}

/* Twins need a buffer for the length of their step. */
static void live_twins(ot__builder *b)
{
    ot_program *p = b->p;
    for (int s = p->n_forward; s < p->n_steps; s++) {
        ot__step *step = &p->step[s];
        const ot__record *r = &ot__builder_node(b, step->id)->record;
        for (int k = 0; k < ot__step_operands(p, step); k++)
            if (step->delivery[k].twin >= 0)
                step->call.gx[k] =
                    &p->buffer[new_buffer(p, ot__program_bytes(p, r->in[k].id, p->batch), s, s)];
    }
}

/* For each gradient a step delivers: is it the first of the run, and does its var come twice? */
static void describe_deliveries(ot__builder *b)
{
    ot_program *p = b->p;
    b->delivered[p->root.id] = true; /* by the seed */
    for (int s = p->n_forward; s < p->n_steps; s++) {
        const ot__record *r = &ot__builder_node(b, p->step[s].id)->record;
        if (p->step[s].terms) {
            p->step[s].delivery[0] = (ot__delivery){ !b->delivered[p->step[s].id], false, -1 };
            b->delivered[p->step[s].id] = true;
        }
        for (int k = 0; k < ot__step_operands(p, &p->step[s]); k++) {
            const int id = r->in[k].id;
            ot__delivery *d = &p->step[s].delivery[k];
            d->twin = -1;
            if (!b->wants[id]) continue;
            for (int j = 0; j < k && d->twin < 0; j++)
                if (r->in[j].id == id) d->twin = j;
            d->to_param = ot__in_params(ot__builder_node(b, id));
            d->first = d->twin >= 0 || !b->delivered[id];
            b->delivered[id] = true;
        }
    }
}

ot_status ot__build_lifetimes(ot__builder *b)
{
    ot_program *p = b->p;
    size_t operands = 0;
    for (int s = 0; s < p->n_steps; s++)
        operands += (size_t)ot__step_operands(p, &p->step[s]);
    p->buffer = ot__new(5 * (size_t)b->n_nodes + operands, sizeof *p->buffer);
    if (!p->buffer) return OT_ENOMEM;
    for (int id = 1; id < b->n_nodes; id++) {
        p->place[id] = (ot__place){ -1, -1, -1, -1, -1 };
        live_value(b, id);
        live_saved(b, id);
        live_sums(b, id);
    }
    describe_deliveries(b);
    live_gradients(b);
    for (int s = 0; s < p->n_steps; s++)
        (s < p->n_forward ? share_forward : share_backward)(b, &p->step[s], s);
    live_twins(b);
    return OT_OK;
}
