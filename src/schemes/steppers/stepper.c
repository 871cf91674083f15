/* SPDX-License-Identifier: BSD-3-Clause
 * Integration from outside: the tape has one step, and its size is a number that is set before each
 * run, so an error-controlled walk is a loop around a program and not a dynamic tape.  The way back
 * runs the steps again in reverse order, each from its stored beginning. */
#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/check.h"
#include "base/memory.h"
#include "schemes/steppers/moving.h"
#include "schemes/steppers/stepper.h"

static const double SAFETY = 0.8, LEAST_SCALE = 0.125, MOST_SCALE = 4.0;

struct ot_stepper {
    ot__one_step own; /* of a stepper that was made from a scheme */
    const ot__one_step *step;
    ot__stepper_opts opts;
    ot_program *forward, *backward; /* backward: compiled when it is first asked for */
    ot_params *params;
    ot__moving moving; /* statistics */
    double tried;      /* the size of the last step */
    int h_index, batch;
    size_t image, size; /* numbers of an image's state; bytes of a number */
    int steps;          /* that were accepted: their beginnings and sizes */
    char *states;
    double *sizes;
    size_t states_capacity, sizes_capacity;
};

/* ---- making one ---- */

/* The sub-net of the user, counted. */
typedef struct counted {
    ot_subnet f;
    void *user;
    int calls;
} counted;

static ot_var call_counted(ot_tape *t, ot_var x, int i, void *user)
{
    counted *c = user;
    c->calls++;
    return c->f(t, x, i, c->user);
}

/* With an embedded method the root also depends on the difference, so that it is computed. */
ot__one_step ot__one_step_record(const ot_scheme *s, ot_tape *t, ot_var x, ot_subnet f, void *user)
{
    counted c = { .f = f, .user = user };
    ot__one_step step = {
        .scheme = s, .tape = t, .x = x, .h = ot_stat(t, "h", OT_SCALAR, OT_ONES)
    };
    const ot_step_opts opts = { .h = step.h };
    if (s->tableau->n_embedded == 0) {
        step.root = step.y = ot__rk_record(s, t, x, call_counted, &c, &opts);
    } else {
        step.y = ot__rk_record_pair(s, t, x, call_counted, &c, &opts, 0, &step.difference);
        step.root = ot_lincomb(t, 2, (const ot_coef[]){ { .value = 1 }, { .value = 0 } },
                               (const ot_var[]){ step.y, step.difference });
    }
    step.evaluations = c.calls;
    return step;
}

static ot_status compile_forward(ot_stepper *st)
{
    const ot_var keep[] = { st->step->y, st->step->difference };
    return ot_compile(st->step->tape, st->step->root,
                      &(ot_compile_opts){ .dtype = st->opts.dtype,
                                          .tier = st->opts.tier,
                                          .evaluate = st->opts.evaluate,
                                          .batch = st->opts.batch,
                                          .forward_only = true,
                                          .plan_only = st->opts.plan_only,
                                          .params = st->opts.params,
                                          .n_keep = st->step->difference.id ? 2 : 1,
                                          .keep = keep },
                      &st->forward);
}

static ot_status build(ot_stepper *st)
{
    const ot_shape shape = ot_var_shape(st->step->tape, st->step->x);
    char name[64];
    st->batch = st->opts.batch ? st->opts.batch : shape.dim[0];
    st->size = st->opts.dtype == OT_F64 ? sizeof(double) : sizeof(float);
    st->image = 1;
    for (int i = 1; i < shape.rank; i++)
        st->image *= (size_t)shape.dim[i];
    OT_TRY(compile_forward(st));
    if (!st->opts.plan_only && !ot_program_input(st->forward, st->step->x))
        return ot__fail(OT_EINVAL, "a stepper starts from an ot_input of its tape");
    st->params = ot_program_params(st->forward);
    snprintf(name, sizeof name, "%sh", st->opts.scope);
    st->h_index = ot_params_find(st->params, name);
    if (st->h_index < 0)
        return ot__fail(OT_EINVAL, "a stepper is recorded outside of all scopes, and before the "
                                   "parameters are made");
    return ot__moving_new(st->params, st->opts.dtype, st->opts.scope, st->h_index, &st->moving);
}

static ot_status need_backward(ot_stepper *st);

