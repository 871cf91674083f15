/* SPDX-License-Identifier: BSD-3-Clause
 * Compiles a tape into a program, in passes.  A pass is a file with one function.  It reads the
 * results of earlier passes and returns its own:
 *
 *   mark      which nodes are needed, and which gradients                      mark.c
 *   access    which values are stored, and which are computed on each reading  access.c
 *   gradient  which gradients are sums of multiples of others                  gradient_sums.c
 *   solve     how values are solved for, if they are to be rebuilt             solve.c
 *   order     the steps: forward in the order of the tape, then backward       order.c
 *   limit     only under a limit of memory or with rebuild: values that are    limit.c, extent.c,
 *             computed again                                            segments.c, replay.c
 *   deliver   the gradients that each backward step delivers                   deliver.c
 *   live      a buffer for each value and gradient, its first and last step    live.c, reuse.c
 *   plan      an offset in one block of memory (the arena) for each buffer     plan.c, occupancy.c
 *   bind      the memory, and the addresses in all calls of kernels            bind.c
 *
 * The backward steps are the reverse sweep of automatic differentiation: they follow the forward
 * steps in the same list. */
#include "autograd/compile/limit.h"
#include "base/check.h"
#include "base/machine.h"
#include "base/memory.h"

/* What a compilation is asked for. */
typedef struct compiling {
    const ot_compile_opts *opts;
    ot_on_memory_point *on_point; /* NULL, or called for every plan that computes values again */
    void *user;
} compiling;

ot_status ot__lay_out(ot_program *p, const ot__order *order)
{
    ot__lifetimes life;
    p->step = order->step;
    p->n_steps = order->n_steps;
    p->n_forward = order->n_forward;
    OT_TRY(ot__find_deliveries(p, &p->delivery));
    const ot_status status = ot__find_lifetimes(p, &life);
    p->place = life.place;
    p->buffer = life.buffer;
    p->n_buffers = life.n_buffers;
    p->first_duplicate = life.first_duplicate;
    OT_TRY(status);
    return ot__plan_memory(p->buffer, p->n_buffers, p->n_steps, &p->plan);
}

void ot__take_down(ot_program *p)
{
    ot__free(p->step);
    ot__free(p->delivery.all);
    ot__free(p->delivery.of);
    ot__free(p->delivery.reached);
    ot__free(p->place);
    ot__free(p->buffer);
    p->step = NULL;
    p->delivery = (ot__deliveries){ 0 };
    p->place = NULL;
    p->buffer = NULL;
    p->n_steps = p->n_forward = p->n_buffers = 0;
}

/* Lays out the program within the limit of memory.  Takes order->step. */
static ot_status lay_out_within(ot_program *p, const ot__order *order, const compiling *c)
{
    ot__measure_scratch(p, order);
    if (!c->opts->memory_limit && !c->on_point && !p->solve.of) return ot__lay_out(p, order);
    const size_t other = p->scratch_bytes + ot__params_bytes(p->params, p->dtype, p->gradients);
    const size_t limit = c->opts->memory_limit ? c->opts->memory_limit : SIZE_MAX;
    const ot_status status = ot__limit_memory(p, order, limit, other, c->on_point, c->user);
    ot__free(order->step);
    return status;
}

static ot_status run_passes(ot_program *p, const compiling *c)
{
    ot__order order;
    OT_TRY(ot__mark_nodes(p, c->opts, &p->mark));
    OT_TRY(ot__find_access(p, &p->access));
    OT_TRY(ot__find_gradients(p, &p->gradient));
    OT_TRY(ot__find_solutions(p, &p->solve));
    OT_TRY(ot__order_steps(p, &order));
    OT_TRY(lay_out_within(p, &order, c));
    return ot__bind(p);
}

