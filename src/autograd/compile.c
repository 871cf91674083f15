/* SPDX-License-Identifier: BSD-3-Clause
 * From a tape to a program, in five passes:
 *
 *   mark    which nodes are used, which lie between a gradient and root
 *   order   forward steps in the order of the tape, backward steps in reverse
 *   live    every value, gradient and saved state gets a buffer with its first and last step
 *   plan    buffers get offsets in one arena (plan.c)
 *   bind    every call gets its pointers
 *
 * The reverse sweep is nothing but the second half of the steps: the gradient of a node is complete
 * when the first of its consumers, in tape order, has run backward, which is before its own turn.
 */
#include <stdalign.h>
#include <string.h>

#include "autograd/program.h"
#include "base/machine.h"
#include "base/memory.h"

typedef struct builder {
    ot_program *p;
    const ot_tape *t;
    const ot_compile_opts *opts;
    bool *used;              /* root or a kept var depends on the node */
    bool *on_path;           /* root depends on it */
    bool *wants;             /* its gradient is to be computed */
    int *forward, *backward; /* its steps, -1: none */
    int n_nodes, last_step;
} builder;

size_t ot__program_bytes(const ot_program *p, int id, int batch)
{
    const size_t size =
        ot__program_node(p, id)->leaf == OT__LABELS ? sizeof(int32_t) : ot__dtype_size(p->dtype);
    return ot__elements(ot__program_shape(p, id, batch)) * size;
}

static const ot__node *node_of(const builder *b, int id)
{
    return &b->t->node[id];
}

static bool is_leaf_in_params(const ot__node *node)
{
    return node->leaf == OT__PARAM || node->leaf == OT__STAT;
}

/* ---- mark ---- */

static void mark_used(builder *b)
{
    b->used[b->p->root.id] = b->on_path[b->p->root.id] = true;
    for (int i = 0; i < b->opts->n_keep; i++)
        b->used[b->opts->keep[i].id] = true;
    for (int id = b->n_nodes - 1; id > 0; id--) {
        const ot__record *r = &node_of(b, id)->record;
        for (int k = 0; k < r->n_in; k++) {
            b->used[r->in[k].id] |= b->used[id];
            b->on_path[r->in[k].id] |= b->on_path[id];
        }
    }
}

static void mark_wanted(builder *b)
{
    for (int id = 1; b->p->gradients && id < b->n_nodes; id++) {
        const ot__node *node = node_of(b, id);
        bool wants =
            node->leaf == OT__PARAM || (node->leaf == OT__INPUT && b->opts->input_gradients);
        for (int k = 0; k < node->record.n_in; k++)
            wants |= b->wants[node->record.in[k].id];
        b->wants[id] = wants && b->on_path[id];
    }
}

/* ---- order ---- */

static const ot__kernels *choose_kernels(const builder *b, const ot__record *r)
{
    if (b->p->dtype == OT_F64) return &r->op->reference;
    ot_shape x[OT__MOST_OPERANDS];
    for (int k = 0; k < r->n_in; k++)
        x[k] = ot__program_shape(b->p, r->in[k].id, b->p->batch);
    const ot__kernels *best = b->p->tier == OT_TIER_BEST && r->op->best ? r->op->best(r, x) : NULL;
    return best ? best : &r->op->portable;
}

static void add_step(builder *b, int id, bool backward)
{
    const ot__record *r = &node_of(b, id)->record;
    (backward ? b->backward : b->forward)[id] = b->p->n_steps;
    b->p->step[b->p->n_steps++] =
        (ot__step) { .id = id, .backward = backward, .kernels = choose_kernels(b, r) };
}

static ot_status order_steps(builder *b)
{
    ot_program *p = b->p;
    p->step = ot__new(2 * (size_t)b->n_nodes, sizeof *p->step);
    if (!p->step) return OT_ENOMEM;
    for (int id = 1; id < b->n_nodes; id++) {
        b->forward[id] = b->backward[id] = -1;
        if (b->used[id] && node_of(b, id)->record.op) add_step(b, id, false);
    }
    p->n_forward = p->n_steps;
    for (int id = b->n_nodes - 1; id > 0; id--)
        if (b->wants[id] && node_of(b, id)->record.op) add_step(b, id, true);
    b->last_step = p->n_steps;
    return OT_OK;
}