static ot_status finish(ot_stepper *st, ot_stepper **out)
{
    const ot_status status = build(st);
    if (status == OT_OK)
        *out = st;
    else
        ot_stepper_free(st);
    return status;
}

ot_status ot__stepper_open(const ot__one_step *step, const ot__stepper_opts *opts, ot_stepper **out)
{
    *out = NULL;
    ot_stepper *st = ot__new(1, sizeof *st);
    if (!st) return OT_ENOMEM;
    *st = (ot_stepper){ .step = step, .opts = *opts };
    OT_TRY(finish(st, out));
    const ot_status status = opts->forward_only ? OT_OK : need_backward(st);
    if (status != OT_OK) {
        ot_stepper_free(st);
        *out = NULL;
    }
    return status;
}

ot_status ot_stepper_new(const ot_scheme *s, ot_tape *t, ot_var x, ot_subnet f, void *user,
                         ot_params *params, ot_stepper **out)
{
    OT_TRY(ot__check_given("stepper", "where to put it", out));
    *out = NULL;
    OT_TRY(ot__check_given("stepper", "the tape", t));
    if (!s) return ot__fail(OT_EINVAL, "there is no scheme to step with");
    if (ot_tape_status(t) != OT_OK) return ot__fail(ot_tape_status(t), "%s", ot_tape_message(t));
    if (ot_var_shape(t, x).rank < 1 || !f)
        return ot__fail(OT_EINVAL, "a stepper needs an input to start from and a function f");
    ot_stepper *st = ot__new(1, sizeof *st);
    if (!st) return OT_ENOMEM;
    *st = (ot_stepper){ .own = ot__one_step_record(s, t, x, f, user),
                        .opts = { .dtype = OT_F64, .params = params, .scope = "" } };
    st->step = &st->own;
    return finish(st, out);
}

void ot_stepper_free(ot_stepper *st)
{
    if (!st) return;
    ot_program_free(st->backward); /* its parameters are those of forward */
    ot_program_free(st->forward);
    ot__moving_free(&st->moving);
    ot__free(st->states);
    ot__free(st->sizes);
    ot__free(st);
}

ot_params *ot_stepper_params(ot_stepper *st)
{
    return st ? st->params : NULL;
}

void ot__stepper_batch(ot_stepper *st, int images)
{
    st->batch = images;
    st->steps = 0;
}

/* ---- forward ---- */

static size_t numbers(const ot_stepper *st)
{
    return (size_t)st->batch * st->image;
}

static void set_size(ot_stepper *st, double h)
{
    void *at = ot_params_edit(st->params, st->h_index, st->opts.dtype);
    if (st->opts.dtype == OT_F64)
        *(double *)at = h;
    else
        *(float *)at = (float)h;
}

/* From the statistics at the beginning of a walk, so that a step does not depend on those before.
 */
static void load(ot_stepper *st, ot_program *p, double h, const void *from)
{
    set_size(st, h);
    st->tried = h;
    if (!st->opts.evaluate) ot__moving_put_back(&st->moving);
    memcpy(ot_program_input(p, st->step->x), from, numbers(st) * st->size);
}

static ot_status run(ot_stepper *st, ot_program *p, double h, const void *from)
{
    load(st, p, h, from);
    return ot_forward(p, st->batch);
}

/* The beginning of a step, for the way back. */
static ot_status keep(ot_stepper *st, double h, const void *y)
{
    const size_t bytes = numbers(st) * st->size, before = (size_t)st->steps;
    OT_TRY(ot__grow((void **)&st->states, &st->states_capacity, (before + 1) * bytes, 1));
    OT_TRY(ot__grow((void **)&st->sizes, &st->sizes_capacity, before + 1, sizeof *st->sizes));
    memcpy(st->states + before * bytes, y, bytes);
    st->sizes[st->steps++] = h;
    return OT_OK;
}

/* Take a step of size h from y, a part w of the walk, that was computed. */
static ot_status accept(ot_stepper *st, double h, double w, void *y)
{
    if (!st->opts.forward_only) OT_TRY(keep(st, h, y));
    if (!st->opts.evaluate) ot__moving_add(&st->moving, w);
    memcpy(y, ot_program_value(st->forward, st->step->y), numbers(st) * st->size);
    return OT_OK;
}

