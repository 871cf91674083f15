/* SPDX-License-Identifier: BSD-3-Clause
 * The last pass: allocates the memory and fills in the calls of all steps.  Afterwards only the
 * batch changes from run to run.  A program that is only planned gets no memory and no calls. */
#include "autograd/compile/passes.h"
#include "autograd/operands.h"
#include "base/available.h"
#include "base/machine.h"
#include "base/memory.h"
#include "base/workers.h"

/* ---- scratch ---- */

static size_t larger(size_t a, size_t b)
{
    return a > b ? a : b;
}

/* Measures the memory that kernels need in addition to their operands: our scratch, which all steps
 * share, and what BLIS allocates itself.  It may depend on the size of a chunk, which is that of
 * the whole batch if processes share it. */
void ot__measure_scratch(ot_program *p, const ot__order *order)
{
    const int batch = p->share ? p->share->most : p->batch;
    size_t product = 0;
    p->threads = ot__threads();
    for (int s = 0; s < order->n_steps; s++) {
        const ot__step *step = &order->step[s];
        if (step->terms) continue;
        const ot__record *r = ot__program_record(p, step->id);
        const ot__kernels *k = step->kernels;
        ot_shape x[OT__MOST_OPERANDS];
        for (int i = 0; i < r->n_in; i++)
            x[i] = ot__program_shape(p, r->in[i].id, batch);
        if (k->scratch)
            p->scratch_bytes = larger(p->scratch_bytes, k->scratch(r, x, batch, p->threads));
        if (k->product) product = larger(product, k->product(r, x));
    }
    p->product_bytes = ot__blis_bytes(product, p->threads);
}

static ot_status take_memory(ot_program *p)
{
    OT_TRY(ot__start_threads());
    OT_TRY(ot__check_memory(p->plan.arena + p->scratch_bytes + p->product_bytes, "the program"));
    p->arena = ot__tensor_memory(p->plan.arena);
    p->scratch = p->arena ? ot__tensor_memory(p->scratch_bytes) : NULL;
    p->views = ot__new((size_t)p->n_nodes, sizeof *p->views);
    return p->scratch && p->views ? OT_OK : OT_ENOMEM;
}

/* ---- arrays ---- */

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

/* Allocates the arrays of all calls in one block. */
static ot_status new_arrays(ot_program *p)
{
    size_t bytes = 0;
    for (int s = 0; s < p->n_steps; s++) {
        const size_t n = operands_or_terms(p, &p->step[s]);
        bytes += n * (sizeof(ot_shape) + 2 * sizeof(void *) + 2) + 5 * 16;
    }
    char *pool = p->arrays = ot__new(bytes, 1);
    if (!pool) return OT_ENOMEM;
    for (int s = 0; s < p->n_steps; s++) {
        ot__step *step = &p->step[s];
        const size_t n = operands_or_terms(p, step);
        step->call.x = take(&pool, n, sizeof(void *));
        step->call.gx = take(&pool, n, sizeof(void *));
        step->call.xs = step->xs = take(&pool, n, sizeof(ot_shape));
        step->call.add = step->add = take(&pool, n, sizeof(bool));
        step->call.later = step->later = take(&pool, n, sizeof(bool));
    }
    return OT_OK;
}

/* ---- views ---- */

/* Fills in the view that is read instead of the result of a batch norm, and of the ReLU after
 * it. */
static void bind_value_view(ot_program *p, int id, const void *saved)
{
    const ot__record *r = ot__program_record(p, id);
    const int activation = p->access[id].activation;
    ot_shape x[OT__MOST_OPERANDS];
    ot__operand_shapes(p, r, x);
    p->views[id].value = r->op->view(x, saved);
    if (!activation) return;
    p->views[activation].value = p->views[id].value;
    p->views[activation].value.relu = true;
}

/* Fills in the view that is read instead of the gradient of node `id`; NULL if that is stored. */
static const ot__view *bind_gradient_view(ot_program *p, int id, const ot__tensors *t)
{
    const int norm = p->access[id].gradient_norm;
    const ot__gradient *g = &p->gradient.of[id];
    ot__view *const view = &p->views[id].gradient;
    if (norm) {
        const ot__record *r = ot__program_record(p, norm);
        const void *saved = p->arena + p->buffer[p->place[norm].saved].at;
        ot_shape x[OT__MOST_OPERANDS];
        ot__operand_shapes(p, r, x);
        *view = r->op->gradient(x, saved, ot__address(p, t->gy_v));
        return view;
    }
    if (!g->source[0]) return NULL;
    *view = (ot__view){ .a = g->factor[0], .b = g->factor[1], .v = ot__address(p, t->gy_v) };
    return view;
}

/* ---- calls ---- */

