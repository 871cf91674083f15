/* SPDX-License-Identifier: BSD-3-Clause
 * The gradient check: compares the gradients of the tape with central differences, in double.
 *
 * With a random cotangent w, L(x) = <w, root(x)>, and the tape gives g = dL/dx.  For a direction v
 *     D(h) = (L(x + h v) - L(x - h v)) / 2h,    R = (4 D(h/2) - D(h)) / 3 = <g, v> + O(h^4).
 * The step h is chosen by D alone, never by looking at g.  It is the largest h for which D(h) and
 * D(h/2) agree.  A smooth piece of the function is where the signs of all operands of ReLU stay the
 * same (ops report them by `piece`); an h that leaves the piece of x is made smaller.  A corner of
 * the function may be so near that the only steps left give differences smaller than the rounding
 * errors of L.  Such a derivative is left out and counted.
 *
 * An error is relative to the larger of both derivatives, but at least to a thousandth of the
 * tensor's largest derivative: otherwise it would measure rounding errors. */
#include <float.h>
#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "autograd/inspect/gradcheck.h"
#include "autograd/program.h"
#include "base/check.h"
#include "base/memory.h"
#include "base/rng.h"

/* One tensor whose gradient is checked. */
typedef struct subject {
    int id;         /* its leaf */
    double *x;      /* where the program reads it */
    double *x0;     /* its value */
    double *g;      /* dL/dx by the tape */
    double *v;      /* a direction */
    size_t n;       /* elements */
    double scale;   /* root mean square of x0, or 1 if that is 0 */
    double largest; /* max |g| */
} subject;

typedef struct check {
    const ot__checked *f;
    const ot_tape *t;
    const ot_program *last; /* whose root is the result */
    const ot_gradcheck_opts *opts;
    ot_gradcheck_report *report;
    subject *subject;
    int n;
    double *w; /* the cotangent */
    size_t n_root;
    double *memory, *statistics;
    uint64_t piece;  /* the smooth piece of the last run */
    uint64_t piece0; /* that of x0 */
    double largest;  /* max |g| over all subjects */
    double size;     /* sum |w_i root_i|: rounding errors of L are relative to it */
} check;

/* What random numbers are drawn for: the third word of the counter. */
enum { DRAW_INPUT, DRAW_LABEL, DRAW_COTANGENT, DRAW_PARAM, DRAW_DIRECTION, DRAW_ENTRY, DRAW_ALL };

static ot__draw draw(const check *c, uint32_t what, uint32_t id, uint32_t k, size_t i)
{
    return ot__random(c->opts->seed, OT__RNG_GRADCHECK, (uint32_t)i, id, what, k);
}

static double normal(const check *c, uint32_t what, uint32_t id, uint32_t k, size_t i)
{
    const ot__draw d = draw(c, what, id, k, i);
    return ot__normal(d.word[0], d.word[1]);
}

/* ---- the function ---- */

static double run_forward(check *c)
{
    if (c->f->forward(c->f->user, &c->piece) != OT_OK) return NAN; /* x may be out of its range */
    const double *y = ot_program_value(c->last, c->last->root);
    double sum = 0;
    for (size_t i = 0; i < c->n_root; i++)
        sum += c->w[i] * y[i];
    return sum;
}

/* L(x0 + h v), where x0 and v are those of the given subjects together. */
static double shifted(check *c, subject s[], int n, double h)
{
    for (int k = 0; k < n; k++)
        for (size_t i = 0; i < s[k].n; i++)
            s[k].x[i] = s[k].x0[i] + h * s[k].v[i];
    const double value = run_forward(c);
    for (int k = 0; k < n; k++)
        memcpy(s[k].x, s[k].x0, s[k].n * sizeof(double));
    return value;
}

/* Sets *d to D(h).  Returns false if the step leaves the smooth piece. */
static bool difference(check *c, subject s[], int n, double h, double *d)
{
    const double plus = shifted(c, s, n, h);
    if (c->piece != c->piece0) return false;
    const double minus = shifted(c, s, n, -h);
    if (c->piece != c->piece0) return false;
    *d = (plus - minus) / (2 * h);
    return true;
}

/* A derivative by differences, and how much rounding errors of L may have changed it. */
typedef struct estimate {
    double r, noise;
} estimate;

/* Sets *e to R at the first step for which D(h) and D(h/2) agree, otherwise at the step for which
 * they agree best.  Returns false if all steps leave the piece. */
static bool derivative(check *c, subject s[], int n, estimate *e)
{
    const double agreement = 1e-6, first_step = 0.1;
    const int tries = 10;
    double best = INFINITY, h = first_step, whole, half;
    for (int k = 0; k < tries; k++, h /= 4) {
        if (!difference(c, s, n, h, &whole) || !difference(c, s, n, h / 2, &half)) continue;
        const double gap = fabs(whole - half);
        if (gap < best) {
            best = gap;
            *e = (estimate){ .r = (4 * half - whole) / 3, .noise = 16 * DBL_EPSILON * c->size / h };
        }
        if (gap <= agreement * fabs(half)) break;
    }
    return best < INFINITY;
}

