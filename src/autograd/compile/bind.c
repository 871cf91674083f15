/* SPDX-License-Identifier: BSD-3-Clause
 * Pointers: once offsets are planned, every call of the program is complete but for its batch. */
#include "autograd/compile/builder.h"
#include "base/available.h"
#include "base/machine.h"
#include "base/memory.h"
#include "base/workers.h"

static void *take(char **pool, size_t n, size_t size)
{
    void *here = *pool;
    *pool += (n * size + 15) / 16 * 16;
    return here;
}

static size_t operands_or_terms(const ot_program *p, const ot__step *step)
{
    return (size_t)(step->terms + ot__step_operands(p, step));
}

/* The arrays of all calls, in one block. */
ot_status ot__build_calls(ot__builder *b)
{
    ot_program *p = b->p;
    size_t bytes = 0;
    for (int s = 0; s < p->n_steps; s++) {
        const size_t n = operands_or_terms(p, &p->step[s]);
        bytes += n * (sizeof(ot_shape) + 2 * sizeof(void *) + sizeof(ot__delivery) + 1) + 5 * 16;
    }
    char *pool = p->operands = ot__new(bytes, 1);
    if (!pool) return OT_ENOMEM;
    for (int s = 0; s < p->n_steps; s++) {
        ot__step *step = &p->step[s];
        const size_t n = operands_or_terms(p, step);
        step->call.x = take(&pool, n, sizeof(void *));
        step->call.gx = take(&pool, n, sizeof(void *));
        step->call.xs = step->xs = take(&pool, n, sizeof(ot_shape));
        step->delivery = take(&pool, n, sizeof(ot__delivery));
        step->call.add = step->add = take(&pool, n, sizeof(bool));
    }
    return OT_OK;
}

static void *at(const ot_program *p, int buffer)
{
    return buffer >= 0 ? p->arena + p->buffer[buffer].at : NULL;
}

/* Where a program that is only planned has its tensors: nobody reads or writes there. */
static unsigned char nowhere[64];

static void *value_of(const ot__builder *b, int id)
{
    const ot_program *p = b->p;
    if (!ot__in_params(ot__builder_node(b, id))) return at(p, p->place[id].y);
    return p->plan_only ? nowhere
                        : ot__params_at(p->params, ot__params_of_node(p->params, id), p->dtype);
}

static void *gradient_of(const ot__builder *b, int id)
{
    const ot_program *p = b->p;
    if (!ot__in_params(ot__builder_node(b, id))) return at(p, p->place[id].gy);
    return p->plan_only
               ? nowhere
               : ot__params_grad_at(p->params, ot__params_of_node(p->params, id), p->dtype);
}

/* Once a view's saved state has a place, so have the numbers that it is seen through. */
static void bind_view(ot__builder *b, int id, const void *saved)
{
    const ot__record *r = &ot__builder_node(b, id)->record;
    ot__sight *sight = b->p->sight;
    ot_shape x[OT__MOST_OPERANDS];
    ot__operand_shapes(b, r, x);
    sight[id].view = r->op->view(x, saved);
    if (!sight[id].bent_by) return;
    ot__view *bent = &sight[sight[id].bent_by].view;
    *bent = sight[id].view;
    bent->relu = true;
}

/* The gradient of a node as a view of a batch norm's operand, that node, and gradient. */
static void bind_graded(ot__builder *b, int id, ot__call *c)
{
    const ot_program *p = b->p;
    const int by = p->sight[id].graded_by;
    const ot__record *r = &ot__builder_node(b, by)->record;
    ot_shape x[OT__MOST_OPERANDS];
    ot__operand_shapes(b, r, x);
    p->sight[id].gradient = r->op->gradient(x, at(p, p->place[by].saved), at(p, p->place[by].gy));
    c->gy = value_of(b, id);
    c->gy_view = &p->sight[id].gradient;
}

/* ... and as one of the one or two gradients that it would be gathered from. */
static void bind_blended(ot__builder *b, int id, ot__call *c)
{
    ot__sight *sight = &b->p->sight[id];
    c->gy = gradient_of(b, sight->blended);
    if (sight->blended_too) sight->gradient.v = gradient_of(b, sight->blended_too);
    c->gy_view = &sight->gradient;
}

static void bind_gradient(ot__builder *b, int id, ot__call *c)
{
    const ot__sight *sight = &b->p->sight[id];
    if (sight->graded_by)
        bind_graded(b, id, c);
    else if (sight->blended)
        bind_blended(b, id, c);
    else
        c->gy = gradient_of(b, id);
}