/* What a walk leaves besides its result: statistics that moved once, or not if it failed. */
static ot_status end_walk(ot_stepper *st, ot_status status)
{
    set_size(st, 1);
    if (st->opts.evaluate) return status;
    if (status == OT_OK)
        ot__moving_end(&st->moving);
    else
        ot__moving_put_back(&st->moving);
    return status;
}

static void begin_walk(ot_stepper *st)
{
    st->steps = 0;
    if (!st->opts.evaluate) ot__moving_begin(&st->moving);
}

ot_status ot_stepper_fixed(ot_stepper *st, double length, int steps, double *y)
{
    OT_TRY(ot__check_given("stepper", "the stepper", st));
    OT_TRY(ot__check_given("stepper", "y", y));
    if (steps < 1 || !isfinite(length))
        return ot__fail(OT_EINVAL, "%d steps over a length of %g; there must be one, and a length",
                        steps, length);
    ot_status status = OT_OK;
    begin_walk(st);
    for (int i = 0; i < steps && status == OT_OK; i++) {
        status = run(st, st->forward, length / steps, y);
        if (status == OT_OK) status = accept(st, length / steps, 1.0 / steps, y);
    }
    return end_walk(st, status);
}

/* ---- control ---- */

/* One sum in the order of the numbers: the same at any number of threads. */
static double root_mean_square(const ot_stepper *st, const void *x)
{
    const size_t n = numbers(st);
    double sum = 0;
    for (size_t i = 0; i < n; i++) {
        const double v = st->opts.dtype == OT_F64 ? ((const double *)x)[i] : ((const float *)x)[i];
        sum += v * v;
    }
    return sqrt(sum / (double)n);
}

static int lower_order(const ot_scheme *s)
{
    const int order = s->tableau->order, embedded = s->tableau->embedded[0].order;
    const int lower = order < embedded ? order : embedded;
    return lower > 0 ? lower : 1;
}

/* What h is multiplied by after an error of e where tol is allowed. */
static double scale_of(double tol, double e, int q)
{
    if (!isfinite(e)) return LEAST_SCALE;
    if (e == 0) return MOST_SCALE;
    return fmin(fmax(SAFETY * pow(tol / e, 1.0 / q), LEAST_SCALE), MOST_SCALE);
}

static ot_status check_control(const ot_stepper *st, double length, const ot_control *c)
{
    if (!st->step->difference.id)
        return ot__fail(OT_EINVAL, "%s has no embedded method to control its error with",
                        ot_scheme_name(st->step->scheme));
    if (!(length > 0 && isfinite(length)))
        return ot__fail(OT_EINVAL, "the length is %g; it must be positive", length);
    if (!(c->tolerance >= 0 && isfinite(c->tolerance) && c->first >= 0 && isfinite(c->first)))
        return ot__fail(OT_EINVAL,
                        "tolerance %g and first step %g must be positive, or 0 for the "
                        "defaults",
                        c->tolerance, c->first);
    OT_TRY(ot__check_count("stepper", "most_steps", c->most_steps, 0, INT_MAX));
    return OT_OK;
}

static void count_accepted(ot_walk *w, double h)
{
    w->smallest = w->accepted == 0 ? h : fmin(w->smallest, h);
    w->largest = fmax(w->largest, h);
    w->accepted++;
}

/* Try one step from time t; *h is what to try next. */
static ot_status attempt(ot_stepper *st, double length, double tolerance, double *t, double *h,
                         void *y, ot_walk *w)
{
    const bool last = *t + *h >= length;
    const double step = last ? length - *t : *h;
    OT_TRY(run(st, st->forward, step, y));
    w->evaluations += st->step->evaluations;
    const double size = root_mean_square(st, y);
    const double tol = tolerance / length * (size > 0 ? size : tolerance);
    const double e = root_mean_square(st, ot_program_value(st->forward, st->step->difference));
    *h = step * scale_of(tol, e, lower_order(st->step->scheme));
    if (!(e <= tol)) {
        w->rejected++;
        return OT_OK;
    }
    count_accepted(w, step);
    *t = last ? length : *t + step;
    return accept(st, step, step / length, y);
}

