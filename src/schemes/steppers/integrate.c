/* SPDX-License-Identifier: BSD-3-Clause
 * Integrates forward: a loop that runs the program of a step, in steps of equal or of controlled
 * size. */
#include <math.h>
#include <string.h>

#include "base/check.h"
#include "base/decimal.h"
#include "base/memory.h"
#include "schemes/steppers/stepping.h"

/* ---- accepted steps ---- */

/* Whether the backward pass computes the steps again from their initial states. */
static bool keeps_states(const ot_stepper *st)
{
    return !st->opts.forward_only && !st->opts.backsolve;
}

/* Stores a step and, for the backward pass, its initial state y. */
static ot_status keep(ot_stepper *st, ot__taken step, const void *y)
{
    const size_t bytes = ot__stepper_numbers(st) * st->size, before = (size_t)st->steps;
    OT_TRY(ot__grow((void **)&st->course, &st->course_capacity, before + 1, sizeof *st->course));
    st->course[before] = step;
    if (keeps_states(st)) {
        OT_TRY(ot__grow((void **)&st->states, &st->states_capacity, (before + 1) * bytes, 1));
        memcpy(st->states + before * bytes, y, bytes);
    }
    st->steps++;
    return OT_OK;
}

/* Accepts the step from y that has been computed, and puts its result into y.  w is its size as a
 * fraction of the length. */
static ot_status accept(ot_stepper *st, ot__taken step, double w, void *y)
{
    OT_TRY(keep(st, step, y));
    if (!st->opts.evaluate) ot__snapshot_add(&st->statistics, w);
    memcpy(y, ot_program_value(st->forward, st->step->y), ot__stepper_numbers(st) * st->size);
    return OT_OK;
}

/* The continuous adjoint starts from the result of the integration. */
static ot_status keep_result(ot_stepper *st, const void *y)
{
    const size_t bytes = ot__stepper_numbers(st) * st->size;
    if (!st->opts.backsolve || st->opts.forward_only) return OT_OK;
    OT_TRY(ot__grow((void **)&st->states, &st->states_capacity, bytes, 1));
    memcpy(st->states, y, bytes);
    return OT_OK;
}

/* After an integration the step size is 1 again, and the running statistics have moved once, or not
 * at all after an error. */
static ot_status end_integration(ot_stepper *st, ot_status status)
{
    ot__stepper_reset(st);
    if (st->opts.evaluate) return status;
    if (status == OT_OK)
        ot__snapshot_replace(&st->statistics);
    else
        ot__snapshot_restore(&st->statistics);
    return status;
}

static void begin_integration(ot_stepper *st, double length, const ot_control *control)
{
    st->length = length;
    st->control = control ? *control : (ot_control){ 0 };
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
            "%d steps over a length of %s; there must be at least one step, and the length "
            "must be finite",
            steps, OT__REAL(length));
    ot_status status = OT_OK;
    begin_integration(st, length, &(ot_control){ .steps = steps });
    for (int i = 0; i < steps && status == OT_OK; i++) {
        const ot__taken step = { .t = i * (length / steps), .h = length / steps };
        status = ot__stepper_run(st, st->forward, step, y);
        if (status == OT_OK) status = accept(st, step, 1.0 / steps, y);
    }
    return end_integration(st, status);
}

/* ---- control ---- */

/* The root mean square of a kept value. */
static double size_of(const ot_stepper *st, ot_var v)
{
    return ot__root_mean_square(st->opts.dtype, st->opts.share, st->batch, ot__stepper_numbers(st),
                                ot_program_value(st->forward, v));
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
    const char *const equal = st->control.steps > 0 ? "" : ", so no step is short enough";
    return ot__fail(OT_ENUMERIC, "at time %s of %s %s is not finite%s%s", OT__ROUNDED(c->t, 6),
                    OT__ROUNDED(c->length, 6), what, reason ? ", nor is the parameter " : equal,
                    reason ? reason : "");
}

/* Called after an error estimate that is not finite.  A step of size 0 evaluates f at the current
 * state.  If that is not finite, no step is short enough, which is OT_ENUMERIC. */
static ot_status check_slope(ot_stepper *st, ot__course *c, const void *y)
{
    const ot__taken tried = st->tried;
    if (parameter_not_finite(st)) return fail_not_finite(st, c, "the error estimate");
    OT_TRY(ot__stepper_run(st, st->forward, (ot__taken){ .t = c->t, .h = 0 }, y));
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
    const ot__taken step = { .t = c->t, .h = last ? c->length - c->t : c->h };
    OT_TRY(ot__stepper_run(st, st->forward, step, y));
    c->control.evaluations += st->step->evaluations;
    const double tol = c->tolerance / c->length * (c->size > 0 ? c->size : c->tolerance);
    const double size = size_of(st, st->step->y);
    const double e = isfinite(size) ? size_of(st, st->step->difference) : INFINITY;
    c->h = step.h * ot__control_scale(tol, e, ot__rk_pair_order(st->step->scheme, 0));
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
    const bool equal = control && control->steps > 0;
    if (!equal && !st->step->difference.id)
        return ot__fail(OT_EINVAL, "%s has no embedded method, so its error cannot be controlled",
                        ot_scheme_name(st->step->scheme));
    return ot__control_check("stepper", control ? control : &none, length);
}

/* The next step of an integration whose step sizes are given. */
static ot_status repeat_step(ot_stepper *st, ot__course *c, void *y)
{
    const ot__taken step = st->replay[st->steps];
    OT_TRY(ot__stepper_run(st, st->forward, step, y));
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

/* The next one of equal steps.  If its result is not finite, the state stays what it was. */
static ot_status equal_step(ot_stepper *st, ot__course *c, void *y)
{
    const int n = st->control.steps;
    const double h = c->length / n;
    const ot__taken step = { .t = st->steps * h, .h = h };
    OT_TRY(ot__stepper_run(st, st->forward, step, y));
    c->control.evaluations += st->step->evaluations;
    if (!isfinite(size_of(st, st->step->y))) return fail_not_finite(st, c, "the next state");
    ot__course_count(c, h);
    c->t = st->steps + 1 < n ? (st->steps + 1) * h : c->length;
    return accept(st, step, 1.0 / n, y);
}

static ot_status next_step(ot_stepper *st, ot__course *c, void *y)
{
    if (st->n_replay > 0) return repeat_step(st, c, y);
    return st->control.steps > 0 ? equal_step(st, c, y) : control_step(st, c, y);
}

ot_status ot__stepper_controlled(ot_stepper *st, double length, const ot_control *control, void *y,
                                 ot_control_result *result)
{
    OT_TRY(check_control(st, length, control));
    ot__course c = ot__course_begin(control, length);
    begin_integration(st, length, control);
    c.size =
        ot__root_mean_square(st->opts.dtype, st->opts.share, st->batch, ot__stepper_numbers(st), y);
    ot_status status = isfinite(c.size) ? OT_OK : fail_not_finite(st, &c, "the state");
    while (status == OT_OK && c.t < length) /* ends after at most c.most steps */
        status = next_step(st, &c, y);
    if (status == OT_OK) status = keep_result(st, y);
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