static ot_status build(ot_program *p, const compiling *c)
{
    if (p->owns_params) OT_TRY(ot_params_new(p->tape, &p->params));
    if (!p->plan_only) OT_TRY(ot__params_need(p->params, p->dtype, p->gradients));
    return run_passes(p, c);
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

/* Whether an op says what it sums over the batch, if only that it sums nothing. */
static bool declares_sums(const ot_op *op)
{
    const ot__batch_sums *const s = &op->sums;
    return op->sums_of || s->nothing || s->y || s->x;
}

/* Whether processes can share the batches of a tape. */
static ot_status check_sharing(const ot_tape *t, const ot_compile_opts *o)
{
    if (o->dtype == OT_F64)
        return ot__fail(OT_EINVAL, "several processes cannot share a batch with the reference "
                                   "kernels, which sum in one order; the others can");
    for (size_t id = 1; id < t->n; id++) {
        const ot_op *const op = t->node[id].record.op;
        if (op && !declares_sums(op))
            return ot__fail(OT_EINVAL,
                            "several processes cannot share a batch of %s: the op does not declare "
                            "what it sums over the images",
                            op->name);
    }
    return OT_OK;
}

/* The batch recorded on the tape, 1 if no input has one. */
static int recorded_batch(const ot_tape *t)
{
    for (size_t id = 1; id < t->n; id++)
        if (t->node[id].record.batched) return t->node[id].record.shape.dim[0];
    return 1;
}

static ot_status compile(const ot_tape *t, ot_var root, const compiling *c, ot_program **out)
{
    const ot_compile_opts *const opts = c->opts;
    OT_TRY(check(t, root, opts));
    OT_TRY(ot__check_tier(opts->dtype == OT_F64 ? OT_TIER_REFERENCE : opts->tier));
    const ot_tier tier = opts->tier ? opts->tier : ot_machine().tier;
    if (opts->dtype == OT_F32 && tier == OT_TIER_REFERENCE)
        return ot__fail(OT_EINVAL,
                        "compile: the reference kernels are double; compile with dtype OT_F64");
    if (opts->share) OT_TRY(check_sharing(t, opts));
    ot_program *p = ot__new(1, sizeof *p);
    if (!p) return OT_ENOMEM;
    *p = (ot_program){ .tape = t,
                       .n_nodes = (int)t->n,
                       .root = root,
                       .dtype = opts->dtype,
                       .tier = tier,
                       .evaluate = opts->evaluate,
                       .gradients = !opts->forward_only,
                       .rebuild = opts->rebuild,
                       .plan_only = opts->plan_only,
                       .share = opts->share,
                       .batch = opts->batch ? opts->batch : recorded_batch(t),
                       .params = opts->params,
                       .owns_params = !opts->params };
    const ot_status status = build(p, c);
    if (status != OT_OK) {
        ot_program_free(p);
        return status;
    }
    *out = p;
    return OT_OK;
}

ot_status ot_compile(const ot_tape *t, ot_var root, const ot_compile_opts *opts, ot_program **out)
{
    static const ot_compile_opts defaults = { 0 };
    OT_TRY(ot__check_given("compile", "where to put the program", out));
    *out = NULL;
    return compile(t, root, &(compiling){ opts ? opts : &defaults, NULL, NULL }, out);
}

ot_status ot_compile_curve(const ot_tape *t, ot_var root, const ot_compile_opts *opts,
                           ot_on_memory_point *on_point, void *user)
{
    ot_program *p = NULL;
    if (!on_point) return ot__fail(OT_EINVAL, "compile: what to call for each point is NULL");
    if (opts && opts->rebuild)
        return ot__fail(OT_EINVAL, "compile: a program that rebuilds its states has one plan, and "
                                   "no curve of memory against time");
    ot_compile_opts planned = opts ? *opts : (ot_compile_opts){ 0 };
    planned.plan_only = true;
    const ot_status status = compile(t, root, &(compiling){ &planned, on_point, user }, &p);
    ot_program_free(p);
    return status;
}
