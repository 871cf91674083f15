/* SPDX-License-Identifier: BSD-3-Clause
 * From a tape to a program, in seven passes:
 *
 *   mark    which nodes are used, which lie between a gradient and root
 *   view    which values are not stored (views.c)
 *   gather  which gradients are sums of multiples of others (gather.c)
 *   order   forward steps in the order of the tape, backward steps in reverse
 *   together which forward steps run as one (together.c)
 *   live    every value, gradient and saved state gets a buffer with its first and last step
 * (live.c) plan    buffers get offsets in one arena (plan.c) bind    every call gets its pointers
 * (bind.c)
 *
 * The reverse sweep is nothing but the second half of the steps: the gradient of a node is complete
 * when the first of its consumers, in tape order, has run backward, which is before its own turn.
 */
#include "autograd/compile/builder.h"
#include "base/check.h"
#include "base/machine.h"
#include "base/memory.h"

size_t ot__program_bytes(const ot_program *p, int id, int batch)
{
    const size_t size =
        ot__program_node(p, id)->leaf == OT__LABELS ? sizeof(int32_t) : ot__dtype_size(p->dtype);
    return ot__elements(ot__program_shape(p, id, batch)) * size;
}

void ot__operand_shapes(const ot__builder *b, const ot__record *r, ot_shape x[])
{
    for (int k = 0; k < r->n_in; k++)
        x[k] = ot__program_shape(b->p, r->in[k].id, b->p->batch);
}

/* ---- mark ---- */

static void mark_used(ot__builder *b)
{
    b->used[b->p->root.id] = b->on_path[b->p->root.id] = true;
    for (int i = 0; i < b->opts->n_keep; i++)
        b->used[b->opts->keep[i].id] = true;
    for (int id = b->n_nodes - 1; id > 0; id--) {
        const ot__record *r = &ot__builder_node(b, id)->record;
        for (int k = 0; k < r->n_in; k++) {
            b->used[r->in[k].id] |= b->used[id];
            b->on_path[r->in[k].id] |= b->on_path[id];
        }
    }
}

static void mark_wanted(ot__builder *b)
{
    for (int id = 1; b->p->gradients && id < b->n_nodes; id++) {
        const ot__node *node = ot__builder_node(b, id);
        bool wants =
            node->leaf == OT__PARAM || (node->leaf == OT__INPUT && b->opts->input_gradients);
        for (int k = 0; k < node->record.n_in; k++)
            wants |= b->wants[node->record.in[k].id];
        b->wants[id] = wants && b->on_path[id];
    }
}

/* ---- order ---- */

const ot__kernels *ot__choose_kernels(const ot__builder *b, const ot__record *r)
{
    if (b->p->dtype == OT_F64) return &r->op->reference;
    ot_shape x[OT__MOST_OPERANDS];
    ot__operand_shapes(b, r, x);
    const ot__kernels *best = b->p->tier == OT_TIER_BEST && r->op->best ? r->op->best(r, x) : NULL;
    return best ? best : &r->op->portable;
}

/* A bent view has no steps of its own. */
static bool has_steps(const ot__builder *b, int id)
{
    const ot__sight *sight = &b->p->sight[id];
    return ot__builder_node(b, id)->record.op && (sight->base == id || sight->through == id);
}

static void add_step(ot__builder *b, int id, bool backward)
{
    const ot__record *r = &ot__builder_node(b, id)->record;
    (backward ? b->backward : b->forward)[id] = b->p->n_steps;
    b->p->step[b->p->n_steps++] =
        (ot__step){ .id = id, .backward = backward, .kernels = ot__choose_kernels(b, r) };
}

static ot_status order_steps(ot__builder *b)
{
    ot_program *p = b->p;
    p->step = ot__new(3 * (size_t)b->n_nodes, sizeof *p->step);
    if (!p->step) return OT_ENOMEM;
    for (int id = 1; id < b->n_nodes; id++) {
        b->forward[id] = b->backward[id] = -1;
        if (b->used[id] && has_steps(b, id)) add_step(b, id, false);
    }
    p->n_forward = p->n_steps;
    for (int id = b->n_nodes - 1; id > 0; id--) {
        if (!b->wants[id]) continue;
        ot__add_gathers(b, id);
        if (has_steps(b, id) && !b->lazy[id]) add_step(b, id, true);
    }
    b->last_step = p->n_steps;
    return OT_OK;
}

/* ---- all of it ---- */