/* ---- live ---- */

static uint64_t keeps(const ot__record *r)
{
    return r->op->keeps_of ? r->op->keeps_of(r) : r->op->keeps;
}

static bool keeps_operand(const ot__record *r, int k)
{
    return k < 63 && (keeps(r) & OT__KEEPS_X(k));
}

static int new_buffer(ot_program *p, size_t bytes, int first, int last)
{
    p->buffer[p->n_buffers] =
        (ot__buffer) { .bytes = bytes, .first = first, .last = last, .until = last, .inside = -1 };
    return p->n_buffers++;
}

static void extend(ot_program *p, int buffer, int step)
{
    if (buffer < 0 || step <= p->buffer[buffer].last) return;
    p->buffer[buffer].last = p->buffer[buffer].until = step;
}

/* A value lives from its step to its last use; inputs and what can be read afterwards live on. */
static void live_value(builder *b, int id)
{
    ot_program *p = b->p;
    const ot__node *node = node_of(b, id);
    const ot__record *r = &node->record;
    if (!b->used[id] || is_leaf_in_params(node)) return;
    const int born = r->op ? b->forward[id] : 0;
    p->place[id].y = new_buffer(p, ot__program_bytes(p, id, p->batch), born,
                                p->readable[id] ? b->last_step : born);
    for (int k = 0; k < r->n_in; k++) {
        const int operand = p->place[r->in[k].id].y;
        extend(p, operand, born);
        if (b->backward[id] >= 0 && keeps_operand(r, k)) extend(p, operand, b->backward[id]);
    }
    if (!r->op || b->backward[id] < 0) return;
    if (keeps(r) & OT__KEEPS_Y) extend(p, p->place[id].y, b->backward[id]);
}

/* What forward leaves for backward; without a backward step it dies at once. */
static void live_saved(builder *b, int id)
{
    const ot__record *r = &node_of(b, id)->record;
    if (!r->op || !r->op->saved || b->forward[id] < 0) return;
    ot_shape x[OT__MOST_OPERANDS];
    for (int k = 0; k < r->n_in; k++)
        x[k] = ot__program_shape(b->p, r->in[k].id, b->p->batch);
    const size_t bytes = r->op->saved(r, x, b->p->batch) * ot__dtype_size(b->p->dtype);
    const int born = b->forward[id], dies = b->backward[id];
    b->p->place[id].saved = new_buffer(b->p, bytes, born, dies >= 0 ? dies : born);
}

/* The gradient of a node lives from the first step that delivers to it to its own backward step. */
static void live_gradients(builder *b)
{
    ot_program *p = b->p;
    if (p->n_steps == p->n_forward) return;
    for (int s = p->n_forward; s < p->n_steps; s++) {
        const ot__record *r = &node_of(b, p->step[s].id)->record;
        for (int k = 0; k < r->n_in; k++) {
            const int id = r->in[k].id;
            ot__place *place = &p->place[id];
            if (!b->wants[id] || is_leaf_in_params(node_of(b, id)) || place->gy >= 0) continue;
            const int dies = p->readable[id] ? b->last_step : b->backward[id];
            place->gy = new_buffer(p, ot__program_bytes(p, id, p->batch), s, dies);
        }
    }
    const int root = p->root.id;
    p->place[root].gy =
        new_buffer(p, ot__program_bytes(p, root, p->batch), p->n_forward, b->last_step);
}

/* y over x[0] and gx over gy, where the op allows it and the giver dies in this very step. */
static void share_forward(builder *b, const ot__step *step, int s)
{
    const ot__record *r = &node_of(b, step->id)->record;
    if (!r->op->in_place_forward || r->n_in == 0) return;
    ot_program *p = b->p;
    const int giver = p->place[r->in[0].id].y, heir = p->place[step->id].y;
    if (giver < 0 || p->buffer[giver].bytes != p->buffer[heir].bytes) return;
    if (p->buffer[ot__plan_owner(p->buffer, giver)].until == s)
        ot__plan_take_over(p->buffer, giver, heir);
}