/* Sums that the step is to leave, or that have been left for it. */
static void bind_sums(const ot_program *p, const ot__record *r, ot__step *step)
{
    const int x = r->n_in > 0 ? r->in[0].id : 0, through = p->sight[x].through;
    ot__call *c = &step->call;
    if (step->backward) {
        c->gx_sums = through ? at(p, p->place[through].gy_sums) : NULL;
        c->gy_sums = at(p, p->place[step->id].gy_sums);
    } else {
        c->y_sums = at(p, p->place[step->id].y_sums);
        c->x_sums = step->kernels->takes_sums ? at(p, p->place[x].y_sums) : NULL;
    }
}

static void bind_operand(ot__builder *b, ot__step *step, const ot__record *r, int k)
{
    const ot_program *p = b->p;
    const int id = r->in[k].id;
    const ot__node *node = ot__builder_node(b, id);
    const bool stays = ot__in_params(node) || node->leaf == OT__LABELS;
    ot__call *c = &step->call;
    if (!step->backward || stays || ot__keeps_operand(r, k))
        c->x[k] = value_of(b, p->sight[id].base);
    if (k == 0 && ot__is_view(p, id)) c->view = &p->sight[id].view;
    if (!step->backward || !b->wants[id]) return;
    const ot__buffer *own = c->gx[k]; /* of a twin */
    c->gx[k] = own ? p->arena + own->at : gradient_of(b, id);
}

static void bind_gather(ot__builder *b, ot__step *step)
{
    ot__call *c = &step->call;
    c->attr = step->coef;
    c->n_in = step->terms;
    c->y = gradient_of(b, step->id);
    for (int k = 0; k < step->terms; k++)
        c->x[k] = gradient_of(b, step->from[k]);
}

static void bind_step(ot__builder *b, ot__step *step)
{
    if (step->terms) {
        bind_gather(b, step);
        return;
    }
    const ot_program *p = b->p;
    const ot__record *r = &ot__builder_node(b, step->id)->record;
    ot__call *c = &step->call;
    c->attr = r->attr;
    c->evaluate = p->evaluate;
    c->n_in = r->n_in;
    c->scratch = p->scratch;
    c->saved = at(p, p->place[step->id].saved);
    if (!step->backward && ot__is_view(p, step->id)) bind_view(b, step->id, c->saved);
    if (!step->backward || (ot__keeps(r) & OT__KEEPS_Y)) c->y = value_of(b, step->id);
    if (step->backward) bind_gradient(b, step->id, c);
    bind_sums(p, r, step);
    c->through_relu = step->backward && p->sight[step->id].bent_by;
    for (int k = 0; k < r->n_in; k++)
        bind_operand(b, step, r, k);
}

static size_t larger(size_t a, size_t b)
{
    return a > b ? a : b;
}

/* What kernels need besides their operands: scratch of ours, and memory that BLIS takes itself. */
static void size_scratch(ot__builder *b)
{
    ot_program *p = b->p;
    size_t product = 0;
    p->threads = ot__threads();
    for (int s = 0; s < p->n_steps; s++) {
        const ot__record *r = &ot__builder_node(b, p->step[s].id)->record;
        const ot__kernels *k = p->step[s].kernels;
        if (p->step[s].terms) continue;
        ot_shape x[OT__MOST_OPERANDS];
        ot__operand_shapes(b, r, x);
        if (k->scratch)
            p->scratch_bytes = larger(p->scratch_bytes, k->scratch(r, x, p->batch, p->threads));
        if (k->product) product = larger(product, k->product(r, x));
    }
    p->product_bytes = ot__blis_bytes(product, p->threads);
}

static ot_status allot(ot_program *p)
{
    if (p->plan_only) {
        p->arena = p->scratch = nowhere;
        return OT_OK;
    }
    OT_TRY(ot__start_threads());
    OT_TRY(ot__check_memory(p->plan.arena + p->scratch_bytes + p->product_bytes, "the program"));
    p->arena = ot__tensor_memory(p->plan.arena);
    p->scratch = p->arena ? ot__tensor_memory(p->scratch_bytes) : NULL;
    return p->scratch ? OT_OK : OT_ENOMEM;
}

/* Trained tensors that no step delivers to: their gradient is zero. */
static ot_status find_unreached(ot__builder *b)
{
    ot_program *p = b->p;
    p->unreached = ot__new((size_t)b->n_nodes, sizeof *p->unreached);
    if (!p->unreached) return OT_ENOMEM;
    for (int id = 1; id < b->n_nodes; id++)
        if (ot__builder_node(b, id)->leaf == OT__PARAM && !b->delivered[id])
            p->unreached[p->n_unreached++] = ot__params_of_node(p->params, id);
    return OT_OK;
}

ot_status ot__build_pointers(ot__builder *b)
{
    ot_program *p = b->p;
    OT_TRY(ot__plan_memory(p->buffer, p->n_buffers, p->n_steps, &p->plan));
    size_scratch(b);
    OT_TRY(allot(p));
    for (int s = 0; s < p->n_steps; s++)
        bind_step(b, &p->step[s]);
    if (p->plan_only) p->arena = p->scratch = NULL;
    return find_unreached(b);
}