/* ---- comparing ---- */

static const char *first_reader(const check *c, int id)
{
    for (int i = 0; i < c->f->n; i++)
        for (int s = 0; s < c->f->program[i]->n_forward; s++) {
            const ot__record *r = ot__program_record(c->last, c->f->program[i]->step[s].id);
            if (ot__reads(r, id)) return r->op->name;
        }
    return "none";
}

/* The relative error of an analytic derivative.  It is negative if it cannot be decided: all steps
 * cross a corner, or rounding errors are too large.  A number that is not finite is an error. */
static double error_of(double analytic, bool found, const estimate *e, double floor)
{
    const double size = fmax(fmax(fabs(analytic), fabs(e->r)), floor);
    const double gap = fabs(analytic - e->r), resolution = 3e-7;
    if (!isfinite(analytic)) return INFINITY;
    if (!found || e->noise > resolution * size) return -1;
    return isfinite(gap) ? (size > 0 ? gap / size : 0) : INFINITY;
}

static void note_worst(check *c, const subject *s, double analytic, double numeric, double error)
{
    ot_gradcheck_report *r = c->report;
    if (error <= r->worst_error && r->checked > 1) return;
    r->worst_error = error;
    r->worst_analytic = analytic;
    r->worst_numeric = numeric;
    snprintf(r->worst_tensor, sizeof r->worst_tensor, "%s", c->t->node[s->id].name);
    snprintf(r->worst_op, sizeof r->worst_op, "%s", first_reader(c, s->id));
}

/* Compares the derivatives along s->v. */
static void check_direction(check *c, subject *s)
{
    estimate e = { 0 };
    double analytic = 0, squares = 0;
    for (size_t i = 0; i < s->n; i++) {
        analytic += s->g[i] * s->v[i];
        squares += s->v[i] * s->v[i];
    }
    const double floor = fmax(1e-3 * s->largest, 1e-6 * c->largest) * sqrt(squares);
    const bool found = derivative(c, s, 1, &e);
    const double error = error_of(analytic, found, &e, floor);
    if (error < 0) {
        c->report->at_kink++;
        return;
    }
    c->report->checked++;
    note_worst(c, s, analytic, e.r, error);
}

static void check_entry(check *c, subject *s, size_t i)
{
    memset(s->v, 0, s->n * sizeof(double));
    s->v[i] = s->scale;
    check_direction(c, s);
}

static void random_direction(const check *c, subject *s, uint32_t what, uint32_t k)
{
    for (size_t i = 0; i < s->n; i++)
        s->v[i] = s->scale / sqrt((double)s->n) * normal(c, what, (uint32_t)s->id, k, i);
}

static void check_subject(check *c, subject *s)
{
    const size_t all = (size_t)(c->opts->all_below ? c->opts->all_below : 64);
    const int some = c->opts->directions ? c->opts->directions : 4;
    for (size_t i = 0; s->n <= all && i < s->n; i++)
        check_entry(c, s, i);
    for (int k = 0; s->n > all && k < some; k++) {
        const uint32_t word = draw(c, DRAW_ENTRY, (uint32_t)s->id, (uint32_t)k, 0).word[0];
        check_entry(c, s, ot__below(word, (uint32_t)s->n));
        random_direction(c, s, DRAW_DIRECTION, (uint32_t)k);
        check_direction(c, s);
    }
}

/* Compares <Jv, w> with <v, J'w> for a random direction v of all subjects together. */
static void check_dot(check *c)
{
    estimate e = { 0 };
    double analytic = 0, squares = 0;
    for (int k = 0; k < c->n; k++) {
        random_direction(c, &c->subject[k], DRAW_ALL, 0);
        for (size_t i = 0; i < c->subject[k].n; i++) {
            const double term = c->subject[k].g[i] * c->subject[k].v[i];
            analytic += term;
            squares += term * term;
        }
    }
    const bool found = derivative(c, c->subject, c->n, &e);
    const double error = error_of(analytic, found, &e, 1e-3 * sqrt(squares));
    if (error < 0)
        c->report->at_kink++;
    else
        c->report->dot_error = error;
}

/* ---- setting up ---- */

/* The number of classes: the last dimension of the first operand of the op that reads the
 * labels. */
static uint32_t classes_of(const check *c, int labels)
{
    for (size_t id = 1; id < c->t->n; id++) {
        const ot__record *r = &c->t->node[id].record;
        for (int k = 0; k < r->n_in; k++)
            if (r->in[k].id == labels) {
                const ot_shape x = c->t->node[r->in[0].id].record.shape;
                return (uint32_t)x.dim[x.rank - 1];
            }
    }
    return 1;
}

