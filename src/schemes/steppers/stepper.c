/* SPDX-License-Identifier: BSD-3-Clause
 * Integrates y' = f(y) with steps of fixed or error-controlled size.
 *
 * How many steps a controlled integration takes depends on the data, but a tape is static.  So the
 * tape has one step.  Its size and the time at which it begins are numbers that are set before each
 * run, and a loop here runs the program of this step.  The backward pass computes the steps again
 * in reverse order, each from its stored initial state. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/check.h"
#include "base/memory.h"
#include "base/number.h"
#include "schemes/steppers/control.h"
#include "schemes/steppers/snapshot.h"
#include "schemes/steppers/stepper.h"

/* A step of size h that begins at the time t after the start of the integration. */
typedef struct taken {
    double t, h;
} taken;

struct ot_stepper {
    ot__one_step own;         /* the step, if the stepper recorded it itself */
    const ot__one_step *step; /* own, or a step that the caller recorded */
    ot__stepper_opts opts;
    ot_program *forward;
    ot_program *backward; /* NULL until it is first needed */
    ot_params *params;
    ot__snapshot statistics; /* of the running statistics */
    taken tried;             /* the step that was tried last */
    bool not_finite;         /* the last integration met a number that is not finite */
    int h_index, t_index;    /* of size and start of a step among the parameters; -1: not read */
    int batch;
    size_t image;  /* numbers in the state of one image */
    size_t size;   /* bytes of a number */
    int steps;     /* accepted steps */
    char *states;  /* their initial states; not stored if forward only */
    taken *course; /* their times and sizes */
    size_t states_capacity, course_capacity;
    int n_replay;  /* length of replay; 0: step sizes are controlled */
    taken *replay; /* the steps that every integration takes */
    size_t replay_capacity;
};

/* ---- making one ---- */

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

/* The number of a statistic of the step among the parameters; -1 if it is not there. */
static int find(const ot_stepper *st, const char *name)
{
    char whole[64];
    snprintf(whole, sizeof whole, "%s%s", st->opts.scope, name);
    return ot_params_find(st->params, whole);
}

static ot_status build(ot_stepper *st)
{
    const ot_shape shape = ot_var_shape(st->step->tape, st->step->x);
    st->batch = st->opts.batch ? st->opts.batch : shape.dim[0];
    st->size = ot__dtype_size(st->opts.dtype);
    st->image = 1;
    for (int i = 1; i < shape.rank; i++)
        st->image *= (size_t)shape.dim[i];
    OT_TRY(compile_forward(st));
    if (!st->opts.plan_only && !ot_program_input(st->forward, st->step->x))
        return ot__fail(OT_EINVAL, "a stepper starts from an ot_input of its tape");
    st->params = ot_program_params(st->forward);
    st->h_index = find(st, "h");
    st->t_index = st->step->t.id ? find(st, "t") : -1;
    if (st->h_index < 0 || (st->step->t.id && st->t_index < 0))
        return ot__fail(OT_EINVAL, "a stepper is recorded outside of all scopes, and before the "
                                   "parameters are made");
    return ot__snapshot_new(st->params, st->opts.dtype, st->opts.scope,
                            (const int[]){ st->h_index, st->t_index }, &st->statistics);
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
    if (!s) return ot__fail(OT_EINVAL, "a stepper needs a scheme");
    OT_TRY(ot__scheme_need_tableau("a stepper", s));
    if (ot_tape_status(t) != OT_OK) return ot__fail(ot_tape_status(t), "%s", ot_tape_message(t));
    if (ot_var_shape(t, x).rank < 1 || !f)
        return ot__fail(OT_EINVAL, "a stepper needs an input to start from and a function f");
    ot_stepper *st = ot__new(1, sizeof *st);
    if (!st) return OT_ENOMEM;
    ot_block block;
    ot__block_begin(&block, NULL, t, s);
    block.f = f;
    block.user = user;
    *st = (ot_stepper){ .own = ot__one_step_record(&block, x),
                        .opts = { .dtype = OT_F64, .params = params, .scope = "" } };
    st->step = &st->own;
    return finish(st, out);
}