static void share_backward(builder *b, const ot__step *step, int s)
{
    const ot__record *r = &node_of(b, step->id)->record;
    if (!r->op->in_place_backward) return;
    ot_program *p = b->p;
    const int giver = p->place[step->id].gy;
    int heir = -1;
    for (int k = 0; k < r->n_in; k++) {
        if (!b->wants[r->in[k].id]) continue;
        heir = p->place[r->in[k].id].gy; /* -1 for a parameter */
        if (heir < 0 || p->buffer[heir].bytes != p->buffer[giver].bytes) return;
    }
    if (heir >= 0 && p->buffer[heir].first == s && p->buffer[heir].inside < 0 &&
        p->buffer[ot__plan_owner(p->buffer, giver)].until == s)
        ot__plan_take_over(p->buffer, giver, heir);
}

static ot_status live(builder *b)
{
    ot_program *p = b->p;
    size_t operands = 0;
    for (int s = 0; s < p->n_steps; s++)
        operands += (size_t)node_of(b, p->step[s].id)->record.n_in;
    p->buffer = ot__new(3 * (size_t)b->n_nodes + operands, sizeof *p->buffer);
    if (!p->buffer) return OT_ENOMEM;
    for (int id = 1; id < b->n_nodes; id++) {
        p->place[id] = (ot__place) { -1, -1, -1 };
        live_value(b, id);
        live_saved(b, id);
    }
    live_gradients(b);
    for (int s = 0; s < p->n_steps; s++)
        (s < p->n_forward ? share_forward : share_backward)(b, &p->step[s], s);
    return OT_OK;
}

/* ---- deliveries ---- */

/* For each gradient a step delivers: is it the first of the run, and does its var come twice? */
static void describe_deliveries(builder *b, bool *delivered)
{
    ot_program *p = b->p;
    delivered[p->root.id] = true; /* by the seed */
    for (int s = p->n_forward; s < p->n_steps; s++) {
        const ot__record *r = &node_of(b, p->step[s].id)->record;
        for (int k = 0; k < r->n_in; k++) {
            const int id = r->in[k].id;
            ot__delivery *d = &p->step[s].delivery[k];
            d->twin = -1;
            if (!b->wants[id]) continue;
            for (int j = 0; j < k && d->twin < 0; j++)
                if (r->in[j].id == id) d->twin = j;
            d->to_param = is_leaf_in_params(node_of(b, id));
            d->first = d->twin >= 0 || !delivered[id];
            delivered[id] = true;
        }
    }
}

/* ---- bind ---- */

static void *take(char **pool, size_t n, size_t size)
{
    void *here = *pool;
    *pool += (n * size + 15) / 16 * 16;
    return here;
}

/* The arrays of all calls, in one block. */
static ot_status allot_operands(builder *b)
{
    ot_program *p = b->p;
    size_t bytes = 0;
    for (int s = 0; s < p->n_steps; s++) {
        const size_t n = (size_t)node_of(b, p->step[s].id)->record.n_in;
        bytes += n * (sizeof(ot_shape) + 2 * sizeof(void *) + sizeof(ot__delivery) + 1) + 5 * 16;
    }
    char *pool = p->operands = ot__new(bytes, 1);
    if (!pool) return OT_ENOMEM;
    for (int s = 0; s < p->n_steps; s++) {
        ot__step *step = &p->step[s];
        const size_t n = (size_t)node_of(b, step->id)->record.n_in;
        step->call.x = take(&pool, n, sizeof(void *));
        step->call.gx = take(&pool, n, sizeof(void *));
        step->call.xs = step->xs = take(&pool, n, sizeof(ot_shape));
        step->delivery = take(&pool, n, sizeof(ot__delivery));
        step->call.add = step->add = take(&pool, n, sizeof(bool));
    }
    return OT_OK;
}

/* Twins need a buffer for the length of their step. */
static void live_twins(builder *b)
{
    ot_program *p = b->p;
    for (int s = p->n_forward; s < p->n_steps; s++) {
        ot__step *step = &p->step[s];
        const ot__record *r = &node_of(b, step->id)->record;
        for (int k = 0; k < r->n_in; k++)
            if (step->delivery[k].twin >= 0)
                step->call.gx[k] =
                    &p->buffer[new_buffer(p, ot__program_bytes(p, r->in[k].id, p->batch), s, s)];
    }
}