ot_status ot__stepper_walk(ot_stepper *st, double length, const ot_control *control, void *y,
                           ot_walk *walk)
{
    const ot_control c = control ? *control : (ot_control){ 0 };
    const double tolerance = c.tolerance > 0 ? c.tolerance : 1e-6;
    const int most = c.most_steps > 0 ? c.most_steps : 100000;
    ot_walk w = { 0 };
    OT_TRY(check_control(st, length, &c));
    ot_status status = OT_OK;
    double t = 0, h = c.first > 0 ? c.first : length / 8;
    begin_walk(st);
    for (int i = 0; status == OT_OK && t < length; i++) {
        if (i == most || t + h == t)
            status = ot__fail(OT_ENUMERIC,
                              "at time %g of %g after %d steps, with steps of %g: the tolerance of "
                              "%g is not reached",
                              t, length, i, h, tolerance);
        else
            status = attempt(st, length, tolerance, &t, &h, y, &w);
    }
    if (walk) *walk = w;
    return end_walk(st, status);
}

ot_status ot_stepper_controlled(ot_stepper *st, double length, const ot_control *control, double *y,
                                ot_walk *walk)
{
    OT_TRY(ot__check_given("stepper", "the stepper", st));
    OT_TRY(ot__check_given("stepper", "y", y));
    return ot__stepper_walk(st, length, control, y, walk);
}

/* ---- backward ---- */

static ot_status need_backward(ot_stepper *st)
{
    if (st->backward) return OT_OK;
    return ot_compile(st->step->tape, st->step->y,
                      &(ot_compile_opts){ .dtype = st->opts.dtype,
                                          .tier = st->opts.tier,
                                          .batch = st->opts.batch,
                                          .input_gradients = true,
                                          .plan_only = st->opts.plan_only,
                                          .params = st->params },
                      &st->backward);
}

static ot_status go_back(ot_stepper *st, void *g, bool accumulate)
{
    const size_t bytes = numbers(st) * st->size;
    for (int i = st->steps - 1; i >= 0; i--) {
        OT_TRY(run(st, st->backward, st->sizes[i], st->states + (size_t)i * bytes));
        OT_TRY(ot_backward(st->backward, g, accumulate || i < st->steps - 1));
        memcpy(g, ot_program_grad(st->backward, st->step->x), bytes);
    }
    return OT_OK;
}

ot_status ot__stepper_back(ot_stepper *st, void *g, bool accumulate)
{
    if (st->steps == 0) return ot__fail(OT_EINVAL, "no steps have been taken to go back through");
    OT_TRY(need_backward(st));
    ot__moving_begin(&st->moving);
    const ot_status status = go_back(st, g, accumulate);
    ot__moving_put_back(&st->moving);
    set_size(st, 1);
    return status;
}

ot_status ot_stepper_backward(ot_stepper *st, double *g)
{
    OT_TRY(ot__check_given("stepper", "the stepper", st));
    OT_TRY(ot__check_given("stepper", "g", g));
    return ot__stepper_back(st, g, false);
}

/* ---- again ---- */

ot_program *ot__stepper_program(ot_stepper *st, bool back)
{
    return back ? st->backward : st->forward;
}

int ot__stepper_steps(const ot_stepper *st)
{
    return st->steps;
}

void ot__stepper_load_tried(ot_stepper *st, const void *y)
{
    load(st, st->forward, st->tried, y);
}

void ot__stepper_load_kept(ot_stepper *st, int i)
{
    load(st, st->backward, st->sizes[i], st->states + (size_t)i * numbers(st) * st->size);
}

/* ---- cost ---- */

static void add_program(ot_program_info *sum, const ot_program *p)
{
    const ot_program_info i = ot_program_describe(p);
    sum->calls += i.calls;
    sum->arena_bytes += i.arena_bytes;
    sum->unplanned_bytes += i.unplanned_bytes;
    sum->bound_bytes += i.bound_bytes;
    sum->scratch_bytes += i.scratch_bytes;
    if (i.product_bytes > sum->product_bytes) sum->product_bytes = i.product_bytes;
    sum->flops_forward += i.flops_forward;
    sum->flops_backward += i.flops_backward;
}

ot_program_info ot__stepper_describe(const ot_stepper *st)
{
    ot_program_info sum = { .batch = st->batch };
    add_program(&sum, st->forward);
    const double forward = sum.flops_forward;
    if (st->backward) add_program(&sum, st->backward);
    sum.flops_backward += sum.flops_forward - forward; /* a step is computed again */
    sum.flops_forward = forward;
    return sum;
}
