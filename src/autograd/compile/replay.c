/* SPDX-License-Identifier: BSD-3-Clause
 * Inserts replays: forward steps that run again among the backward steps, because the value that
 * they compute was not kept since the forward half.
 *
 * The tape is cut into nested segments (segments.c).  Each value has a level.  It stays present
 * while backward steps work in the segment of that level that it belongs to; level 0 is the whole
 * tape.  When a backward step needs a value that is not present, the value is computed again from
 * the nearest values that are, and so is all that lies between.  What the step itself reads stays
 * present for the backward steps that follow, and so do the others of the same segment.
 *
 * A value that can be solved for (solve.c) is never kept: it is computed from the values that
 * follow it, and stays present from then on.
 *
 * Batch norms keep their numbers per channel from the forward half.  So a replay moves no running
 * statistics, and every replayed value has the bits that it had before. */
#include <stdlib.h>

#include "autograd/compile/replays.h"
#include "base/memory.h"

/* A value that is computed again, and how many of the values that it is computed from are already
 * in the list. */
typedef struct visit {
    int id, done;
} visit;

enum { NEEDED = 1, LISTED = 2 };

typedef struct replaying {
    const ot_program *p;
    const ot__policy *policy;
    ot__order *out;
    bool *present; /* by node */
    bool *is_read; /* by node: the next backward step reads it */
    char *state;   /* by node: NEEDED while what it is computed from is listed, then LISTED */
    visit *open;   /* the nodes that are NEEDED, each for the one after it */
    int *list;     /* the nodes that are computed before the next backward step, in this order */
    int n_open, n_list;
} replaying;

/* Whether a value that is computed for the backward step of `reader` stays for others. */
static bool stays(const ot__policy *policy, int id, int reader)
{
    const int level = policy->level[id];
    if (level > policy->levels) return false;
    const int *segment = policy->segment + (size_t)level * policy->n_nodes;
    return segment[id] == segment[reader];
}

/* ---- what a step needs ---- */

int ot__backward_reads(const ot_program *p, int id, int k)
{
    const ot__record *r = ot__program_record(p, id);
    if (k < r->n_in) return ot__keeps_operand(p, id, k) ? r->in[k].id : 0;
    return ot__keeps_result(r) || p->access[id].gradient_norm ? id : 0;
}

/* The k-th node that a value is computed again from; 0: none. */
static int source(const ot_program *p, int id, int k)
{
    const ot__solution *const solution = ot__solution_of(p, id);
    if (solution) return solution->from[k];
    const ot__record *r = ot__program_record(p, id);
    return ot__passes_gradient(r, k) ? r->in[k].id : 0;
}

static int sources(const ot_program *p, int id)
{
    const ot__solution *const solution = ot__solution_of(p, id);
    return solution ? solution->terms : ot__program_record(p, id)->n_in;
}

/* Opens the value that node `id` is read from, unless it is present, listed or kept anyway.
 * OT_EINVAL if it is needed to compute itself. */
static ot_status need(replaying *r, int id)
{
    const int stored = r->p->access[id].stored;
    if (!ot__program_record(r->p, stored)->op || r->present[stored]) return OT_OK;
    if (r->state[stored] == NEEDED)
        return ot__fail(OT_EINVAL,
                        "compile: rebuild: record %%%d cannot be solved for: the other terms of "
                        "the sum are computed from it",
                        stored);
    if (r->state[stored]) return OT_OK;
    r->state[stored] = NEEDED;
    r->open[r->n_open++] = (visit){ stored, 0 };
    return OT_OK;
}

/* Lists a value after all that it is computed from. */
static ot_status list(replaying *r, int id)
{
    OT_TRY(need(r, id));
    while (r->n_open > 0) {
        visit *const top = &r->open[r->n_open - 1];
        if (top->done < sources(r->p, top->id)) {
            const int from = source(r->p, top->id, top->done++);
            if (from) OT_TRY(need(r, from));
            continue;
        }
        r->state[top->id] = LISTED;
        r->list[r->n_list++] = top->id;
        r->n_open--;
    }
    return OT_OK;
}

