/* SPDX-License-Identifier: BSD-3-Clause
 * Running a program: everything was decided by compile.c, so this is two loops over the steps. */
#include <string.h>

#include "autograd/program.h"
#include "autograd/inspect/report.h"
#include "base/check.h"
#include "base/clock.h"
#include "base/machine.h"

/* The shapes of all calls follow the batch. */
static void set_batch(ot_program *p, int n)
{
    if (n == p->n) return;
    for (int s = 0; s < p->n_steps; s++) {
        ot__step *step = &p->step[s];
        const ot__record *r = &ot__program_node(p, step->id)->record;
        step->call.ys = ot__program_shape(p, step->id, n);
        for (int k = 0; k < ot__step_operands(p, step); k++)
            step->xs[k] = ot__program_shape(p, r->in[k].id, n);
    }
    p->n = n;
}

static ot_status check_run(const ot_program *p, int n)
{
    OT_TRY(ot__check_given("run", "the program", p));
    if (p->plan_only)
        return ot__fail(OT_EINVAL, "run: the program was compiled to be planned only");
    if (n < 1 || n > p->batch)
        return ot__fail(OT_EINVAL, "run: the batch is %d; this program runs 1 to %d", n, p->batch);
    if (ot__threads() > p->threads)
        return ot__fail(
            OT_EINVAL, "run: compiled for %d threads and run with %d; set threads before compiling",
            p->threads, ot__threads());
    return OT_OK;
}

static void note_piece(ot_program *p, const ot__step *step)
{
    const ot_op *op = ot__program_node(p, step->id)->record.op;
    if (op->piece) p->piece = (p->piece ^ op->piece(&step->call)) * 0x100000001B3u;
}

static bool may_run(ot_program *p, int s)
{
    return !p->watch || p->watch(p, s, p->watch_user);
}

static void run_kernel(const ot_program *p, int s)
{
    const ot__step *step = &p->step[s];
    const ot__call *call[OT__MOST_TOGETHER];
    for (int i = 0; i <= step->more; i++)
        call[i] = &step[i].call;
    if (step->terms)
        step->kernels->gather(1 + step->more, call);
    else if (step->more)
        step->kernels->together(1 + step->more, call);
    else
        (step->backward ? step->kernels->backward : step->kernels->forward)(call[0]);
}

/* Steps that run as one do so with the first of them. */
static void run_step(ot_program *p, int s)
{
    if (p->step[s].behind) return;
    if (!p->spent) {
        run_kernel(p, s);
        return;
    }
    const double start = ot__now();
    run_kernel(p, s);
    p->spent[s].seconds += ot__now() - start;
    p->spent[s].images += p->n;
}

ot_status ot_forward(ot_program *p, int n)
{
    OT_TRY(check_run(p, n));
    set_batch(p, n);
    ot__params_refresh(p->params, p->dtype);
    p->piece = 0xCBF29CE484222325u;
    if (p->dtype == OT_F32) ot__float32_begin();
    for (int s = 0; s < p->n_forward && may_run(p, s); s++) {
        run_step(p, s);
        if (p->watch_pieces) note_piece(p, &p->step[s]);
    }
    if (p->dtype == OT_F32) ot__float32_end();
    if (!p->evaluate) ot__params_touch(p->params, p->dtype); /* running statistics */
    p->ran_forward = true;
    return OT_OK;
}

/* ---- backward ---- */

/* Root's gradient.  It has none if root depends on nothing that is differentiated: then there are
 * no backward steps either. */
static void seed_root(const ot_program *p, const void *seed)
{
    if (p->place[p->root.id].gy < 0) return;
    void *gy = p->arena + p->buffer[p->place[p->root.id].gy].at;
    const size_t bytes = ot__program_bytes(p, p->root.id, p->n);
    if (seed) {
        memcpy(gy, seed, bytes);
        return;
    }
    for (size_t i = 0; i < bytes / ot__dtype_size(p->dtype); i++) {
        if (p->dtype == OT_F64)
            ((double *)gy)[i] = 1.0;
        else
            ((float *)gy)[i] = 1.0f;
    }
}

/* Say of each gradient of a step whether the kernel adds to it; zero it for kernels that always
 * add. */
