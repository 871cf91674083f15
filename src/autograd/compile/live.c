/* SPDX-License-Identifier: BSD-3-Clause
 * Gives every value, every gradient and every set of saved numbers a buffer with its first and last
 * step.  A value lives from the step that writes it to its last reader, which may be a backward
 * step.  A value that is computed again begins a new buffer there, which the later readers read.  A
 * gradient lives from the first step that delivers to it to the backward step of its own node. */
#include "autograd/compile/passes.h"
#include "base/memory.h"

/* The steps of a node; -1 if it has no such step. */
typedef struct turn {
    int forward, backward;
    int replay; /* the first of its replays */
} turn;

typedef struct lives {
    const ot_program *p;
    const turn *turn;  /* by node */
    const int *replay; /* by step: the next replay of the same node, or -1 */
    ot__lifetimes *l;  /* the result of this pass */
} lives;

static int last_step(const lives *v)
{
    return v->p->n_steps;
}

static int new_buffer(ot__lifetimes *l, size_t bytes, int first, int last)
{
    l->buffer[l->n_buffers] = (ot__buffer){
        .bytes = bytes, .first = first, .last = last, .until = last, .inside = -1, .again = -1
    };
    return l->n_buffers++;
}

static void extend(ot__lifetimes *l, int buffer, int step)
{
    if (buffer < 0 || step <= l->buffer[buffer].last) return;
    l->buffer[buffer].last = l->buffer[buffer].until = step;
}

/* ---- values ---- */

static int value_at(const lives *v, int id, int step)
{
    return ot__value_buffer(v->l->place, v->l->buffer, id, step);
}

/* Keeps what the value of a node is read from alive until `step`. */
static void extend_operand(const lives *v, int id, int step)
{
    const ot__access *access = &v->p->access[id];
    extend(v->l, value_at(v, access->stored, step), step);
    if (access->norm) extend(v->l, v->l->place[access->norm].saved, step);
}

static bool has_value(const ot_program *p, int id)
{
    return p->mark[id].used && !ot__in_params(ot__program_node(p, id));
}

/* The first step that writes the value of a node: an input has it from the start.  -1: none. */
static int born_at(const lives *v, int id)
{
    const int step = ot__program_record(v->p, id)->op ? v->turn[id].forward : 0;
    return step < 0 ? step : ot__first_fused(v->p, step);
}

/* The buffers of a value and of its replays.  What the caller may write or read between runs lives
 * to the end. */
static void live_value(const lives *v, int id)
{
    const ot_program *p = v->p;
    if (!has_value(p, id)) return;
    const size_t bytes = ot__program_bytes(p, id, p->batch);
    const int born = born_at(v, id);
    int *next = &v->l->place[id].y;
    if (ot__is_stored(p, id))
        *next = new_buffer(v->l, bytes, born, p->mark[id].readable ? last_step(v) : born);
    for (int s = v->turn[id].replay; s >= 0; s = v->replay[s]) {
        if (*next >= 0) next = &v->l->buffer[*next].again;
        *next = new_buffer(v->l, bytes, s, s);
    }
}

/* Keeps alive what the replays of a node read. */
static void live_through_replays(const lives *v, int id)
{
    const ot__record *r = ot__program_record(v->p, id);
    for (int s = v->turn[id].replay; s >= 0; s = v->replay[s]) {
        const ot__step *step = &v->p->step[s];
        for (int k = 0; k < step->terms; k++)
            extend_operand(v, step->from[k], s);
        for (int k = 0; k < ot__step_operands(v->p, step); k++)
            if (ot__passes_gradient(r, k)) extend_operand(v, r->in[k].id, s);
    }
}

/* Keeps alive what the steps of a node read. */
static void live_through_readers(const lives *v, int id)
{
    const ot_program *p = v->p;
    const ot__record *r = ot__program_record(p, id);
    if (!has_value(p, id)) return;
    const int step = r->op ? v->turn[id].forward : 0, backward = v->turn[id].backward;
    const int born = born_at(v, id);
    live_through_replays(v, id);
    for (int k = 0; k < r->n_in && born >= 0; k++) {
        extend_operand(v, r->in[k].id, ot__last_fused(p, step));
        if (backward >= 0 && ot__keeps_operand(p, id, k)) extend_operand(v, r->in[k].id, backward);
    }
    if (r->op && backward >= 0 && ot__keeps_result(r))
        extend(v->l, value_at(v, id, backward), backward);
}

