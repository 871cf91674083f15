/* SPDX-License-Identifier: BSD-3-Clause
 * Chooses what a program computes again so that its memory stays below a limit, at the least cost.
 *
 * A few families of plans are tried with the planner that will place the buffers, so what is
 * promised is what happens.  The first family computes only the cheapest values again, as many as
 * are necessary.  The others cut the tape into nested segments.  They keep everything from a
 * forward step on, which is as early as the limit allows. */
#include "autograd/compile/limit.h"

#include "autograd/compile/replays.h"
#include "autograd/cost.h"
#include "base/memory.h"

/* A plan and what it comes to. */
typedef struct trial {
    ot__cuts cuts;
    size_t arena;
    double flops; /* of all replays, per image */
} trial;

typedef struct search {
    ot_program *p;
    const ot__order *base;
    ot__extent extent;
    size_t limit;                 /* of the arena */
    size_t other;                 /* bytes outside of it */
    trial best;                   /* the cheapest within the limit; flops < 0: none yet */
    trial least;                  /* the one with the smallest arena */
    ot_on_memory_point *on_point; /* or NULL */
    void *user;
} search;

/* The families.  Segments of more levels need less memory and more time. */
static const struct family {
    int levels, segments;
    bool transients;
} families[] = {
    { 0, 1, true },  { 1, 2, false },  { 1, 3, false },  { 1, 4, false },  { 1, 6, false },
    { 1, 8, false }, { 1, 12, false }, { 1, 16, false }, { 1, 24, false }, { 1, 32, false },
    { 1, 2, true },  { 1, 3, true },   { 1, 4, true },   { 1, 6, true },   { 1, 8, true },
    { 1, 12, true }, { 1, 16, true },  { 1, 24, true },  { 2, 3, false },  { 2, 4, false },
    { 2, 6, false }, { 2, 2, true },   { 2, 3, true },   { 2, 4, true },   { 2, 5, true },
    { 2, 6, true },  { 3, 2, true },   { 3, 3, true },   { 3, 4, true },   { 4, 2, true },
    { 4, 3, true },  { 5, 2, true },   { 6, 2, true },
};
enum { FAMILIES = sizeof families / sizeof families[0], LOWERED = 3 };

/* ---- trials ---- */

/* cuts is NULL in a program that solves for values: these say where the tape is cut. */
static ot_status lay_out(const search *f, const ot__cuts *cuts)
{
    ot__policy policy;
    ot__order order = { 0 };
    ot_status status = cuts ? ot__make_policy(f->p, &f->extent, cuts, &policy)
                            : ot__make_rebuilding_policy(f->p, &f->extent, &policy);
    if (status == OT_OK) status = ot__replay_steps(f->p, f->base, &policy, &order);
    ot__free_policy(&policy);
    if (status == OT_OK) return ot__lay_out(f->p, &order);
    ot__free(order.step);
    return status;
}

static bool is_better(const trial *a, const trial *b)
{
    return b->flops < 0 || a->flops < b->flops || (a->flops == b->flops && a->arena < b->arena);
}

static bool is_smaller(const trial *a, const trial *b)
{
    return a->arena < b->arena || (a->arena == b->arena && a->flops < b->flops);
}

static void report(const search *f, const trial *t)
{
    const ot__cuts *const cuts = &t->cuts;
    const double part = cuts->levels > 0       ? (double)cuts->end / f->extent.n_forward
                        : cuts->transients > 0 ? (double)cuts->transients / f->extent.n_transients
                                               : 1;
    f->on_point(&(ot_memory_point){ .peak_bytes = t->arena + f->other,
                                    .flops_replayed = t->flops,
                                    .levels = cuts->levels,
                                    .segments = cuts->segments,
                                    .thin = cuts->transients > 0,
                                    .share = part },
                f->user);
}

static ot_status attempt(search *f, const ot__cuts *cuts, trial *t)
{
    const ot_status status = lay_out(f, cuts);
    *t = (trial){ *cuts, f->p->plan.arena, 0 };
    for (int s = f->p->n_forward; s < f->p->n_steps; s++)
        if (f->p->step[s].replay) t->flops += ot__step_flops(f->p, s);
    ot__take_down(f->p);
    if (status != OT_OK) return status;
    if (t->arena <= f->limit && is_better(t, &f->best)) f->best = *t;
    if (is_smaller(t, &f->least)) f->least = *t;
    if (f->on_point) report(f, t);
    return OT_OK;
}

/* Lowers one number of a plan that is within the limit, to a 32nd of its value, as far as the plan
 * stays there.  `n` points into *cuts. */