static void fill_inputs(check *c, ot_program *p)
{
    for (int id = 1; (size_t)id < c->t->n; id++) {
        void *memory = ot_program_input(p, (ot_var){ id });
        const ot__leaf kind = c->t->node[id].leaf;
        const size_t n = ot__elements(ot__program_shape(p, id, c->f->batch));
        for (size_t i = 0; memory && i < n; i++) {
            if (kind == OT__LABELS)
                ((int32_t *)memory)[i] = (int32_t)ot__below(
                    draw(c, DRAW_LABEL, (uint32_t)id, 0, i).word[0], classes_of(c, id));
            else
                ((double *)memory)[i] = normal(c, DRAW_INPUT, (uint32_t)id, 0, i);
        }
    }
}

/* Changes the initial values of the parameters at random, because ones and zeros could hide wrong
 * gradients.  Statistics stay positive, because some are variances. */
static void randomise_params(check *c)
{
    ot_params *ps = c->f->params;
    ot_params_init(ps, c->opts->seed);
    for (int i = 0; i < ot_params_count(ps); i++) {
        double *x = ot_params_edit(ps, i, OT_F64);
        for (size_t j = 0; j < ot_params_elements(ps, i); j++) {
            const ot__draw d = draw(c, DRAW_PARAM, (uint32_t)i, 0, j);
            x[j] += ot_params_trained(ps, i) ? 0.3 * ot__normal(d.word[0], d.word[1])
                                             : 0.5 * ot__unit(d.word[0]);
        }
    }
}

/* Whether a program has a gradient of parameter i. */
static bool reaches(const ot_program *p, int i)
{
    for (int k = 0; k < p->n_unreached; k++)
        if (p->unreached[k] == i) return false;
    return true;
}

/* The tensor of a leaf.  It has n 0 if the root has no gradient with respect to it. */
static subject subject_of(const check *c, int id)
{
    const ot__node *node = &c->t->node[id];
    ot_program *const first = c->f->program[0];
    subject s = { .id = id };
    if (node->leaf == OT__INPUT && first->place[id].gy >= 0) {
        s.x = ot_program_input(first, (ot_var){ id });
        s.n = ot__elements(ot__program_shape(first, id, c->f->batch));
    } else if (node->leaf == OT__PARAM) {
        const int i = ot__params_of_node(c->f->params, id);
        s.x = ot__params_at(c->f->params, i, OT_F64);
        for (int k = 0; k < c->f->n && s.n == 0; k++)
            if (reaches(c->f->program[k], i)) s.n = ot_params_elements(c->f->params, i);
    }
    return s;
}

static const double *gradient_at(const check *c, const subject *s)
{
    if (c->t->node[s->id].leaf == OT__INPUT)
        return ot_program_grad(c->f->program[0], (ot_var){ s->id });
    return ot__params_grad_at(c->f->params, ot__params_of_node(c->f->params, s->id), OT_F64);
}

static ot_status find_subjects(check *c)
{
    size_t total = 0;
    c->subject = ot__new(c->t->n, sizeof *c->subject);
    if (!c->subject) return OT_ENOMEM;
    for (int id = 1; (size_t)id < c->t->n; id++) {
        const subject s = subject_of(c, id);
        if (s.n == 0) continue;
        c->subject[c->n++] = s;
        total += s.n;
    }
    c->n_root = ot__elements(ot__program_shape(c->last, c->last->root.id, c->f->batch));
    c->memory = ot__new(3 * total + c->n_root, sizeof *c->memory);
    if (!c->memory) return OT_ENOMEM;
    double *next = c->memory;
    for (int k = 0; k < c->n; k++) {
        subject *s = &c->subject[k];
        s->x0 = next;
        s->g = s->x0 + s->n;
        s->v = s->g + s->n;
        next = s->v + s->n;
    }
    c->w = next;
    return OT_OK;
}

/* Fills in value, scale and the tape's gradient of every subject. */
static ot_status take_gradients(check *c)
{
    for (size_t i = 0; i < c->n_root; i++)
        c->w[i] = normal(c, DRAW_COTANGENT, 0, 0, i);
    OT_TRY(c->f->forward(c->f->user, &c->piece0));
    const double *y = ot_program_value(c->last, c->last->root);
    for (size_t i = 0; i < c->n_root; i++)
        c->size += fabs(c->w[i] * y[i]);
    OT_TRY(c->f->backward(c->f->user, c->w));
    for (int k = 0; k < c->n; k++) {
        subject *s = &c->subject[k];
        double squares = 0;
        memcpy(s->x0, s->x, s->n * sizeof(double));
        memcpy(s->g, gradient_at(c, s), s->n * sizeof(double));
        for (size_t i = 0; i < s->n; i++) {
            squares += s->x0[i] * s->x0[i];
            s->largest = fmax(s->largest, fabs(s->g[i]));
        }
        s->scale = squares > 0 ? sqrt(squares / (double)s->n) : 1;
        c->largest = fmax(c->largest, s->largest);
    }
    return OT_OK;
}

