/* SPDX-License-Identifier: BSD-3-Clause
 * Finds the first step whose result is not finite, in two runs.  The first run checks what each
 * step has delivered and ends after the first that is not finite.  The second run ends before that
 * step, so that its operands can be measured as it reads them. */
#include "autograd/inspect/scan.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "autograd/program.h"
#include "base/comm.h"

typedef struct scan {
    int n;       /* images in the batch */
    int until;   /* end before this step; -1: check all steps */
    int bad;     /* the step that delivered a number that is not finite; -1: none */
    bool mine;   /* this process delivered it */
    int operand; /* the operand whose gradient, or statistic, it is; -1: the result */
    ot__culprit *c;
} scan;

static bool all_finite(const void *x, ot_dtype dtype, size_t n)
{
    for (size_t i = 0; x && i < n; i++)
        if (!isfinite(ot__number(x, dtype, i))) return false;
    return true;
}

static size_t elements(const ot_program *p, int id, int n)
{
    return ot__elements(ot__program_shape(p, id, n));
}

/* Whether the numbers per channel of a value that is computed on reading are finite.  A scalar has
 * none. */
static bool view_finite(const ot_program *p, int id)
{
    const ot__view *v = &p->views[id].value;
    const ot_shape shape = ot__program_node(p, id)->record.shape;
    const size_t channels = (size_t)ot__channels(shape);
    return p->access[id].norm != id ||
           (all_finite(v->m, p->dtype, channels) && all_finite(v->a, p->dtype, channels) &&
            all_finite(v->e, p->dtype, channels));
}

static bool forward_finite(const ot_program *p, const ot__step *s, scan *w)
{
    const ot__record *r = &ot__program_node(p, s->id)->record;
    w->operand = -1;
    if (!all_finite(s->call.y, p->dtype, elements(p, s->id, w->n)) || !view_finite(p, s->id))
        return false;
    for (int k = 0; k < ot__step_operands(p, s); k++) {
        w->operand = k; /* a statistic that the step wrote */
        const int id = r->in[k].id;
        if (ot__program_node(p, id)->leaf == OT__STAT &&
            !all_finite(s->call.x[k], p->dtype, elements(p, id, w->n)))
            return false;
    }
    return true;
}

static bool backward_finite(const ot_program *p, const ot__step *s, scan *w)
{
    const ot__record *r = &ot__program_node(p, s->id)->record;
    w->operand = -1;
    if (s->terms) return all_finite(s->call.y, p->dtype, elements(p, s->id, w->n));
    for (int k = 0; k < r->n_in; k++) {
        w->operand = k;
        if (!all_finite(s->call.gx[k], p->dtype, elements(p, r->in[k].id, w->n))) return false;
    }
    return true;
}

/* Whether one of the processes that share the batch has found a number that is not finite. */
static bool is_anywhere(bool mine)
{
    long long found = mine;
    return ot__comm_most(&found, 1) == OT_OK && found != 0;
}

/* Whether step s may run: no step before it has delivered a number that is not finite. */
static bool watch(ot_program *p, int s, void *user)
{
    scan *w = user;
    if (w->until >= 0) return s < w->until;
    if (w->bad >= 0) return false;
    if (s == 0) return true;
    const ot__step *before = &p->step[s - 1];
    if (p->share) ot__comm_finish(); /* so that all gradients are there */
    w->mine = p->share && p->share->chunks == 0 ? false
              : before->backward                ? !backward_finite(p, before, w)
                                                : !forward_finite(p, before, w);
    const bool good = p->share ? !is_anywhere(w->mine) : !w->mine;
    if (!good) w->bad = s - 1;
    return good;
}

static void repeat(ot_program *p, const ot__scan_run *run, scan *w)
{
    run->load(run->user);
    p->watch = watch;
    p->watch_user = w;
    const bool ran = ot_forward(p, w->n) == OT_OK && watch(p, p->n_forward, w);
    const bool back = ran && p->gradients && !run->forward_only;
    if (back && ot_backward(p, run->seed, false) == OT_OK) watch(p, p->n_steps, w);
    p->watch = NULL;
}

