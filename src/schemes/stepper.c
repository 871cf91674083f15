/* SPDX-License-Identifier: BSD-3-Clause
 * Integration from outside: the tape has one step, and its size is a number that is set before each
 * run, so an error-controlled walk is a loop around a program and not a dynamic tape.  The way back
 * runs the steps again in reverse order, each from its stored beginning. */
#include <math.h>
#include <string.h>

#include "base/memory.h"
#include "schemes/scheme.h"

static const double SAFETY = 0.8, LEAST_SCALE = 0.125, MOST_SCALE = 4.0;

struct ot_stepper {
    const ot_scheme *scheme;
    const ot_tape *tape;
    ot_var x, h, y, difference, root; /* difference: null without an embedded method */
    ot_program *forward, *backward;   /* backward: compiled when it is first asked for */
    ot_params *params;
    int h_index, batch, evaluations; /* evaluations of f a step */
    size_t n;                        /* numbers of a state */
    int steps;                       /* that were accepted: their beginnings and sizes */
    double *states, *sizes;
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
static void record(ot_stepper *st, ot_tape *t, ot_subnet f, void *user)
{
    counted c = { .f = f, .user = user };
    st->h = ot_stat(t, "h", OT_SCALAR, OT_ONES);
    const ot_step_opts opts = { .h = st->h };
    if (st->scheme->tableau->n_embedded == 0) {
        st->root = st->y = ot__rk_record(st->scheme, t, st->x, call_counted, &c, &opts);
    } else {
        st->y =
            ot__rk_record_pair(st->scheme, t, st->x, call_counted, &c, &opts, 0, &st->difference);
        st->root = ot_lincomb(t, 2, (const ot_coef[]){ { .value = 1 }, { .value = 0 } },
                              (const ot_var[]){ st->y, st->difference });
    }
    st->evaluations = c.calls;
}

static ot_status build(ot_stepper *st, ot_tape *t, ot_subnet f, void *user, ot_params *params)
{
    const ot_shape shape = ot_var_shape(t, st->x);
    if (ot_tape_status(t) != OT_OK) return ot__fail(ot_tape_status(t), "%s", ot_tape_message(t));
    if (shape.rank < 1 || !f)
        return ot__fail(OT_EINVAL, "a stepper needs an input to start from and a function f");
    st->batch = shape.dim[0];
    st->n = 1;
    for (int i = 0; i < shape.rank; i++)
        st->n *= (size_t)shape.dim[i];
    record(st, t, f, user);
    const ot_var keep[] = { st->y, st->difference };
    OT_TRY(ot_compile(t, st->root,
                      &(ot_compile_opts){ .dtype = OT_F64,
                                          .forward_only = true,
                                          .params = params,
                                          .n_keep = st->difference.id ? 2 : 1,
                                          .keep = keep },
                      &st->forward));
    if (!ot_program_input(st->forward, st->x))
        return ot__fail(OT_EINVAL, "a stepper starts from an ot_input of its tape");
    st->params = ot_program_params(st->forward);
    st->h_index = ot_params_find(st->params, "h");
    if (st->h_index >= 0) return OT_OK;
    return ot__fail(OT_EINVAL, "a stepper is recorded outside of all scopes, and before the "
                               "parameters are made");
}

ot_status ot_stepper_new(const ot_scheme *s, ot_tape *t, ot_var x, ot_subnet f, void *user,
                         ot_params *params, ot_stepper **out)
{
    *out = NULL;
    if (!s) return ot__fail(OT_EINVAL, "there is no scheme to step with");
    ot_stepper *st = ot__new(1, sizeof *st);
    if (!st) return OT_ENOMEM;
    *st = (ot_stepper){ .scheme = s, .tape = t, .x = x };
    const ot_status status = build(st, t, f, user, params);
    if (status == OT_OK)
        *out = st;
    else
        ot_stepper_free(st);
    return status;
}

void ot_stepper_free(ot_stepper *st)
{
    if (!st) return;
    ot_program_free(st->backward); /* its parameters are those of forward */
    ot_program_free(st->forward);
    ot__free(st->states);
    ot__free(st->sizes);
    ot__free(st);
}

ot_params *ot_stepper_params(ot_stepper *st)
{
    return st->params;
}

/* ---- forward ---- */

static ot_status run(ot_stepper *st, ot_program *p, double h, const double *from)
{
    *(double *)ot_params_edit(st->params, st->h_index, OT_F64) = h;
    memcpy(ot_program_input(p, st->x), from, st->n * sizeof *from);
    return ot_forward(p, st->batch);
}

/* Keep a step of size h from y, and go on to where it leads. */
static ot_status accept(ot_stepper *st, double h, double *y)
{
    OT_TRY(ot__grow((void **)&st->states, &st->states_capacity, ((size_t)st->steps + 1) * st->n,
                    sizeof *st->states));
    OT_TRY(ot__grow((void **)&st->sizes, &st->sizes_capacity, (size_t)st->steps + 1,
                    sizeof *st->sizes));
    memcpy(st->states + (size_t)st->steps * st->n, y, st->n * sizeof *y);
    st->sizes[st->steps++] = h;
    memcpy(y, ot_program_value(st->forward, st->y), st->n * sizeof *y);
    return OT_OK;
}

ot_status ot_stepper_fixed(ot_stepper *st, double length, int steps, double *y)
{
    if (steps < 1 || !isfinite(length))
        return ot__fail(OT_EINVAL, "%d steps over a length of %g; there must be one, and a length",
                        steps, length);
    st->steps = 0;
    for (int i = 0; i < steps; i++) {
        OT_TRY(run(st, st->forward, length / steps, y));
        OT_TRY(accept(st, length / steps, y));
    }
    return OT_OK;
}

/* ---- control ---- */

static double root_mean_square(size_t n, const double *x)
{
    double sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += x[i] * x[i];
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
    if (!st->difference.id)
        return ot__fail(OT_EINVAL, "%s has no embedded method to control its error with",
                        ot_scheme_name(st->scheme));
    if (!(length > 0 && isfinite(length)))
        return ot__fail(OT_EINVAL, "the length is %g; it must be positive", length);
    if (!(c->tolerance >= 0 && isfinite(c->tolerance) && c->first >= 0 && isfinite(c->first)))
        return ot__fail(OT_EINVAL,
                        "tolerance %g and first step %g must be positive, or 0 for the "
                        "defaults",
                        c->tolerance, c->first);
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
                         double *y, ot_walk *w)
{
    const bool last = *t + *h >= length;
    const double step = last ? length - *t : *h;
    OT_TRY(run(st, st->forward, step, y));
    w->evaluations += st->evaluations;
    const double size = root_mean_square(st->n, y);
    const double tol = tolerance / length * (size > 0 ? size : tolerance);
    const double e = root_mean_square(st->n, ot_program_value(st->forward, st->difference));
    *h = step * scale_of(tol, e, lower_order(st->scheme));
    if (!(e <= tol)) {
        w->rejected++;
        return OT_OK;
    }
    count_accepted(w, step);
    *t = last ? length : *t + step;
    return accept(st, step, y);
}

ot_status ot_stepper_controlled(ot_stepper *st, double length, const ot_control *control, double *y,
                                ot_walk *walk)
{
    const ot_control c = control ? *control : (ot_control){ 0 };
    const double tolerance = c.tolerance > 0 ? c.tolerance : 1e-6;
    const int most = c.most_steps > 0 ? c.most_steps : 100000;
    ot_walk w = { 0 };
    OT_TRY(check_control(st, length, &c));
    ot_status status = OT_OK;
    double t = 0, h = c.first > 0 ? c.first : length / 8;
    st->steps = 0;
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
    return status;
}

/* ---- backward ---- */

static ot_status need_backward(ot_stepper *st)
{
    if (st->backward) return OT_OK;
    return ot_compile(
        st->tape, st->y,
        &(ot_compile_opts){ .dtype = OT_F64, .input_gradients = true, .params = st->params },
        &st->backward);
}

ot_status ot_stepper_backward(ot_stepper *st, double *g)
{
    if (st->steps == 0) return ot__fail(OT_EINVAL, "no steps have been taken to go back through");
    OT_TRY(need_backward(st));
    for (int i = st->steps - 1; i >= 0; i--) {
        OT_TRY(run(st, st->backward, st->sizes[i], st->states + (size_t)i * st->n));
        OT_TRY(ot_backward(st->backward, g, i < st->steps - 1));
        memcpy(g, ot_program_grad(st->backward, st->x), st->n * sizeof *g);
    }
    return OT_OK;
}