void ot_stepper_free(ot_stepper *st)
{
    if (!st) return;
    ot_program_free(st->backward); /* first, because it uses the parameters of forward */
    ot_program_free(st->forward);
    ot__snapshot_free(&st->statistics);
    ot__free(st->states);
    ot__free(st->course);
    ot__free(st->replay);
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

static void set_parameter(ot_stepper *st, int i, double value)
{
    ot__set_number(ot_params_edit(st->params, i, st->opts.dtype), st->opts.dtype, 0, value);
}

static void set_step(ot_stepper *st, taken s)
{
    set_parameter(st, st->h_index, s.h);
    if (st->t_index >= 0) set_parameter(st, st->t_index, st->step->begin + s.t);
}

/* What files hold: a step of size 1 from the start. */
static void reset_step(ot_stepper *st)
{
    set_step(st, (taken){ .t = 0, .h = 1 });
}

/* Prepares a program for a step from the state `from`.  Statistics are restored, so that a step
 * does not depend on the steps before. */
static void load(ot_stepper *st, ot_program *p, taken step, const void *from)
{
    set_step(st, step);
    st->tried = step;
    if (!st->opts.evaluate) ot__snapshot_restore(&st->statistics);
    memcpy(ot_program_input(p, st->step->x), from, numbers(st) * st->size);
}

static ot_status run(ot_stepper *st, ot_program *p, taken step, const void *from)
{
    load(st, p, step, from);
    OT_TRY(ot_forward(p, st->batch));
    if (st->opts.ran) st->opts.ran(p, st->opts.user);
    return OT_OK;
}

/* Stores a step and, for the backward pass, its initial state y. */
static ot_status keep(ot_stepper *st, taken step, const void *y)
{
    const size_t bytes = numbers(st) * st->size, before = (size_t)st->steps;
    OT_TRY(ot__grow((void **)&st->course, &st->course_capacity, before + 1, sizeof *st->course));
    st->course[before] = step;
    if (!st->opts.forward_only) {
        OT_TRY(ot__grow((void **)&st->states, &st->states_capacity, (before + 1) * bytes, 1));
        memcpy(st->states + before * bytes, y, bytes);
    }
    st->steps++;
    return OT_OK;
}

/* Accepts the step from y that has been computed, and puts its result into y.  w is its size as a
 * fraction of the length. */
static ot_status accept(ot_stepper *st, taken step, double w, void *y)
{
    OT_TRY(keep(st, step, y));
    if (!st->opts.evaluate) ot__snapshot_add(&st->statistics, w);
    memcpy(y, ot_program_value(st->forward, st->step->y), numbers(st) * st->size);
    return OT_OK;
}

/* After an integration the step size is 1 again, and the running statistics have moved once, or not
 * at all after an error. */
static ot_status end_integration(ot_stepper *st, ot_status status)
{
    reset_step(st);
    if (st->opts.evaluate) return status;
    if (status == OT_OK)
        ot__snapshot_replace(&st->statistics);
    else
        ot__snapshot_restore(&st->statistics);
    return status;
}

static void begin_integration(ot_stepper *st)
{
    st->steps = 0;
    st->not_finite = false;
    if (!st->opts.evaluate) ot__snapshot_take(&st->statistics);
}

ot_status ot_stepper_fixed(ot_stepper *st, double length, int steps, double *y)
{
    OT_TRY(ot__check_given("stepper", "the stepper", st));
    OT_TRY(ot__check_given("stepper", "y", y));
    if (steps < 1 || !isfinite(length))
        return ot__fail(
            OT_EINVAL,
            "%d steps over a length of %g; there must be at least one step, and the length "
            "must be finite",
            steps, length);
    ot_status status = OT_OK;
    begin_integration(st);
    for (int i = 0; i < steps && status == OT_OK; i++) {
        const taken step = { .t = i * (length / steps), .h = length / steps };
        status = run(st, st->forward, step, y);
        if (status == OT_OK) status = accept(st, step, 1.0 / steps, y);
    }
    return end_integration(st, status);
}

/* ---- control ---- */

/* The root mean square of a kept value. */
static double size_of(const ot_stepper *st, ot_var v)
{
    return ot__root_mean_square(st->opts.dtype, numbers(st), ot_program_value(st->forward, v));
}

static int lower_order(const ot_scheme *s)
{
    const int order = s->tableau->order, embedded = s->tableau->embedded[0].order;
    const int lower = order < embedded ? order : embedded;
    return lower > 0 ? lower : 1;
}

/* Running statistics count only in evaluation, which reads them. */
static const char *parameter_not_finite(const ot_stepper *st)
{
    return ot__parameter_not_finite(st->params, st->opts.dtype, st->opts.evaluate);
}

/* OT_ENUMERIC.  The message names a parameter that is not finite, if there is one. */
static ot_status fail_not_finite(ot_stepper *st, const ot__course *c, const char *what)
{
    const char *const reason = parameter_not_finite(st);
    st->not_finite = true;
    return ot__fail(OT_ENUMERIC, "at time %g of %g %s is not finite%s%s", c->t, c->length, what,
                    reason ? ", nor is the parameter " : ", so no step is short enough",
                    reason ? reason : "");
}

/* Called after an error estimate that is not finite.  A step of size 0 evaluates f at the current
 * state.  If that is not finite, no step is short enough, which is OT_ENUMERIC. */
static ot_status check_slope(ot_stepper *st, ot__course *c, const void *y)
{
    const taken tried = st->tried;
    if (parameter_not_finite(st)) return fail_not_finite(st, c, "the error estimate");
    OT_TRY(run(st, st->forward, (taken){ .t = c->t, .h = 0 }, y));
    c->control.evaluations += st->step->evaluations;
    if (!isfinite(size_of(st, st->step->y)) || !isfinite(size_of(st, st->step->difference)))
        return fail_not_finite(st, c, "f");
    st->tried = tried;
    return OT_OK;
}

/* Tries one step.  If its result is not finite, the error counts as infinite, because a shorter
 * step may be finite. */
static ot_status attempt(ot_stepper *st, ot__course *c, void *y)
{
    const bool last = c->t + c->h >= c->length;
    const taken step = { .t = c->t, .h = last ? c->length - c->t : c->h };
    OT_TRY(run(st, st->forward, step, y));
    c->control.evaluations += st->step->evaluations;
    const double tol = c->tolerance / c->length * (c->size > 0 ? c->size : c->tolerance);
    const double size = size_of(st, st->step->y);
    const double e = isfinite(size) ? size_of(st, st->step->difference) : INFINITY;
    c->h = step.h * ot__control_scale(tol, e, lower_order(st->step->scheme));
    c->estimate = isfinite(e);
    if (!(e <= tol)) {
        c->control.rejected++;
        return c->estimate ? OT_OK : check_slope(st, c, y);
    }
    ot__course_count(c, step.h);
    c->t = last ? c->length : c->t + step.h;
    c->size = size;
    return accept(st, step, step.h / c->length, y);
}

static ot_status check_control(const ot_stepper *st, double length, const ot_control *control)
{
    const ot_control none = { 0 };
    if (!st->step->difference.id)
        return ot__fail(OT_EINVAL, "%s has no embedded method, so its error cannot be controlled",
                        ot_scheme_name(st->step->scheme));
    return ot__control_check("stepper", control ? control : &none, length);
}

/* The next step of an integration whose step sizes are given. */
static ot_status repeat_step(ot_stepper *st, ot__course *c, void *y)
{
    const taken step = st->replay[st->steps];
    OT_TRY(run(st, st->forward, step, y));
    c->control.evaluations += st->step->evaluations;
    ot__course_count(c, step.h);
    c->t = st->steps + 1 < st->n_replay ? c->t + step.h : c->length;
    return accept(st, step, step.h / c->length, y);
}

/* The next step of an integration whose step sizes are controlled. */
static ot_status control_step(ot_stepper *st, ot__course *c, void *y)
{
    OT_TRY(ot__course_check(c));
    return attempt(st, c, y);
}

ot_status ot__stepper_controlled(ot_stepper *st, double length, const ot_control *control, void *y,
                                 ot_control_result *result)
{
    OT_TRY(check_control(st, length, control));
    ot__course c = ot__course_begin(control, length);
    begin_integration(st);
    c.size = ot__root_mean_square(st->opts.dtype, numbers(st), y);
    ot_status status = isfinite(c.size) ? OT_OK : fail_not_finite(st, &c, "the state");
    while (status == OT_OK && c.t < length) /* ends after at most c.most steps */
        status = st->n_replay > 0 ? repeat_step(st, &c, y) : control_step(st, &c, y);
    if (result) *result = c.control;
    return end_integration(st, status);
}

ot_status ot__stepper_replay(ot_stepper *st, const ot_stepper *from)
{
    const size_t n = (size_t)from->steps;
    if (n == 0)
        return ot__fail(OT_EINVAL, "steps can be repeated only after an integration; none has run");
    OT_TRY(ot__grow((void **)&st->replay, &st->replay_capacity, n, sizeof *st->replay));
    memcpy(st->replay, from->course, n * sizeof *st->replay);
    st->n_replay = from->steps;
    return OT_OK;
}

bool ot__stepper_not_finite(const ot_stepper *st)
{
    return st->not_finite;
}

ot_status ot_stepper_controlled(ot_stepper *st, double length, const ot_control *control, double *y,
                                ot_control_result *result)
{
    OT_TRY(ot__check_given("stepper", "the stepper", st));
    OT_TRY(ot__check_given("stepper", "y", y));
    return ot__stepper_controlled(st, length, control, y, result);
}

/* ---- backward ---- */

static ot_status need_backward(ot_stepper *st)
{
    if (st->backward) return OT_OK;
    return ot_compile(st->step->tape, st->step->y,
                      &(ot_compile_opts){ .dtype = st->opts.dtype,
                                          .tier = st->opts.tier,
                                          .evaluate = st->opts.evaluate,
                                          .batch = st->opts.batch,
                                          .input_gradients = true,
                                          .plan_only = st->opts.plan_only,
                                          .params = st->params },
                      &st->backward);
}

static ot_status step_back(ot_stepper *st, void *g, bool accumulate)
{
    const size_t bytes = numbers(st) * st->size;
    for (int i = st->steps - 1; i >= 0; i--) {
        OT_TRY(run(st, st->backward, st->course[i], st->states + (size_t)i * bytes));
        OT_TRY(ot_backward(st->backward, g, accumulate || i < st->steps - 1));
        memcpy(g, ot_program_grad(st->backward, st->step->x), bytes);
    }
    return OT_OK;
}

ot_status ot__stepper_back(ot_stepper *st, void *g, bool accumulate)
{
    if (st->steps == 0)
        return ot__fail(OT_EINVAL, "backward needs an integration, and none has been run");
    OT_TRY(need_backward(st));
    ot__snapshot_take(&st->statistics);
    const ot_status status = step_back(st, g, accumulate);
    ot__snapshot_restore(&st->statistics);
    reset_step(st);
    return status;
}

ot_status ot_stepper_backward(ot_stepper *st, double *g)
{
    OT_TRY(ot__check_given("stepper", "the stepper", st));
    OT_TRY(ot__check_given("stepper", "g", g));
    return ot__stepper_back(st, g, false);
}

/* ---- running a step again ---- */

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
    load(st, st->backward, st->course[i], st->states + (size_t)i * numbers(st) * st->size);
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
    sum.flops_backward +=
        sum.flops_forward - forward; /* the backward pass computes each step again */
    sum.flops_forward = forward;
    return sum;
}