/* ---- steps ---- */

static ot_status add(ot__order *out, size_t *room, ot__step step)
{
    void *steps = out->step;
    const ot_status status = ot__grow(&steps, room, (size_t)out->n_steps + 1, sizeof *out->step);
    out->step = steps;
    if (status == OT_OK) out->step[out->n_steps++] = step;
    return status;
}

static ot__step step_of(const ot_program *p, int id)
{
    const ot__solution *const x = ot__solution_of(p, id);
    const int record = x ? x->from[0] : id;
    ot__step step = { .id = id,
                      .replay = true,
                      .kernels = ot__choose_kernels(p, ot__program_record(p, record)) };
    if (x) step.terms = x->terms, step.from = x->from, step.coef = x->coef;
    return step;
}

static int ascending(const void *x, const void *y)
{
    return *(const int *)x - *(const int *)y;
}

/* Lists what the backward step of node `reader` reads and has to be computed first. */
static ot_status list_all(replaying *r, int reader)
{
    r->n_list = 0;
    for (int k = 0; k <= ot__program_record(r->p, reader)->n_in; k++) {
        const int read = ot__backward_reads(r->p, reader, k);
        if (!read) continue;
        r->is_read[r->p->access[read].stored] = true;
        OT_TRY(list(r, read));
    }
    /* Without values that are solved for, the order of the tape is possible too.  Fewer values are
     * then alive at once: verner89 x2 with 36 % of its memory takes 31 % more FLOPs, not 38 %. */
    if (!r->p->solve.of) qsort(r->list, (size_t)r->n_list, sizeof *r->list, ascending);
    return OT_OK;
}

/* Adds the replays before the backward step of node `reader`. */
static ot_status add_replays(replaying *r, size_t *room, int reader)
{
    OT_TRY(list_all(r, reader));
    for (int i = 0; i < r->n_list; i++) {
        const int id = r->list[i];
        OT_TRY(add(r->out, room, step_of(r->p, id)));
        r->present[id] =
            r->is_read[id] || ot__solution_of(r->p, id) || stays(r->policy, id, reader);
        r->state[id] = 0;
    }
    for (int k = 0; k <= ot__program_record(r->p, reader)->n_in; k++)
        r->is_read[r->p->access[ot__backward_reads(r->p, reader, k)].stored] = false;
    return OT_OK;
}

static ot_status add_all(replaying *r, const ot__order *base)
{
    size_t room = 0;
    r->out->n_forward = base->n_forward;
    for (int s = 0; s < base->n_steps; s++) {
        const ot__step *step = &base->step[s];
        if (step->backward && !step->terms) OT_TRY(add_replays(r, &room, step->id));
        OT_TRY(add(r->out, &room, *step));
    }
    return OT_OK;
}

ot_status ot__replay_steps(const ot_program *p, const ot__order *base, const ot__policy *policy,
                           ot__order *out)
{
    const size_t n = (size_t)p->n_nodes;
    *out = (ot__order){ 0 };
    replaying r = { .p = p,
                    .policy = policy,
                    .out = out,
                    .present = ot__new(n, sizeof(bool)),
                    .is_read = ot__new(n, sizeof(bool)),
                    .state = ot__new(n, 1),
                    .open = ot__new(n, sizeof(visit)),
                    .list = ot__new(n, sizeof(int)) };
    ot_status status = r.present && r.is_read && r.state && r.open && r.list ? OT_OK : OT_ENOMEM;
    for (int id = 1; id < p->n_nodes && status == OT_OK; id++)
        r.present[id] = !ot__solution_of(p, id) && stays(policy, id, p->root.id);
    if (status == OT_OK) status = add_all(&r, base);
    ot__free(r.present);
    ot__free(r.is_read);
    ot__free(r.state);
    ot__free(r.open);
    ot__free(r.list);
    return status;
}