static ot_status lower(search *f, ot__cuts *cuts, int *n)
{
    int enough = *n, few = 0;
    const int step = enough / 32 + 1;
    while (enough - few > step) {
        trial t;
        *n = few + (enough - few) / 2;
        OT_TRY(attempt(f, cuts, &t));
        *(t.arena <= f->limit ? &enough : &few) = *n;
    }
    return OT_OK;
}

/* ---- the choice ---- */

/* The plan of a family on a number of quarters of the tape or, if it is not cut, of the cheapest
 * values. */
static ot__cuts cuts_of(const search *f, const struct family *family, int quarters)
{
    const bool is_cut = family->levels > 0;
    const int end = f->extent.n_forward, transients = f->extent.n_transients;
    return (ot__cuts){ .levels = family->levels,
                       .segments = family->segments,
                       .transients = !family->transients ? 0
                                     : is_cut            ? transients
                                                         : transients * quarters / 4,
                       .end = is_cut ? end * quarters / 4 : end };
}

/* Tries all families on the whole tape, so that the least is known in any case.  The best of those
 * within the limit come first in all. */
static ot_status try_families(search *f, trial all[], int *n)
{
    for (int i = 0; i < FAMILIES; i++) {
        const ot__cuts cuts = cuts_of(f, &families[i], 4);
        trial t;
        OT_TRY(attempt(f, &cuts, &t));
        if (t.arena > f->limit) continue;
        int at = (*n)++;
        for (; at > 0 && is_better(&t, &all[at - 1]); at--)
            all[at] = all[at - 1];
        all[at] = t;
    }
    return OT_OK;
}

/* For a curve: also on a quarter, a half and three quarters of the tape. */
static ot_status try_parts(search *f)
{
    for (int i = 0; i < FAMILIES; i++)
        for (int quarters = 1; quarters < 4; quarters++) {
            const ot__cuts cuts = cuts_of(f, &families[i], quarters);
            trial t;
            OT_TRY(attempt(f, &cuts, &t));
        }
    return OT_OK;
}

static ot_status choose(search *f)
{
    trial all[FAMILIES];
    int n = 0;
    OT_TRY(try_families(f, all, &n));
    for (int i = 0; i < n && i < LOWERED; i++) {
        ot__cuts *const cuts = &all[i].cuts;
        OT_TRY(lower(f, cuts, cuts->levels == 0 ? &cuts->transients : &cuts->end));
    }
    return OT_OK;
}

static ot_status search_plans(search *f)
{
    OT_TRY(ot__find_extent(f->p, f->base, &f->extent));
    const ot__cuts none = { .segments = 1 };
    trial t;
    OT_TRY(attempt(f, &none, &t));
    if (f->on_point) OT_TRY(try_parts(f));
    return t.arena > f->limit || f->on_point ? choose(f) : OT_OK;
}

/* The message has the least bytes that the program can run with. */
static ot_status too_much(const ot_program *p, size_t limit)
{
    return ot__fail(OT_ENOMEM,
                    "compile: memory_limit is %zu bytes; the least that this program can run with "
                    "is %zu bytes",
                    limit, p->least_bytes);
}

/* A program that solves for values has one plan. */
static ot_status rebuild(search *f, size_t limit)
{
    OT_TRY(ot__find_extent(f->p, f->base, &f->extent));
    OT_TRY(lay_out(f, NULL));
    f->p->least_bytes = f->p->plan.arena + f->other;
    return f->p->plan.arena > f->limit && limit != OT_LEAST_MEMORY ? too_much(f->p, limit) : OT_OK;
}

ot_status ot__limit_memory(ot_program *p, const ot__order *base, size_t limit, size_t other,
                           ot_on_memory_point *on_point, void *user)
{
    search f = { .p = p,
                 .base = base,
                 .limit = limit > other ? limit - other : 0,
                 .other = other,
                 .best = { .flops = -1 },
                 .least = { .arena = SIZE_MAX },
                 .on_point = on_point,
                 .user = user };
    if (p->solve.of) {
        const ot_status status = rebuild(&f, limit);
        ot__free_extent(&f.extent);
        return status;
    }
    ot_status status = search_plans(&f);
    p->least_bytes = f.least.arena + other;
    if (status == OT_OK && limit == OT_LEAST_MEMORY) f.best = f.least;
    if (status == OT_OK && f.best.flops < 0) status = too_much(p, limit);
    if (status == OT_OK) status = lay_out(&f, &f.best.cuts);
    ot__free_extent(&f.extent);
    return status;
}