/* Copies all statistics out of the parameters, or back into them. */
static void copy_statistics(const check *c, bool back)
{
    ot_params *ps = c->f->params;
    double *kept = c->statistics;
    for (int i = 0; i < ot_params_count(ps); i++) {
        if (ot_params_trained(ps, i)) continue;
        const size_t n = ot_params_elements(ps, i);
        double *x = ot__params_at(ps, i, OT_F64);
        memcpy(back ? x : kept, back ? kept : x, n * sizeof(double));
        kept += n;
    }
}

static ot_status keep_statistics(check *c)
{
    size_t n = 0;
    for (int i = 0; i < ot_params_count(c->f->params); i++)
        if (!ot_params_trained(c->f->params, i)) n += ot_params_elements(c->f->params, i);
    c->statistics = ot__new(n, sizeof *c->statistics);
    if (!c->statistics) return OT_ENOMEM;
    ot__params_refresh(c->f->params, OT_F64);
    copy_statistics(c, false);
    return OT_OK;
}

static ot_status run_check(check *c)
{
    if (c->f->random) randomise_params(c);
    for (int i = 0; i < c->f->n; i++)
        fill_inputs(c, c->f->program[i]);
    OT_TRY(find_subjects(c));
    OT_TRY(keep_statistics(c));
    const ot_status status = take_gradients(c);
    for (int k = 0; status == OT_OK && k < c->n; k++)
        check_subject(c, &c->subject[k]);
    if (status == OT_OK) check_dot(c);
    copy_statistics(c, true);
    return status;
}

ot_status ot__gradcheck_options(const ot_gradcheck_opts *o)
{
    OT_TRY(ot__check_count("gradcheck", "the batch", o->batch, 0, 1 << 20));
    OT_TRY(ot__check_number("gradcheck", "the tolerance", o->tolerance, 0, 1));
    OT_TRY(ot__check_count("gradcheck", "all_below", o->all_below, 0, INT_MAX));
    return ot__check_count("gradcheck", "directions", o->directions, 0, INT_MAX);
}

/* A single error decides that the check failed.  If there is none, at least as many derivatives
 * must have been compared as were left out. */
static void decide(const ot_gradcheck_opts *o, ot_gradcheck_report *r)
{
    const double tolerance = o->tolerance > 0 ? o->tolerance : 1e-6;
    const bool wrong = !(r->worst_error <= tolerance && r->dot_error <= tolerance);
    r->decided = wrong || (r->checked > 0 && r->checked >= r->at_kink);
    r->passed = r->decided && !wrong;
}

ot_status ot__gradcheck(const ot__checked *f, const ot_gradcheck_opts *opts,
                        ot_gradcheck_report *report)
{
    check c = {
        .f = f, .t = f->tape, .last = f->program[f->n - 1], .opts = opts, .report = report
    };
    const ot_status status = run_check(&c);
    if (status == OT_OK) decide(opts, report);
    ot__free(c.subject);
    ot__free(c.memory);
    ot__free(c.statistics);
    return status;
}

/* ---- one program ---- */

static ot_status program_forward(void *user, uint64_t *piece)
{
    ot_program *const p = user;
    OT_TRY(ot_forward(p, p->batch));
    *piece = p->piece;
    return OT_OK;
}

static ot_status program_backward(void *user, const double *w)
{
    return ot_backward(user, w, false);
}

ot_status ot_gradcheck(const ot_tape *t, ot_var root, ot_params *params,
                       const ot_gradcheck_opts *opts, ot_gradcheck_report *report)
{
    static const ot_gradcheck_opts defaults = { 0 };
    ot_program *p = NULL;
    if (!opts) opts = &defaults;
    OT_TRY(ot__check_given("gradcheck", "where to put the report", report));
    *report = (ot_gradcheck_report){ 0 };
    OT_TRY(ot__gradcheck_options(opts));
    const ot_compile_opts compile = { .dtype = OT_F64,
                                      .evaluate = opts->evaluate,
                                      .input_gradients = true,
                                      .batch = opts->batch,
                                      .params = params };
    OT_TRY(ot_compile(t, root, &compile, &p));
    p->watch_pieces = true;
    const ot__checked f = { .tape = t,
                            .params = p->params,
                            .random = p->owns_params,
                            .n = 1,
                            .program = &p,
                            .batch = p->batch,
                            .forward = program_forward,
                            .backward = program_backward,
                            .user = p };
    const ot_status status = ot__gradcheck(&f, opts, report);
    ot_program_free(p);
    return status;
}
