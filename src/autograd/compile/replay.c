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
 * Batch norms keep their numbers per channel from the forward half.  So a replay moves no running
 * statistics, and every replayed value has the bits that it had before. */
#include <stdlib.h>

#include "autograd/compile/replays.h"
#include "base/memory.h"

/* Why a value is computed again: the backward step reads it, or another replay does. */
enum { BY_STEP = 1, BY_REPLAY = 2 };

typedef struct replaying {
    const ot_program *p;
    const ot__policy *policy;
    ot__order *out;
    bool *present; /* by node */
    char *needed;  /* by node: why the replays before the next backward step compute it */
    int *list;     /* the nodes that are needed */
    int n_list;
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

/* Adds the value that node `id` is read from, unless it is present or kept anyway. */
static void need(replaying *r, int id, char why)
{
    const int stored = r->p->access[id].stored;
    if (!ot__program_record(r->p, stored)->op || r->present[stored] || r->needed[stored]) return;
    r->needed[stored] = why;
    r->list[r->n_list++] = stored;
}

int ot__backward_reads(const ot_program *p, int id, int k)
{
    const ot__record *r = ot__program_record(p, id);
    if (k < r->n_in) return ot__keeps_operand(p, id, k) ? r->in[k].id : 0;
    return ot__keeps_result(r) || p->access[id].gradient_norm ? id : 0;
}

static int ascending(const void *x, const void *y)
{
    return *(const int *)x - *(const int *)y;
}

/* Adds all that the needed values are computed from.  In the order of the tape, each is then
 * computed after its operands. */
static void close_list(replaying *r)
{
    for (int i = 0; i < r->n_list; i++) {
        const ot__record *record = ot__program_record(r->p, r->list[i]);
        for (int k = 0; k < record->n_in; k++)
            if (ot__passes_gradient(record, k)) need(r, record->in[k].id, BY_REPLAY);
    }
    qsort(r->list, (size_t)r->n_list, sizeof *r->list, ascending);
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

/* Adds the replays before the backward step of node `reader`. */
static ot_status add_replays(replaying *r, size_t *room, int reader)
{
    r->n_list = 0;
    for (int k = 0; k <= ot__program_record(r->p, reader)->n_in; k++) {
        const int read = ot__backward_reads(r->p, reader, k);
        if (read) need(r, read, BY_STEP);
    }
    close_list(r);
    ot_status status = OT_OK;
    for (int i = 0; i < r->n_list; i++) {
        const int id = r->list[i];
        const ot__step step = { .id = id,
                                .replay = true,
                                .kernels = ot__choose_kernels(r->p, ot__program_record(r->p, id)) };
        if (status == OT_OK) status = add(r->out, room, step);
        r->present[id] = r->needed[id] == BY_STEP || stays(r->policy, id, reader);
        r->needed[id] = 0;
    }
    return status;
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
                    .needed = ot__new(n, 1),
                    .list = ot__new(n, sizeof(int)) };
    ot_status status = r.present && r.needed && r.list ? OT_OK : OT_ENOMEM;
    for (int id = 1; id < p->n_nodes && status == OT_OK; id++)
        r.present[id] = stays(policy, id, p->root.id);
    if (status == OT_OK) status = add_all(&r, base);
    ot__free(r.present);
    ot__free(r.needed);
    ot__free(r.list);
    return status;
}
