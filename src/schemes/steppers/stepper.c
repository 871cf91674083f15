/* SPDX-License-Identifier: BSD-3-Clause
 * Integration from outside: the tape has one step, and its size is a number that is set before each
 * run, so an error-controlled walk is a loop around a program and not a dynamic tape.  The way back
 * runs the steps again in reverse order, each from its stored beginning. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/check.h"
#include "base/memory.h"
#include "schemes/steppers/control.h"
#include "schemes/steppers/moving.h"
#include "schemes/steppers/stepper.h"

struct ot_stepper {
    ot__one_step own; /* of a stepper that was made from a scheme */
    const ot__one_step *step;
    ot__stepper_opts opts;
    ot_program *forward, *backward; /* backward: compiled when it is first asked for */
    ot_params *params;
    ot__moving moving; /* statistics */
    double tried;      /* the size of the last step */
    bool strange;      /* the last walk ended at a number that is not finite */
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
    st->strange = false;
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
static double sum_of_squares(const ot_stepper *st, const void *x, double scale)
{
    const size_t n = numbers(st);
    double sum = 0;
    for (size_t i = 0; i < n; i++) {
        const double v = st->opts.dtype == OT_F64 ? ((const double *)x)[i] : ((const float *)x)[i];
        sum += scale * v * (scale * v);
    }
    return sum;
}

/* Not finite only if a number is not: squares that overflow are taken of smaller numbers. */
static double root_mean_square(const ot_stepper *st, const void *x)
{
    const double smaller = 0x1p-600, n = (double)numbers(st), sum = sum_of_squares(st, x, 1);
    return isinf(sum) ? sqrt(sum_of_squares(st, x, smaller) / n) / smaller : sqrt(sum / n);
}

static double size_of(const ot_stepper *st, ot_var v)
{
    return root_mean_square(st, ot_program_value(st->forward, v));
}

static int lower_order(const ot_scheme *s)
{
    const int order = s->tableau->order, embedded = s->tableau->embedded[0].order;
    const int lower = order < embedded ? order : embedded;
    return lower > 0 ? lower : 1;
}

/* The first parameter or, where they are read, statistic with a number that is not finite; NULL if
 * there is none. */
static const char *strange_parameter(const ot_stepper *st)
{
    const bool wide = st->opts.dtype == OT_F64;
    for (int i = 0; i < ot_params_count(st->params); i++) {
        if (!ot_params_trained(st->params, i) && !st->opts.evaluate) continue;
        const void *const x = ot_params_value(st->params, i, st->opts.dtype);
        for (size_t k = 0; x && k < ot_params_elements(st->params, i); k++)
            if (!isfinite(wide ? ((const double *)x)[k] : ((const float *)x)[k]))
                return ot_params_name(st->params, i);
    }
    return NULL;
}

/* OT_ENUMERIC, with the parameter that is the reason if there is one. */
static ot_status not_finite(ot_stepper *st, const ot__course *c, const char *what)
{
    const char *const reason = strange_parameter(st);
    st->strange = true;
    return ot__fail(OT_ENUMERIC, "at time %g of %g %s is not finite%s%s", c->t, c->length, what,
                    reason ? ", nor is the parameter " : ", so no step is short enough",
                    reason ? reason : "");
}

/* After an error that is not finite.  A step of size 0 evaluates f where the walk stands: if that
 * is not finite, no step is short enough. */
static ot_status check_slope(ot_stepper *st, ot__course *c, const void *y)
{
    const double tried = st->tried;
    if (strange_parameter(st)) return not_finite(st, c, "the error estimate");
    OT_TRY(run(st, st->forward, 0, y));
    c->walk.evaluations += st->step->evaluations;
    if (!isfinite(size_of(st, st->step->y)) || !isfinite(size_of(st, st->step->difference)))
        return not_finite(st, c, "f");
    st->tried = tried;
    return OT_OK;
}

/* Try one step.  A state that is not finite is an error that is not: a shorter step may help. */
static ot_status attempt(ot_stepper *st, ot__course *c, void *y)
{
    const bool last = c->t + c->h >= c->length;
    const double step = last ? c->length - c->t : c->h;
    OT_TRY(run(st, st->forward, step, y));
    c->walk.evaluations += st->step->evaluations;
    const double tol = c->tolerance / c->length * (c->size > 0 ? c->size : c->tolerance);
    const double size = size_of(st, st->step->y);
    const double e = isfinite(size) ? size_of(st, st->step->difference) : INFINITY;
    c->h = step * ot__control_scale(tol, e, lower_order(st->step->scheme));
    c->estimate = isfinite(e);
    if (!(e <= tol)) {
        c->walk.rejected++;
        return c->estimate ? OT_OK : check_slope(st, c, y);
    }
    ot__course_count(c, step);
    c->t = last ? c->length : c->t + step;
    c->size = size;
    return accept(st, step, step / c->length, y);
}

static ot_status check_control(const ot_stepper *st, double length, const ot_control *control)
{
    const ot_control none = { 0 };
    if (!st->step->difference.id)
        return ot__fail(OT_EINVAL, "%s has no embedded method to control its error with",
                        ot_scheme_name(st->step->scheme));
    return ot__control_check("stepper", control ? control : &none, length);
}

ot_status ot__stepper_walk(ot_stepper *st, double length, const ot_control *control, void *y,
                           ot_walk *walk)
{
    OT_TRY(check_control(st, length, control));
    ot__course c = ot__course_begin(control, length);
    begin_walk(st);
    c.size = root_mean_square(st, y);
    ot_status status = isfinite(c.size) ? OT_OK : not_finite(st, &c, "the state");
    while (status == OT_OK && c.t < length) { /* c.most steps at the most */
        status = ot__course_check(&c);
        if (status == OT_OK) status = attempt(st, &c, y);
    }
    if (walk) *walk = c.walk;
    return end_walk(st, status);
}

bool ot__stepper_strange(const ot_stepper *st)
{
    return st->strange;
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