static void *at(const ot_program *p, int buffer)
{
    return buffer >= 0 ? p->arena + p->buffer[buffer].at : NULL;
}

static void *value_of(const builder *b, int id)
{
    const ot_program *p = b->p;
    if (is_leaf_in_params(node_of(b, id)))
        return ot__params_at(p->params, ot__params_of_node(p->params, id), p->dtype);
    return at(p, p->place[id].y);
}

static void *gradient_of(const builder *b, int id)
{
    const ot_program *p = b->p;
    if (is_leaf_in_params(node_of(b, id)))
        return ot__params_grad_at(p->params, ot__params_of_node(p->params, id), p->dtype);
    return at(p, p->place[id].gy);
}

static void bind_step(builder *b, ot__step *step)
{
    const ot_program *p = b->p;
    const ot__record *r = &node_of(b, step->id)->record;
    ot__call *c = &step->call;
    c->attr = r->attr;
    c->evaluate = p->evaluate;
    c->n_in = r->n_in;
    c->scratch = p->scratch;
    c->saved = at(p, p->place[step->id].saved);
    if (!step->backward || (keeps(r) & OT__KEEPS_Y)) c->y = value_of(b, step->id);
    if (step->backward) c->gy = gradient_of(b, step->id);
    for (int k = 0; k < r->n_in; k++) {
        const int id = r->in[k].id;
        const bool stays = is_leaf_in_params(node_of(b, id)) || node_of(b, id)->leaf == OT__LABELS;
        if (!step->backward || stays || keeps_operand(r, k)) c->x[k] = value_of(b, id);
        if (!step->backward || !b->wants[id]) continue;
        const ot__buffer *own = c->gx[k]; /* of a twin */
        c->gx[k] = own ? p->arena + own->at : gradient_of(b, id);
    }
}

static ot_status allot_scratch(builder *b)
{
    ot_program *p = b->p;
    p->threads = ot__threads();
    for (int s = 0; s < p->n_steps; s++) {
        const ot__record *r = &node_of(b, p->step[s].id)->record;
        if (!p->step[s].kernels->scratch) continue;
        ot_shape x[OT__MOST_OPERANDS];
        for (int k = 0; k < r->n_in; k++)
            x[k] = ot__program_shape(p, r->in[k].id, p->batch);
        const size_t bytes = p->step[s].kernels->scratch(r, x, p->batch, p->threads);
        if (bytes > p->scratch_bytes) p->scratch_bytes = bytes;
    }
    p->scratch = ot__tensor_memory(p->scratch_bytes);
    return p->scratch ? OT_OK : OT_ENOMEM;
}

static ot_status bind(builder *b)
{
    ot_program *p = b->p;
    OT_TRY(ot__plan_memory(p->buffer, p->n_buffers, p->n_steps, &p->plan));
    p->arena = ot__tensor_memory(p->plan.arena);
    if (!p->arena) return OT_ENOMEM;
    OT_TRY(allot_scratch(b));
    for (int s = 0; s < p->n_steps; s++)
        bind_step(b, &p->step[s]);
    return OT_OK;
}

/* Trained tensors that no step delivers to: their gradient is zero. */
static ot_status find_unreached(builder *b, const bool *delivered)
{
    ot_program *p = b->p;
    p->unreached = ot__new((size_t)b->n_nodes, sizeof *p->unreached);
    if (!p->unreached) return OT_ENOMEM;
    for (int id = 1; id < b->n_nodes; id++)
        if (node_of(b, id)->leaf == OT__PARAM && !delivered[id])
            p->unreached[p->n_unreached++] = ot__params_of_node(p->params, id);
    return OT_OK;
}

/* ---- all of it ---- */

static ot_status build(builder *b)
{
    ot_program *p = b->p;
    mark_used(b);
    mark_wanted(b);
    for (int id = 1; id < b->n_nodes; id++)
        p->readable[id] = node_of(b, id)->leaf == OT__INPUT || node_of(b, id)->leaf == OT__LABELS;
    p->readable[p->root.id] = true;
    for (int i = 0; i < b->opts->n_keep; i++)
        p->readable[b->opts->keep[i].id] = true;
    OT_TRY(order_steps(b));
    OT_TRY(allot_operands(b));
    bool *delivered = ot__new((size_t)b->n_nodes, sizeof *delivered);
    if (!delivered) return OT_ENOMEM;
    describe_deliveries(b, delivered);
    ot_status status = live(b);
    if (status == OT_OK) live_twins(b);
    if (status == OT_OK) status = bind(b);
    if (status == OT_OK) status = find_unreached(b, delivered);
    ot__free(delivered);
    return status;
}