static void measure(const ot_program *p, const void *x, size_t n, ot__culprit *c)
{
    for (size_t i = 0; x && i < n; i++) {
        const double v = ot__number(x, p->dtype, i);
        c->read++;
        if (!isfinite(v)) {
            c->strange++;
            continue;
        }
        c->least = fmin(c->least, v);
        c->most = fmax(c->most, v);
    }
}

static void measure_inputs(const ot_program *p, const ot__step *s, int n, ot__culprit *c)
{
    const ot__record *r = &ot__program_node(p, s->id)->record;
    c->least = INFINITY;
    c->most = -INFINITY;
    for (int k = 0; k < s->terms; k++)
        measure(p, s->call.x[k], elements(p, s->id, n), c);
    for (int k = 0; k < ot__step_operands(p, s); k++)
        if (ot__program_node(p, r->in[k].id)->leaf != OT__LABELS)
            measure(p, s->call.x[k], elements(p, r->in[k].id, n), c);
    if (s->backward && !s->terms) measure(p, s->call.gy, elements(p, s->id, n), c);
    if (c->least > c->most) c->least = c->most = NAN;
}

static void describe(const ot_program *p, const scan *w)
{
    const ot__step *s = &p->step[w->bad];
    /* A sum of gradients stands for the first record whose gradient it reads, and a value that is
     * solved for stands for the record of the sum that it is solved from. */
    const int id_of = s->terms ? s->from[0] : s->id;
    const ot__node *node = ot__program_node(p, id_of);
    ot__culprit *c = w->c;
    *c = (ot__culprit){
        .backward = s->backward, .record = id_of, .op = node->record.op->name, .scope = node->scope
    };
    if (s->terms) {
        snprintf(c->result, sizeof c->result, "the %s of record %%%d%s",
                 s->replay ? "value" : "gradient", s->id, s->replay ? ", solved for" : "");
        return;
    }
    if (w->operand < 0) {
        snprintf(c->result, sizeof c->result, "its result");
        return;
    }
    const int id = node->record.in[w->operand].id;
    const char *name = ot__program_node(p, id)->name;
    const char *what = s->backward ? "the gradient of " : "";
    if (name)
        snprintf(c->result, sizeof c->result, "%s%s", what, name);
    else
        snprintf(c->result, sizeof c->result, "%soperand %d, record %%%d", what, w->operand, id);
}

/* What is sent of a culprit: the rest is the same on all processes. */
typedef struct report {
    char result[sizeof((ot__culprit *)0)->result];
    double least, most;
    size_t read, strange;
} report;

/* Takes the report of the first process that has found a number that is not finite. */
static void take_first_report(bool mine, ot__culprit *c)
{
    const int size = ot_processes_count();
    long long first = mine ? size - ot_processes_rank() : 0;
    report r = { .least = c->least, .most = c->most, .read = c->read, .strange = c->strange };
    size_t bytes[OT__MOST_PROCESSES] = { 0 };
    memcpy(r.result, c->result, sizeof r.result);
    if (ot__comm_most(&first, 1) != OT_OK || first == 0) return;
    bytes[size - first] = sizeof r;
    if (ot__comm_gather(&r, bytes) != OT_OK) return;
    memcpy(c->result, r.result, sizeof c->result);
    c->least = r.least;
    c->most = r.most;
    c->read = r.read;
    c->strange = r.strange;
}

bool ot__scan(ot_program *p, const ot__scan_run *run, ot__culprit *c)
{
    scan first = { .n = run->n, .until = -1, .bad = -1, .c = c };
    repeat(p, run, &first);
    if (first.bad < 0) return false;
    describe(p, &first);
    scan second = { .n = run->n, .until = ot__first_fused(p, first.bad), .bad = -1, .c = c };
    repeat(p, run, &second);
    measure_inputs(p, &p->step[first.bad], run->n, c);
    if (p->share) take_first_report(first.mine, c);
    return true;
}