/* How many numbers the forward step of a node leaves for backward at a batch. */
static size_t saved_numbers(const ot_program *p, const ot__record *r, int batch)
{
    ot_shape x[OT__MOST_OPERANDS];
    for (int k = 0; k < r->n_in; k++)
        x[k] = ot__program_shape(p, r->in[k].id, batch);
    return r->op->saved(r, x, batch);
}

/* The buffers of what forward leaves for backward.  Numbers per channel also live for the replays,
 * which use them as they are.  Numbers per image are left again by each replay. */
static void live_saved(const lives *v, int id)
{
    const ot_program *p = v->p;
    const ot__record *r = ot__program_record(p, id);
    const int born = v->turn[id].forward, dies = v->turn[id].backward;
    if (!r->op || !r->op->saved || born < 0) return;
    const size_t bytes = saved_numbers(p, r, p->batch) * ot__dtype_size(p->dtype);
    const bool per_image = saved_numbers(p, r, 1) != saved_numbers(p, r, 2);
    int *next = &v->l->place[id].saved;
    *next = new_buffer(v->l, bytes, born, born);
    for (int s = v->turn[id].replay; s >= 0; s = v->replay[s]) {
        if (per_image) next = &v->l->buffer[*next].again;
        if (per_image) *next = new_buffer(v->l, bytes, s, s);
        extend(v->l, *next, s);
    }
    if (dies >= 0) extend(v->l, ot__buffer_at(v->l->buffer, v->l->place[id].saved, dies), dies);
}

/* ---- sums per channel ---- */

static int new_sums(const lives *v, int channels, int first, int last)
{
    return new_buffer(v->l, ot__sums_size((size_t)channels) * sizeof(double), first, last);
}

/* The buffer of the moments of a value.  They live until the last batch norm that takes them. */
static void live_sums(const lives *v, int id)
{
    const ot__record *r = ot__program_record(v->p, id);
    const int step = v->turn[id].forward;
    if (!r->op || step < 0) return;
    if (v->p->access[id].leaves_sums)
        v->l->place[id].y_sums =
            new_sums(v, ot__channels(r->shape), ot__first_fused(v->p, step), step);
    if (ot__choose_kernels(v->p, r)->takes_sums)
        extend(v->l, v->l->place[r->in[0].id].y_sums, step);
}

/* The buffer of the sums of a batch norm's gradient, which step s leaves.  They live until the
 * backward step of the batch norm. */
static void live_gradient_sums(const lives *v, int s)
{
    const int id = v->p->step[s].id;
    const int norm = v->p->access[ot__program_record(v->p, id)->in[0].id].norm;
    if (!norm || !v->p->access[norm].leaves_gradient_sums) return;
    const int channels = ot__channels(ot__program_record(v->p, norm)->shape);
    v->l->place[norm].gy_sums = new_sums(v, channels, s, v->turn[norm].backward);
}

/* ---- gradients ---- */

static int gradient_buffer(const lives *v, int id)
{
    return v->l->place[ot__gradient_owner(&v->p->gradient, id)].gy;
}

/* A gradient that is computed from a batch norm's operand, numbers and gradient needs all three
 * until it is read. */
static void live_through_norm(const lives *v, int id)
{
    const ot__place *norm = &v->l->place[v->p->access[id].gradient_norm];
    extend(v->l, value_at(v, id, v->turn[id].backward), v->turn[id].backward);
    extend(v->l, norm->gy, v->turn[id].backward);
    extend(v->l, norm->saved, v->turn[id].backward);
}

/* The buffer of the gradient of a node to which step s delivers.  The gradient of an activation
 * that is applied on reading is read by the backward step of its batch norm. */
static void live_gradient(const lives *v, int id, int s)
{
    const ot_program *p = v->p;
    if (p->access[id].gradient_norm) {
        live_through_norm(v, id);
        return;
    }
    ot__place *const place = v->l->place;
    const int user = p->access[id].norm ? p->access[id].norm : id;
    const int dies = p->mark[id].readable ? last_step(v) : v->turn[user].backward;
    if (place[id].gy < 0)
        place[id].gy = new_buffer(v->l, ot__program_bytes(p, id, p->batch), s, dies > s ? dies : s);
    extend(v->l, place[id].gy, s);
    place[user].gy = place[id].gy;
}

