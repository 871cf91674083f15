/* SPDX-License-Identifier: BSD-3-Clause
 * Runs a program: one loop over its forward steps, one over its backward steps.  Everything else
 * was decided when it was compiled. */
#include <string.h>

#include "autograd/program.h"
#include "base/check.h"
#include "base/clock.h"
#include "base/comm.h"
#include "base/machine.h"

/* Sets the batch of all calls to n. */
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
    const ot__call *call[OT__MOST_FUSED];
    for (int i = 0; i <= step->followers; i++)
        call[i] = &step[i].call;
    if (step->terms)
        step->kernels->weighted_sums(1 + step->followers, call);
    else if (step->followers)
        step->kernels->fused(1 + step->followers, call);
    else
        (step->backward ? step->kernels->backward : step->kernels->forward)(call[0]);
}

/* Runs a step, measuring its time if asked to.  The call of the first of fused steps runs all. */
static void run_step(ot_program *p, int s)
{
    if (p->step[s].position) return;
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
    if (p->share) OT_TRY(ot__comm_status());
    if (!p->evaluate) ot__params_touch(p->params, p->dtype); /* running statistics */
    p->ran_forward = true;
    return OT_OK;
}

/* ---- backward ---- */

void ot__deliver_sum(const ot__call *c, int k, const ot__cut *cut, size_t width, float *slots,
                     const ot__later *l)
{
    if (cut->share && c->later && c->later[k]) {
        ot__comm_add_later(cut, width, slots, l);
        return;
    }
    ot__add_chunks_f32(cut, width, slots);
    l->deliver(l, slots);
}

/* Sets the gradient of the root to the seed.  It has no buffer if the root depends on nothing that
 * is differentiated; then there are no backward steps either. */
static void seed_root(const ot_program *p, const void *seed)
{
    if (p->place[p->root.id].gy < 0) return;
    void *gy = p->arena + p->buffer[p->place[p->root.id].gy].at;
    const size_t bytes = ot__program_bytes(p, p->root.id, p->n);
    if (seed) {
        memcpy(gy, seed, bytes);
        return;
    }
    for (size_t i = 0; i < bytes / ot__dtype_size(p->dtype); i++)
        ot__set_number(gy, p->dtype, i, 1.0);
}

/* Decides for each gradient of a step whether the kernel adds to it or overwrites it.  If the
 * kernel can only add, a gradient that is to be overwritten is zeroed first. */
static void prepare_gradients(const ot_program *p, int s, bool accumulate)
{
    const ot__step *step = &p->step[s];
    const ot__delivery *delivery = p->delivery.of[s];
    if (step->terms) step->add[0] = !delivery[0].first;
    for (int k = 0; k < ot__step_operands(p, step); k++) {
        const ot__delivery *d = &delivery[k];
        const bool overwrite = d->first && !(d->to_param && accumulate && d->same_as < 0);
        step->add[k] = !overwrite;
        if (!overwrite || !step->call.gx[k] || step->kernels->overwrites) continue;
        const int id = ot__program_record(p, step->id)->in[k].id;
        memset(step->call.gx[k], 0, ot__program_bytes(p, id, p->n));
        step->add[k] = true;
    }
}

/* Adds the duplicate of operand k, which is the same var as an earlier operand, to the gradient of
 * that operand. */
static void add_duplicate(const ot_program *p, int s, int k)
{
    const ot__step *step = &p->step[s];
    const int id = ot__program_record(p, step->id)->in[k].id;
    const size_t n = ot__program_bytes(p, id, p->n) / ot__dtype_size(p->dtype);
    const void *from = step->call.gx[k];
    void *to = step->call.gx[p->delivery.of[s][k].same_as];
    for (size_t i = 0; i < n; i++)
        ot__set_number(to, p->dtype, i,
                       ot__number(to, p->dtype, i) + ot__number(from, p->dtype, i));
}

static void run_backward(ot_program *p, bool accumulate)
{
    for (int s = p->n_forward; s < p->n_steps && may_run(p, s); s++) {
        const ot__step *step = &p->step[s];
        for (int i = 0; i <= step->followers && !step->position && !step->replay; i++)
            prepare_gradients(p, s + i, accumulate);
        run_step(p, s);
        if (p->share) ot__comm_progress();
        for (int k = 0; k < ot__step_operands(p, step) && !step->replay; k++)
            if (p->delivery.of[s][k].same_as >= 0) add_duplicate(p, s, k);
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
    if (p->share) ot__comm_finish();
    if (p->dtype == OT_F32) ot__float32_end();
    if (p->share) OT_TRY(ot__comm_status());
    for (int i = 0; i < p->n_unreached && !accumulate; i++)
        memset(ot__params_grad_at(p->params, p->unreached[i], p->dtype), 0,
               ot_params_elements(p->params, p->unreached[i]) * ot__dtype_size(p->dtype));
    p->ran_forward = false;
    return OT_OK;
}

/* ---- access ---- */

static bool is_readable(const ot_program *p, ot_var v)
{
    return p && v.id > 0 && v.id < p->n_nodes && p->mark[v.id].readable;
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
