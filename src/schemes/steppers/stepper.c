/* SPDX-License-Identifier: BSD-3-Clause
 * Integrates y' = f(y) with steps of fixed or error-controlled size.
 *
 * How many steps a controlled integration takes depends on the data, but a tape is static.  So the
 * tape has one step.  Its size and the time at which it begins are numbers that are set before each
 * run, and a loop here runs the program of this step.  The backward pass computes the steps again
 * in reverse order, each from its stored initial state. */
#include <stdio.h>
#include <string.h>

#include "base/check.h"
#include "base/memory.h"
#include "schemes/steppers/stepping.h"

/* ---- making one ---- */

static ot_status compile_forward(ot_stepper *st)
{
    const ot_var keep[] = { st->step->y, st->step->difference };
    return ot_compile(st->step->tape, st->step->root,
                      &(ot_compile_opts){ .dtype = st->opts.dtype,
                                          .share = st->opts.share,
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

static ot_status need_backward(ot_stepper *st, bool backsolve);

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
    const ot_status status = opts->forward_only ? OT_OK : need_backward(st, opts->backsolve);
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
    *st = (ot_stepper){ .own = ot__one_step_record(&block, x, s->tableau->n_embedded > 0),
                        .opts = { .dtype = OT_F64, .params = params, .scope = "" } };
    st->step = &st->own;
    return finish(st, out);
}

void ot_stepper_free(ot_stepper *st)
{
    if (!st) return;
    ot__adjoint_free(st->adjoint);
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

/* ---- one step ---- */

static void set_parameter(ot_stepper *st, int i, double value)
{
    ot__set_number(ot_params_edit(st->params, i, st->opts.dtype), st->opts.dtype, 0, value);
}

static void set_step(ot_stepper *st, ot__taken s)
{
    set_parameter(st, st->h_index, s.h);
    if (st->t_index >= 0) set_parameter(st, st->t_index, st->step->begin + s.t);
}

void ot__stepper_reset(ot_stepper *st)
{
    set_step(st, (ot__taken){ .t = 0, .h = 1 });
}

void ot__stepper_load(ot_stepper *st, ot_program *p, ot__taken step, const void *from)
{
    set_step(st, step);
    st->tried = step;
    if (!st->opts.evaluate) ot__snapshot_restore(&st->statistics);
    memcpy(ot_program_input(p, st->step->x), from, ot__stepper_numbers(st) * st->size);
}

ot_status ot__stepper_run(ot_stepper *st, ot_program *p, ot__taken step, const void *from)
{
    ot__stepper_load(st, p, step, from);
    OT_TRY(ot_forward(p, st->batch));
    if (st->opts.ran) st->opts.ran(p, st->opts.user);
    return OT_OK;
}

/* ---- backward ---- */

static ot_status need_steps(const ot_stepper *st)
{
    if (st->steps > 0) return OT_OK;
    return ot__fail(OT_EINVAL, "backward needs an integration, and none has been run");
}

static ot_status compile_backward(ot_stepper *st)
{
    return ot_compile(st->step->tape, st->step->y,
                      &(ot_compile_opts){ .dtype = st->opts.dtype,
                                          .share = st->opts.share,
                                          .tier = st->opts.tier,
                                          .evaluate = st->opts.evaluate,
                                          .batch = st->opts.batch,
                                          .input_gradients = true,
                                          .plan_only = st->opts.plan_only,
                                          .memory_limit = st->opts.memory_limit,
                                          .params = st->params },
                      &st->backward);
}

static ot_status open_adjoint(ot_stepper *st)
{
    ot__stepper_opts opts = st->opts;
    opts.params = st->params;
    return ot__adjoint_open(st->step, &opts, &st->adjoint);
}

static ot_status need_backward(ot_stepper *st, bool backsolve)
{
    if (backsolve) return st->adjoint ? OT_OK : open_adjoint(st);
    return st->backward ? OT_OK : compile_backward(st);
}

static ot_status step_back(ot_stepper *st, void *g, bool accumulate)
{
    const size_t bytes = ot__stepper_numbers(st) * st->size;
    for (int i = st->steps - 1; i >= 0; i--) {
        OT_TRY(ot__stepper_run(st, st->backward, st->course[i], st->states + (size_t)i * bytes));
        OT_TRY(ot_backward(st->backward, g, accumulate || i < st->steps - 1));
        memcpy(g, ot_program_grad(st->backward, st->step->x), bytes);
    }
    return OT_OK;
}

static ot_status solve_adjoint(ot_stepper *st, const void *y, void *g, bool accumulate,
                               ot_control_result *result)
{
    return ot__adjoint_solve(st->adjoint,
                             &(ot__adjoint_run){ .images = st->batch,
                                                 .length = st->length,
                                                 .control = &st->control,
                                                 .y = y,
                                                 .a = g,
                                                 .accumulate = accumulate },
                             result);
}

/* Ends what a backward pass has begun with a snapshot. */
static ot_status end_backward(ot_stepper *st, ot_status status)
{
    ot__snapshot_restore(&st->statistics);
    ot__stepper_reset(st);
    return status;
}

ot_status ot__stepper_back(ot_stepper *st, void *g, bool accumulate, long *evaluations)
{
    ot_control_result result = { .backward_evaluations =
                                     (long)st->steps * ot__stepper_back_evaluations(st) };
    OT_TRY(need_steps(st));
    OT_TRY(need_backward(st, st->opts.backsolve));
    ot__snapshot_take(&st->statistics);
    const ot_status status = st->opts.backsolve
                                 ? solve_adjoint(st, st->states, g, accumulate, &result)
                                 : step_back(st, g, accumulate);
    if (evaluations) *evaluations = result.backward_evaluations;
    return end_backward(st, status);
}

ot_status ot_stepper_backward(ot_stepper *st, double *g)
{
    OT_TRY(ot__check_given("stepper", "the stepper", st));
    OT_TRY(ot__check_given("stepper", "g", g));
    return ot__stepper_back(st, g, false, NULL);
}

ot_status ot_stepper_backsolve(ot_stepper *st, double *y, double *g, ot_control_result *result)
{
    OT_TRY(ot__check_given("stepper", "the stepper", st));
    OT_TRY(ot__check_given("stepper", "y", y));
    OT_TRY(ot__check_given("stepper", "g", g));
    OT_TRY(need_steps(st));
    OT_TRY(need_backward(st, true));
    ot__snapshot_take(&st->statistics);
    const ot_status status = solve_adjoint(st, y, g, false, result);
    memcpy(y, ot__adjoint_state(st->adjoint), ot__stepper_numbers(st) * st->size);
    return end_backward(st, status);
}

/* ---- running a step again ---- */

ot_program *ot__stepper_program(ot_stepper *st, bool back)
{
    if (!back) return st->forward;
    return st->opts.backsolve && st->adjoint ? ot__adjoint_program(st->adjoint) : st->backward;
}

bool ot__stepper_backsolves(const ot_stepper *st)
{
    return st->opts.backsolve;
}

int ot__stepper_steps(const ot_stepper *st)
{
    return st->steps;
}

void ot__stepper_load_tried(ot_stepper *st, const void *y)
{
    ot__stepper_load(st, st->forward, st->tried, y);
}

void ot__stepper_load_kept(ot_stepper *st, int i)
{
    ot__stepper_load(st, st->backward, st->course[i],
                     st->states + (size_t)i * ot__stepper_numbers(st) * st->size);
}

ot_status ot__stepper_adjoint_again(ot_stepper *st, void *g, ot__runs *runs, void *user)
{
    const ot__adjoint_run again = { .images = st->batch,
                                    .length = st->length,
                                    .control = &st->control,
                                    .y = st->states,
                                    .a = g,
                                    .accumulate = true,
                                    .runs = runs,
                                    .user = user };
    ot__snapshot_take(&st->statistics);
    return end_backward(st, ot__adjoint_solve(st->adjoint, &again, NULL));
}

/* ---- cost ---- */

static void add_program(ot_program_info *sum, const ot_program *p, int runs)
{
    const ot_program_info i = ot_program_describe(p);
    sum->calls += i.calls;
    sum->arena_bytes += i.arena_bytes;
    sum->unplanned_bytes += i.unplanned_bytes;
    sum->bound_bytes += i.bound_bytes;
    sum->scratch_bytes += i.scratch_bytes;
    if (i.product_bytes > sum->product_bytes) sum->product_bytes = i.product_bytes;
    sum->flops_forward += runs * i.flops_forward;
    sum->flops_backward += runs * i.flops_backward;
    sum->flops_replayed += runs * i.flops_replayed;
    if (i.replays && !sum->replays) sum->replays_from = i.replays_from;
    if (i.replays) sum->replays_to = i.replays_to;
    sum->replays += i.replays;
}

ot_program_info ot__stepper_describe(const ot_stepper *st)
{
    ot_program_info sum = { .batch = st->batch };
    add_program(&sum, st->forward, 1);
    const double forward = sum.flops_forward;
    if (st->backward) add_program(&sum, st->backward, 1);
    if (st->adjoint) add_program(&sum, ot__adjoint_program(st->adjoint), ot__stepper_back_runs(st));
    sum.flops_backward +=
        sum.flops_forward - forward; /* the backward pass computes each step again */
    sum.flops_forward = forward;
    return sum;
}

int ot__stepper_back_runs(const ot_stepper *st)
{
    return st->opts.backsolve && st->adjoint ? ot__adjoint_evaluations(st->adjoint) : 1;
}

int ot__stepper_back_evaluations(const ot_stepper *st)
{
    if (st->opts.forward_only) return 0;
    return st->opts.backsolve ? ot__adjoint_evaluations(st->adjoint)
                              : ot_scheme_evaluations(st->step->scheme);
}

size_t ot__stepper_bytes(const ot_stepper *st, int equal_steps)
{
    const size_t state = (size_t)st->opts.batch * st->image * st->size;
    if (st->opts.forward_only) return 0;
    if (st->opts.backsolve) return state + ot__adjoint_bytes(st->adjoint);
    return state * (size_t)(equal_steps > 0 ? equal_steps : 1);
}