static void bind_tensors(const ot_program *p, const ot__tensors *t, ot__call *c)
{
    c->y = ot__address(p, t->y);
    c->saved = ot__address(p, t->saved);
    c->y_sums = ot__address(p, t->y_sums);
    c->x_sums = ot__address(p, t->x_sums);
    c->gx_sums = ot__address(p, t->gx_sums);
    c->gy_sums = ot__address(p, t->gy_sums);
    c->gy = ot__address(p, t->gy);
    c->scratch = p->scratch;
}

/* Whether the call works on a part of the batch: an operand or the result has the batch. */
static bool is_shared(const ot_program *p, const ot__step *step)
{
    const ot__record *const r = ot__program_record(p, step->id);
    bool batched = r->batched;
    for (int k = 0; k < r->n_in; k++)
        batched |= ot__program_record(p, r->in[k].id)->batched;
    return batched;
}

static void bind_attributes(const ot_program *p, int s, ot__call *c)
{
    const ot__step *step = &p->step[s];
    const ot__record *r = ot__program_record(p, step->id);
    c->n_in = step->terms ? step->terms : r->n_in;
    c->attr = step->terms ? step->coef : r->attr;
    c->evaluate = ot__evaluates(p, r);
    c->replay = step->replay;
    c->share = is_shared(p, step) ? p->share : NULL;
    if (step->terms) return;
    c->through_relu = step->backward && p->access[step->id].activation;
    const int operand = r->n_in > 0 ? r->in[0].id : 0;
    if (operand && !ot__is_stored(p, operand)) c->view = &p->views[operand].value;
}

static void bind_step(ot_program *p, int s)
{
    ot__step *const step = &p->step[s];
    ot__call *const c = &step->call;
    const ot__tensors t = ot__step_tensors(p, s);
    bind_tensors(p, &t, c);
    bind_attributes(p, s, c);
    for (int k = 0; k < c->n_in; k++) {
        c->x[k] = ot__address(p, ot__step_x(p, s, k));
        c->gx[k] = ot__address(p, ot__step_gx(p, s, k));
    }
    if (step->terms) return;
    if (step->backward)
        c->gy_view = bind_gradient_view(p, step->id, &t);
    else if (!ot__is_stored(p, step->id))
        bind_value_view(p, step->id, c->saved);
}

/* ---- gradients that may be delivered after the call ---- */

/* Whether the sum over the batch that a backward step delivers to operand k may come later: it is
 * the gradient of a parameter, which no step reads. */
static bool is_sum_for_param(const ot_program *p, int s, int k)
{
    const ot__delivery *const d = &p->delivery.of[s][k];
    return d->wanted && d->to_param && d->same_as < 0 && p->step[s].call.share;
}

/* Gradients that are delivered later are added up in the order of the steps.  So all that is added
 * to a parameter has to come later, or nothing: op[id] is the op of the first record that delivers
 * to it, or NULL if the records differ. */
static void find_later(ot_program *p, const ot_op **op, bool *seen)
{
    for (int pass = 0; pass < 2; pass++)
        for (int s = p->n_forward; s < p->n_steps; s++) {
            const ot__step *const step = &p->step[s];
            const ot__record *const r = ot__program_record(p, step->id);
            for (int k = 0; !step->replay && k < ot__step_operands(p, step); k++) {
                const int id = r->in[k].id;
                const ot_op *const here = is_sum_for_param(p, s, k) ? r->op : NULL;
                if (pass == 1) step->later[k] = here && op[id] == here;
                if (pass == 0 && p->delivery.of[s][k].wanted)
                    op[id] = !seen[id] || op[id] == here ? here : NULL;
                seen[id] |= p->delivery.of[s][k].wanted;
            }
        }
}

static ot_status bind_later(ot_program *p)
{
    if (!p->share || !p->gradients) return OT_OK;
    const ot_op **const op = ot__new((size_t)p->n_nodes, sizeof *op);
    bool *const seen = ot__new((size_t)p->n_nodes, sizeof *seen);
    if (op && seen) find_later(p, op, seen);
    const ot_status status = op && seen ? OT_OK : OT_ENOMEM;
    ot__free(op);
    ot__free(seen);
    return status;
}

/* ---- all of it ---- */

/* Lists the trained tensors that no step delivers to: their gradient is always zero. */
static ot_status find_unreached(ot_program *p)
{
    p->unreached = ot__new((size_t)p->n_nodes, sizeof *p->unreached);
    if (!p->unreached) return OT_ENOMEM;
    for (int id = 1; id < p->n_nodes; id++)
        if (ot__program_node(p, id)->leaf == OT__PARAM && !p->delivery.reached[id])
            p->unreached[p->n_unreached++] = ot__params_of_node(p->params, id);
    return OT_OK;
}

ot_status ot__bind(ot_program *p)
{
    OT_TRY(find_unreached(p));
    if (p->plan_only) return OT_OK;
    OT_TRY(new_arrays(p));
    OT_TRY(take_memory(p));
    for (int s = 0; s < p->n_steps; s++)
        bind_step(p, s);
    return bind_later(p);
}