static void live_through_sum(const lives *v, int s)
{
    const ot__step *step = &v->p->step[s];
    for (int k = 0; k < step->terms; k++)
        extend(v->l, gradient_buffer(v, step->from[k]), ot__last_fused(v->p, s));
    live_gradient(v, step->id, ot__first_fused(v->p, s));
}

static void live_through_step(const lives *v, int s)
{
    const ot_program *p = v->p;
    const int id = p->step[s].id, *source = p->gradient.of[id].source;
    const ot__record *r = ot__program_record(p, id);
    extend(v->l, gradient_buffer(v, id), s);
    for (int i = 0; i < 2; i++)
        if (source[i]) extend(v->l, gradient_buffer(v, source[i]), s);
    live_gradient_sums(v, s);
    for (int k = 0; k < r->n_in; k++)
        if (p->delivery.of[s][k].wanted && !p->delivery.of[s][k].to_param)
            live_gradient(v, r->in[k].id, s);
}

static void live_gradients(const lives *v)
{
    const ot_program *p = v->p;
    if (p->n_steps == p->n_forward) return;
    const int root = p->root.id;
    v->l->place[root].gy =
        new_buffer(v->l, ot__program_bytes(p, root, p->batch), p->n_forward, last_step(v));
    for (int s = p->n_forward; s < p->n_steps; s++)
        if (!p->step[s].replay) (p->step[s].terms ? live_through_sum : live_through_step)(v, s);
    for (int id = 1; id < p->n_nodes; id++)
        v->l->place[id].gy = gradient_buffer(v, id);
}

/* The buffers of duplicates: a gradient that one step delivers twice needs a second buffer during
 * that step. */
static void live_duplicates(const lives *v)
{
    const ot_program *p = v->p;
    v->l->first_duplicate = v->l->n_buffers;
    for (int s = p->n_forward; s < p->n_steps; s++) {
        const ot__record *r = ot__program_record(p, p->step[s].id);
        for (int k = 0; k < ot__step_operands(p, &p->step[s]) && !p->step[s].replay; k++)
            if (p->delivery.of[s][k].duplicate >= 0)
                new_buffer(v->l, ot__program_bytes(p, r->in[k].id, p->batch), s, s);
    }
}

/* ---- all of it ---- */

/* Fills in the steps of each node, and the chains of replays. */
static void find_turns(const ot_program *p, turn t[], int replay[])
{
    for (int id = 0; id < p->n_nodes; id++)
        t[id] = (turn){ -1, -1, -1 };
    for (int s = p->n_steps - 1; s >= 0; s--) {
        turn *const of = &t[p->step[s].id];
        if (p->step[s].terms && p->step[s].backward) continue;
        replay[s] = of->replay;
        *(p->step[s].backward ? &of->backward : p->step[s].replay ? &of->replay : &of->forward) = s;
    }
}

ot_status ot__find_lifetimes(const ot_program *p, ot__lifetimes *l)
{
    const size_t n = (size_t)p->n_nodes;
    *l = (ot__lifetimes){ .place = ot__new(n, sizeof *l->place) };
    const size_t steps = (size_t)p->n_steps;
    l->buffer = ot__new(5 * n + 2 * steps + (size_t)p->delivery.n_duplicates, sizeof *l->buffer);
    turn *const t = ot__new(n, sizeof *t);
    int *const replay = ot__new(steps, sizeof *replay);
    if (!l->place || !l->buffer || !t || !replay) {
        ot__free(t);
        ot__free(replay);
        return OT_ENOMEM;
    }
    find_turns(p, t, replay);
    const lives v = { .p = p, .turn = t, .replay = replay, .l = l };
    for (int id = 1; id < p->n_nodes; id++) {
        l->place[id] = (ot__place){ -1, -1, -1, -1, -1 };
        live_value(&v, id);
        live_saved(&v, id);
        live_sums(&v, id);
    }
    for (int id = 1; id < p->n_nodes; id++)
        live_through_readers(&v, id);
    live_gradients(&v);
    ot__reuse_buffers(p, l);
    live_duplicates(&v);
    ot__free(t);
    ot__free(replay);
    return OT_OK;
}
