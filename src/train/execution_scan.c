/* SPDX-License-Identifier: BSD-3-Clause
 * Finds what is not finite in the run of a network: its segments are run again one after another,
 * first forward and then backward, and each number is checked. */
#include <string.h>

#include "train/segments_run.h"

/* How the inputs of a program are loaded again. */
typedef struct arrival {
    ot_execution *e;
    int i;
    bool forward; /* e->y is the state that the program is given, not a gradient */
    void (*load)(void *user);
    void *user;
} arrival;

/* The input of a program between others still has what the forward run gave it. */
static void load_program(void *user)
{
    const arrival *a = user;
    if (a->i == 0 || a->i == a->e->last) a->load(a->user);
    if (a->forward) ot__segment_hand_in(a->e, a->i);
}

/* Scans a program forward, or forward and then backward from the seed. */
static bool scan_program(arrival *a, bool forward_only, const void *seed, ot__culprit *c)
{
    return ot__scan(a->e->part[a->i].program,
                    &(ot__scan_run){ .n = a->e->images,
                                     .load = load_program,
                                     .user = a,
                                     .forward_only = forward_only,
                                     .seed = seed },
                    c);
}

/* One step of a block to run again. */
typedef struct again {
    ot_stepper *st;
    int step;      /* the kept step to run; used if y is NULL */
    const void *y; /* the state before the step that was tried last; NULL: run a kept step */
} again;

static void load_again(void *user)
{
    const again *a = user;
    if (a->y)
        ot__stepper_load_tried(a->st, a->y);
    else
        ot__stepper_load_kept(a->st, a->step);
}

/* Finds what is not finite in the step of a block that was tried last. */
static bool scan_tried(const ot_execution *e, ot_stepper *st, ot__culprit *c)
{
    again a = { .st = st, .y = e->y };
    return ot__scan(ot__stepper_program(st, false),
                    &(ot__scan_run){ .n = e->images, .load = load_again, .user = &a }, c);
}

/* A scan of the evaluations of an adjoint. */
typedef struct search {
    ot__culprit *culprit;
    bool found;
} search;

static ot_status scan_evaluation(void *user, ot_program *p, int images, void (*load)(void *loaded),
                                 void *loaded, const void *seed)
{
    search *const s = user;
    s->found = ot__scan(
        p, &(ot__scan_run){ .n = images, .load = load, .user = loaded, .seed = seed }, s->culprit);
    return s->found ? OT_ENUMERIC : OT_OK;
}

/* false: g is the gradient before the block, or no step was short enough. */
static bool scan_adjoint(ot_stepper *st, void *g, ot__culprit *c)
{
    search s = { .culprit = c };
    return ot__stepper_adjoint_again(st, g, scan_evaluation, &s) != OT_OK && s.found;
}

/* Scans the steps of a block backward.  false: e->y has become the gradient before the block. */
static bool scan_back(ot_execution *e, int i, ot__culprit *c)
{
    ot_stepper *const st = e->part[i].stepper;
    ot_program *const p = ot__stepper_program(st, true);
    if (ot__stepper_backsolves(st)) return scan_adjoint(st, e->y, c);
    for (int k = ot__stepper_steps(st) - 1; k >= 0; k--) {
        again a = { .st = st, .step = k };
        if (ot__scan(
                p, &(ot__scan_run){ .n = e->images, .load = load_again, .user = &a, .seed = e->y },
                c))
            return true;
        memcpy(e->y, ot_program_grad(p, ot__segment_at(e, i)->x), ot__segment_bytes(e, i));
    }
    return false;
}

/* Scans everything before the last segment forward.  *ended: a block fails, whatever is found. */
static bool scan_forward(arrival *a, bool *ended, ot__culprit *c)
{
    ot_execution *const e = a->e;
    for (a->i = 0; a->i < e->last; a->i++) {
        ot_stepper *const st = e->part[a->i].stepper;
        if (!st && scan_program(a, true, NULL, c)) return true;
        if (!st) ot__segment_hand_on(e, a->i);
        *ended = st && ot__segment_integrate(e, a->i, NULL) != OT_OK;
        if (*ended) return scan_tried(e, st, c);
    }
    return false;
}

bool ot__execution_scan(ot_execution *e, int n, void (*load)(void *user), void *user,
                        ot__culprit *c)
{
    arrival a = { .e = e, .forward = true, .load = load, .user = user };
    bool ended = false;
    if (e->out_of_reach) return false;
    e->images = n;
    if (scan_forward(&a, &ended, c)) return true;
    if (ended) return false;
    a.i = e->last;
    if (scan_program(&a, e->opts.forward_only, NULL, c)) return true;
    if (e->opts.forward_only) return false;
    ot__segment_hand_back(e, e->last);
    a.forward = false;
    for (a.i = e->last - 1; a.i >= 0; a.i--) {
        if (e->part[a.i].stepper ? scan_back(e, a.i, c) : scan_program(&a, false, e->y, c))
            return true;
        if (e->part[a.i].program) ot__segment_hand_back(e, a.i);
    }
    return false;
}
