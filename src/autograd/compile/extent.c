/* SPDX-License-Identifier: BSD-3-Clause
 * Finds which values backward steps read, how many bytes cross each forward step, and which of the
 * kept values are cheap to compute again. */
#include <stdlib.h>

#include "autograd/compile/replays.h"
#include "autograd/cost.h"
#include "base/memory.h"

/* A kernel that only moves bytes takes about as long per byte as a product per this many FLOPs. */
enum { FLOPS_PER_BYTE = 10, MOST_SUPPORT = 64 };

/* ---- writers and readers ---- */

static void find_readers(const ot_program *p, const ot__order *base, ot__extent *e)
{
    for (int id = 0; id < p->n_nodes; id++)
        e->writer[id] = e->reader[id] = -1;
    for (int s = 0; s < base->n_forward; s++) {
        const int id = base->step[s].id;
        const ot__record *r = ot__program_record(p, id);
        if (ot__is_stored(p, id)) e->writer[id] = e->reader[id] = s;
        for (int k = 0; k < r->n_in; k++) {
            const int stored = p->access[r->in[k].id].stored;
            if (e->writer[stored] >= 0) e->reader[stored] = s;
        }
    }
    for (int s = base->n_forward; s < base->n_steps; s++) {
        const int id = base->step[s].id;
        for (int k = 0; !base->step[s].terms && k <= ot__program_record(p, id)->n_in; k++) {
            const int read = ot__backward_reads(p, id, k);
            if (read) e->is_kept[p->access[read].stored] = true;
        }
    }
}

/* Nodes in the order of their ids have their writers in the order of the steps. */
static void count_bytes(const ot_program *p, ot__extent *e)
{
    for (int id = 1; id < p->n_nodes; id++) {
        if (e->writer[id] < 0) continue;
        const size_t bytes = ot__program_bytes(p, id, p->batch);
        for (int s = e->writer[id]; s < e->reader[id]; s++)
            e->crossing[s] += bytes;
        if (e->is_kept[id]) e->kept[e->writer[id]] += (double)bytes;
    }
    for (int s = 1; s < e->n_forward; s++)
        e->kept[s] += e->kept[s - 1];
}

/* ---- transients ---- */

typedef struct candidate {
    int id;
    double price; /* FLOPs per byte */
} candidate;

static int cheaper_then_earlier(const void *x, const void *y)
{
    const candidate *const a = x, *const b = y;
    if (a->price != b->price) return a->price < b->price ? -1 : 1;
    return a->id - b->id;
}

/* The work of computing a value again from kept ones, in FLOPs per image. */
static double work_of(const ot_program *p, const ot__extent *e, const double *work, int id)
{
    const ot__record *r = ot__program_record(p, id);
    double bytes = (double)ot__program_bytes(p, id, 1), more = 0;
    for (int k = 0; k < r->n_in; k++) {
        const int stored = p->access[r->in[k].id].stored;
        bytes += (double)ot__program_bytes(p, stored, 1);
        if (e->writer[stored] >= 0 && !e->is_kept[stored]) more += work[stored];
    }
    return ot__program_cost(p, id).forward + FLOPS_PER_BYTE * bytes + more;
}

/* Lists the kept values that a value is computed again from.  Returns their number, or -1 if it is
 * computed from too many others. */
static int support_of(const ot_program *p, const ot__extent *e, int id, int support[])
{
    int pending[MOST_SUPPORT] = { id }, n_pending = 1, n = 0;
    for (int i = 0; i < n_pending; i++) {
        const ot__record *r = ot__program_record(p, pending[i]);
        for (int k = 0; k < r->n_in; k++) {
            const int stored = p->access[r->in[k].id].stored;
            if (e->writer[stored] < 0) continue;
            if (n == MOST_SUPPORT || n_pending == MOST_SUPPORT) return -1;
            if (e->is_kept[stored])
                support[n++] = stored;
            else
                pending[n_pending++] = stored;
        }
    }
    return n;
}

/* Takes a candidate unless one that was taken before is computed from it, or it from that. */
static void take(const ot_program *p, ot__extent *e, char *fixed, int id)
{
    enum { TAKEN = 1, SUPPORT = 2 };
    int support[MOST_SUPPORT];
    const int n = support_of(p, e, id, support);
    if (n < 0 || fixed[id]) return;
    for (int i = 0; i < n; i++)
        if (fixed[support[i]] == TAKEN) return;
    fixed[id] = TAKEN;
    for (int i = 0; i < n; i++)
        fixed[support[i]] = SUPPORT;
    e->transient[e->n_transients++] = id;
}

static ot_status find_transients(const ot_program *p, ot__extent *e)
{
    const size_t n = (size_t)p->n_nodes;
    candidate *const all = ot__new(n, sizeof *all);
    double *const work = ot__new(n, sizeof *work);
    char *const fixed = ot__new(n, 1);
    size_t found = 0;
    const bool ok = all && work && fixed;
    for (int id = 1; id < p->n_nodes && ok; id++) {
        if (e->writer[id] < 0) continue;
        work[id] = work_of(p, e, work, id);
        if (e->is_kept[id] && !p->mark[id].readable)
            all[found++] = (candidate){ id, work[id] / (double)ot__program_bytes(p, id, 1) };
    }
    if (ok) qsort(all, found, sizeof *all, cheaper_then_earlier);
    for (size_t i = 0; i < found; i++)
        take(p, e, fixed, all[i].id);
    ot__free(all);
    ot__free(work);
    ot__free(fixed);
    return ok ? OT_OK : OT_ENOMEM;
}

/* ---- all of it ---- */

ot_status ot__find_extent(const ot_program *p, const ot__order *base, ot__extent *e)
{
    const size_t n = (size_t)p->n_nodes, steps = (size_t)base->n_forward;
    *e = (ot__extent){ .n_forward = base->n_forward,
                       .crossing = ot__new(steps, sizeof *e->crossing),
                       .kept = ot__new(steps, sizeof *e->kept),
                       .writer = ot__new(n, sizeof *e->writer),
                       .reader = ot__new(n, sizeof *e->reader),
                       .is_kept = ot__new(n, sizeof *e->is_kept),
                       .transient = ot__new(n, sizeof *e->transient) };
    if (!e->crossing || !e->kept || !e->writer || !e->reader || !e->is_kept || !e->transient)
        return OT_ENOMEM;
    find_readers(p, base, e);
    count_bytes(p, e);
    return find_transients(p, e);
}

void ot__free_extent(ot__extent *e)
{
    ot__free(e->crossing);
    ot__free(e->kept);
    ot__free(e->writer);
    ot__free(e->reader);
    ot__free(e->is_kept);
    ot__free(e->transient);
}