static void ready_gradients(const ot_program *p, ot__step *step, bool accumulate)
{
    if (step->terms) step->add[0] = !step->delivery[0].first;
    const ot__record *r = &ot__program_node(p, step->id)->record;
    for (int k = 0; k < ot__step_operands(p, step); k++) {
        const ot__delivery *d = &step->delivery[k];
        const bool fresh = d->first && !(d->to_param && accumulate && d->twin < 0);
        step->add[k] = !fresh;
        if (!fresh || !step->call.gx[k] || step->kernels->overwrites) continue;
        memset(step->call.gx[k], 0, ot__program_bytes(p, r->in[k].id, p->n));
        step->add[k] = true;
    }
}

static void add_twin(const ot_program *p, const ot__step *step, int k)
{
    const int id = ot__program_node(p, step->id)->record.in[k].id;
    const size_t n = ot__program_bytes(p, id, p->n) / ot__dtype_size(p->dtype);
    const void *from = step->call.gx[k];
    void *to = step->call.gx[step->delivery[k].twin];
    for (size_t i = 0; i < n; i++) {
        if (p->dtype == OT_F64)
            ((double *)to)[i] += ((const double *)from)[i];
        else
            ((float *)to)[i] += ((const float *)from)[i];
    }
}

static void run_backward(ot_program *p, bool accumulate)
{
    for (int s = p->n_forward; s < p->n_steps && may_run(p, s); s++) {
        ot__step *step = &p->step[s];
        for (int i = 0; i <= step->more && !step->behind; i++)
            ready_gradients(p, step + i, accumulate);
        run_step(p, s);
        for (int k = 0; k < ot__step_operands(p, step); k++)
            if (step->delivery[k].twin >= 0) add_twin(p, step, k);
    }
}

ot_status ot_backward(ot_program *p, const void *seed, bool accumulate)
{
    OT_TRY(ot__check_given("backward", "the program", p));
    if (!p->gradients)
        return ot__fail(OT_EINVAL, "backward: the program was compiled forward-only");
    if (!p->ran_forward)
        return ot__fail(OT_EINVAL, "backward: run ot_forward before each ot_backward, which uses "
                                   "up the values it keeps");
    if (p->dtype == OT_F32) ot__float32_begin();
    seed_root(p, seed);
    run_backward(p, accumulate);
    if (p->dtype == OT_F32) ot__float32_end();
    for (int i = 0; i < p->n_unreached && !accumulate; i++)
        memset(ot__params_grad_at(p->params, p->unreached[i], p->dtype), 0,
               ot_params_elements(p->params, p->unreached[i]) * ot__dtype_size(p->dtype));
    p->ran_forward = false;
    return OT_OK;
}

/* ---- access ---- */

static bool is_readable(const ot_program *p, ot_var v)
{
    return p && v.id > 0 && v.id < p->n_nodes && p->readable[v.id];
}

static void *at(const ot_program *p, int buffer)
{
    return buffer >= 0 && p->arena ? p->arena + p->buffer[buffer].at : NULL;
}

void *ot_program_input(ot_program *p, ot_var v)
{
    const bool is_input = is_readable(p, v) && !ot__node_of(p->tape, v)->record.op;
    return is_input ? at(p, p->place[v.id].y) : NULL;
}

const void *ot_program_value(const ot_program *p, ot_var v)
{
    return is_readable(p, v) ? at(p, p->place[v.id].y) : NULL;
}

const void *ot_program_grad(const ot_program *p, ot_var v)
{
    return is_readable(p, v) ? at(p, p->place[v.id].gy) : NULL;
}

ot_params *ot_program_params(ot_program *p)
{
    return p ? p->params : NULL;
}

ot__cost ot__program_cost(const ot_program *p, int id)
{
    const ot__record *r = &ot__program_node(p, id)->record;
    ot_shape x[OT__MOST_OPERANDS];
    int batch = 1;
    for (int k = 0; k < r->n_in; k++) {
        const ot__record *operand = &ot__program_node(p, r->in[k].id)->record;
        x[k] = operand->shape;
        if (operand->batched) batch = operand->shape.dim[0];
    }
    const ot__cost all = r->op && r->op->cost ? r->op->cost(r, x) : (ot__cost){ 0 };
    return (ot__cost){ all.forward / batch, all.backward / batch };
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
    info.peak_bytes = info.arena_bytes + info.scratch_bytes + info.params_bytes;
    for (int s = 0; s < p->n_steps; s++) {
        const bool back = p->step[s].backward;
        *(back ? &info.flops_backward : &info.flops_forward) += ot__step_flops(p, &p->step[s]);
    }
    return info;
}