static ot_status prepare(builder *b)
{
    ot_program *p = b->p;
    const size_t n = (size_t)b->n_nodes;
    if (p->owns_params) OT_TRY(ot_params_new(b->t, &p->params));
    OT_TRY(ot__params_need(p->params, p->dtype, p->gradients));
    p->place = ot__new(n, sizeof *p->place);
    p->readable = ot__new(n, sizeof *p->readable);
    b->used = ot__new(3 * n, sizeof *b->used);
    b->forward = ot__new(2 * n, sizeof *b->forward);
    if (!p->place || !p->readable || !b->used || !b->forward) return OT_ENOMEM;
    b->on_path = b->used + n;
    b->wants = b->on_path + n;
    b->backward = b->forward + n;
    return build(b);
}

static ot_status check_var(const ot_tape *t, ot_var v, const char *what)
{
    if (v.id < 1 || (size_t)v.id >= t->n)
        return ot__fail(OT_EINVAL, "compile: %s is the null var or of another tape", what);
    return OT_OK;
}

static ot_status check(const ot_tape *t, ot_var root, const ot_compile_opts *opts)
{
    if (t->status != OT_OK) return ot__fail(t->status, "%s", t->message);
    OT_TRY(check_var(t, root, "root"));
    if (!ot__node_of(t, root)->record.op)
        return ot__fail(OT_EINVAL, "compile: root is a leaf; it must be the result of an op");
    for (int i = 0; i < opts->n_keep; i++)
        OT_TRY(check_var(t, opts->keep[i], "a var to keep"));
    if (opts->batch < 0 || opts->batch > 1 << 20)
        return ot__fail(OT_EINVAL, "compile: the largest batch is %d; it must be 1 to 2^20",
                        opts->batch);
    return OT_OK;
}

/* The batch recorded on the tape, 1 if no input has one. */
static int recorded_batch(const ot_tape *t)
{
    for (size_t id = 1; id < t->n; id++)
        if (t->node[id].record.batched) return t->node[id].record.shape.dim[0];
    return 1;
}

ot_status ot_compile(const ot_tape *t, ot_var root, const ot_compile_opts *opts, ot_program **out)
{
    static const ot_compile_opts defaults = { 0 };
    *out = NULL;
    if (!opts) opts = &defaults;
    OT_TRY(check(t, root, opts));
    const ot_tier tier = opts->tier ? opts->tier : ot_machine().tier;
    if (opts->dtype == OT_F32 && tier == OT_TIER_REFERENCE)
        return ot__fail(OT_EINVAL,
                        "compile: the reference kernels are double; compile with dtype OT_F64");
    ot_program *p = ot__new(1, sizeof *p);
    if (!p) return OT_ENOMEM;
    *p = (ot_program) { .tape = t,
                        .root = root,
                        .dtype = opts->dtype,
                        .tier = tier,
                        .evaluate = opts->evaluate,
                        .gradients = !opts->forward_only,
                        .batch = opts->batch ? opts->batch : recorded_batch(t),
                        .params = opts->params,
                        .owns_params = !opts->params };
    builder b = { .p = p, .t = t, .opts = opts, .n_nodes = (int)t->n };
    const ot_status status = prepare(&b);
    ot__free(b.used);
    ot__free(b.forward);
    if (status != OT_OK) {
        ot_program_free(p);
        return status;
    }
    *out = p;
    return OT_OK;
}

void ot_program_free(ot_program *p)
{
    if (!p) return;
    if (p->owns_params) ot_params_free(p->params);
    ot__free(p->step);
    ot__free(p->place);
    ot__free(p->buffer);
    ot__free(p->operands);
    ot__free(p->readable);
    ot__free(p->unreached);
    ot__free(p->arena);
    ot__free(p->scratch);
    ot__free(p);
}