static ot_status build(ot__builder *b)
{
    ot_program *p = b->p;
    mark_used(b);
    mark_wanted(b);
    for (int id = 1; id < b->n_nodes; id++)
        p->readable[id] = ot__builder_node(b, id)->leaf == OT__INPUT ||
                          ot__builder_node(b, id)->leaf == OT__LABELS;
    p->readable[p->root.id] = true;
    for (int i = 0; i < b->opts->n_keep; i++)
        p->readable[b->opts->keep[i].id] = true;
    OT_TRY(ot__build_views(b));
    OT_TRY(ot__build_gathers(b));
    OT_TRY(order_steps(b));
    ot__build_together(b);
    OT_TRY(ot__build_calls(b));
    OT_TRY(ot__build_lifetimes(b));
    return ot__build_pointers(b);
}

static ot_status prepare(ot__builder *b)
{
    ot_program *p = b->p;
    const size_t n = (size_t)b->n_nodes;
    if (p->owns_params) OT_TRY(ot_params_new(b->t, &p->params));
    if (!p->plan_only) OT_TRY(ot__params_need(p->params, p->dtype, p->gradients));
    p->place = ot__new(n, sizeof *p->place);
    p->readable = ot__new(n, sizeof *p->readable);
    p->sight = ot__new(n, sizeof *p->sight);
    b->used = ot__new(5 * n, sizeof *b->used);
    b->forward = ot__new(7 * n, sizeof *b->forward);
    if (!p->place || !p->readable || !p->sight || !b->used || !b->forward) return OT_ENOMEM;
    b->on_path = b->used + n;
    b->wants = b->on_path + n;
    b->delivered = b->wants + n;
    b->lazy = b->delivered + n;
    b->alias = b->forward + 2 * n;
    b->gathered_at = b->forward + 3 * n;
    b->n_terms = b->forward + 4 * n;
    b->term = b->forward + 5 * n;
    b->guest = b->forward + 6 * n;
    b->backward = b->forward + n;
    return build(b);
}

static ot_status check_var(const ot_tape *t, ot_var v, const char *what)
{
    if (v.id < 1 || (size_t)v.id >= t->n)
        return ot__fail(OT_EINVAL, "compile: %s is the null var or of another tape", what);
    return OT_OK;
}

static ot_status check_options(const ot_compile_opts *o)
{
    OT_TRY(ot__check_choice("compile", "dtype", (int)o->dtype, OT_F64));
    OT_TRY(ot__check_choice("compile", "the tier", (int)o->tier, OT_TIER_BEST));
    OT_TRY(ot__check_count("compile", "the largest batch", o->batch, 0, 1 << 20));
    return ot__check_list("compile", "vars to keep", o->n_keep, o->keep);
}

static ot_status check(const ot_tape *t, ot_var root, const ot_compile_opts *opts)
{
    OT_TRY(ot__check_given("compile", "the tape", t));
    if (t->status != OT_OK) return ot__fail(t->status, "%s", t->message);
    OT_TRY(check_options(opts));
    OT_TRY(check_var(t, root, "root"));
    if (!ot__node_of(t, root)->record.op)
        return ot__fail(OT_EINVAL, "compile: root is a leaf; it must be the result of an op");
    for (int i = 0; i < opts->n_keep; i++)
        OT_TRY(check_var(t, opts->keep[i], "a var to keep"));
    return opts->params ? ot__params_check("compile", opts->params, t) : OT_OK;
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
    OT_TRY(ot__check_given("compile", "where to put the program", out));
    *out = NULL;
    if (!opts) opts = &defaults;
    OT_TRY(check(t, root, opts));
    OT_TRY(ot__check_tier(opts->dtype == OT_F64 ? OT_TIER_REFERENCE : opts->tier));
    const ot_tier tier = opts->tier ? opts->tier : ot_machine().tier;
    if (opts->dtype == OT_F32 && tier == OT_TIER_REFERENCE)
        return ot__fail(OT_EINVAL,
                        "compile: the reference kernels are double; compile with dtype OT_F64");
    ot_program *p = ot__new(1, sizeof *p);
    if (!p) return OT_ENOMEM;
    *p = (ot_program){ .tape = t,
                       .n_nodes = (int)t->n,
                       .root = root,
                       .dtype = opts->dtype,
                       .tier = tier,
                       .evaluate = opts->evaluate,
                       .gradients = !opts->forward_only,
                       .plan_only = opts->plan_only,
                       .batch = opts->batch ? opts->batch : recorded_batch(t),
                       .params = opts->params,
                       .owns_params = !opts->params };
    ot__builder b = { .p = p, .t = t, .opts = opts, .n_nodes = (int)t->n };
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
    ot__free(p->terms);
    ot__free(p->place);
    ot__free(p->sight);
    ot__free(p->buffer);
    ot__free(p->operands);
    ot__free(p->readable);
    ot__free(p->unreached);
    ot__free(p->arena);
    ot__free(p->scratch);
    ot__free(p->spent);
    ot__free(p);
}
