/* SPDX-License-Identifier: BSD-3-Clause
 * Solves the continuous adjoint.  The tape has f, which evaluation 0 of the recorded step computes
 * from the step's input.  Its program gives, for a state y and a vector a at a time t, f(t, y) and
 * the products a^T df/dy and a^T df/dp.  A loop here combines them as the tableau says:
 *
 *     y_i = y - h sum_j a_ij f_j          f_i = f(t - c_i h, y_i)
 *     a_i = a + h sum_j a_ij v_j          v_i = a_i^T df/dy,   w_i = a_i^T df/dp
 *     y - h sum_i b_i f_i,   a + h sum_i b_i v_i,   q + h sum_i b_i w_i
 *
 * The equation of q does not read q, so q is a sum of the w_i.  It is kept in double.  Sums run in
 * the order of the stages, one element after another, so the number of threads does not matter.
 *
 * Reference: Chen, Rubanova, Bettencourt, Duvenaud, Neural Ordinary Differential Equations,
 * 2018. */
#include "schemes/steppers/adjoint.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/check.h"
#include "base/decimal.h"
#include "base/memory.h"
#include "base/number.h"
#include "base/parallel.h"
#include "schemes/steppers/control.h"

enum { Y, A, STAGE_Y, STAGE_A, STATES }; /* y and a, and those of the stage that is evaluated */

struct ot__adjoint {
    const ot__one_step *step;
    ot__stepper_opts opts;
    ot_program *program;        /* f and its vector-Jacobian product */
    int time;                   /* the parameter with the time; -1: f does not read it */
    int n_own, *own;            /* the parameters of the step that have a gradient */
    size_t n_q;                 /* their numbers */
    bool live[OT__STAGES_MOST]; /* stages that a step evaluates */
    double b[OT__STAGES_MOST], d[OT__STAGES_MOST]; /* weights of the step and of its error */
    void *f[OT__STAGES_MOST], *v[OT__STAGES_MOST]; /* of the live stages */
    void *state[STATES];
    double *q, *q_next, *q_error; /* reached; after the step that is tried; its error */
    int reserved;                 /* stages that there is memory for */
    size_t image;                 /* numbers in the state of one image */
    int images, evaluations;      /* in the batch; in one step */
    ot__runs *runs;               /* how this solution runs evaluations; NULL: as usual */
    void *user;                   /* of runs */
    double size[2];               /* root mean squares of y and a */
};

static const ot_scheme *scheme_of(const ot__adjoint *ad)
{
    return ad->step->scheme;
}

static size_t numbers(const ot__adjoint *ad)
{
    return (size_t)ad->images * ad->image;
}

static size_t bytes(const ot__adjoint *ad)
{
    return numbers(ad) * ot__dtype_size(ad->opts.dtype);
}

/* ---- opening ---- */

static ot_status compile(ot__adjoint *ad)
{
    OT_TRY(ot_compile(ad->step->tape, ad->step->f,
                      &(ot_compile_opts){ .dtype = ad->opts.dtype,
                                          .share = ad->opts.share,
                                          .tier = ad->opts.tier,
                                          .evaluate = ad->opts.evaluate,
                                          .batch = ad->opts.batch,
                                          .input_gradients = true,
                                          .plan_only = ad->opts.plan_only,
                                          .memory_limit = ad->opts.memory_limit,
                                          .params = ad->opts.params },
                      &ad->program));
    if (!ad->opts.plan_only &&
        (!ot_program_input(ad->program, ad->step->x) || !ot_program_grad(ad->program, ad->step->x)))
        return ot__fail(OT_EINVAL, "the continuous adjoint needs an f that reads the state");
    char name[64];
    snprintf(name, sizeof name, "%st", ad->opts.scope);
    ad->time = ad->step->t.id ? ot_params_find(ad->opts.params, name) : -1;
    return OT_OK;
}

/* The parameters in the scope of the step.  Only they can have a gradient through f. */
static ot_status find_own(ot__adjoint *ad)
{
    ot_params *const ps = ad->opts.params;
    const int all = ot_params_count(ps);
    ad->own = ot__new((size_t)all + 1, sizeof *ad->own);
    if (!ad->own) return OT_ENOMEM;
    for (int i = 0; i < all; i++) {
        if (!ot_params_trained(ps, i) || ot_params_frozen(ps, i)) continue;
        if (strncmp(ot_params_name(ps, i), ad->opts.scope, strlen(ad->opts.scope)) != 0) continue;
        ad->own[ad->n_own++] = i;
        ad->n_q += ot_params_elements(ps, i);
    }
    return OT_OK;
}

/* The stages of a step, with or without an estimate of its error. */
static void choose_stages(ot__adjoint *ad, bool estimate)
{
    const ot_scheme *const s = scheme_of(ad);
    ot__rk_weights(s, OT_OUTPUT_WEIGHTS, ad->b);
    ad->evaluations =
        estimate ? ot__rk_live_pair(s, 0, ad->live) : ot__rk_live(s, OT_OUTPUT_WEIGHTS, ad->live);
    memset(ad->d, 0, sizeof ad->d);
    if (estimate) ot__rk_difference(s, 0, ad->d);
}

static ot_status reserve(ot__adjoint *ad)
{
    const size_t most = (size_t)ad->opts.batch * ad->image, size = ot__dtype_size(ad->opts.dtype);
    bool got = true;
    for (int i = 0; i < STATES; i++)
        got &= (ad->state[i] = ot__new(most, size)) != NULL;
    for (int i = 0; i < ot_scheme_stages(scheme_of(ad)); i++) {
        if (!ad->live[i]) continue;
        got &= (ad->f[i] = ot__new(most, size)) != NULL;
        got &= (ad->v[i] = ot__new(most, size)) != NULL;
    }
    double **const sums[] = { &ad->q, &ad->q_next, &ad->q_error };
    for (int i = 0; i < 3; i++)
        got &= (*sums[i] = ot__new(ad->n_q + 1, sizeof **sums[i])) != NULL;
    return got ? OT_OK : OT_ENOMEM;
}

static ot_status build(ot__adjoint *ad)
{
    const ot_shape shape = ot_var_shape(ad->step->tape, ad->step->x);
    if (!ad->opts.batch) ad->opts.batch = shape.dim[0];
    ad->image = 1;
    for (int i = 1; i < shape.rank; i++)
        ad->image *= (size_t)shape.dim[i];
    OT_TRY(compile(ad));
    OT_TRY(find_own(ad));
    choose_stages(ad, ad->step->difference.id != 0);
    ad->reserved = ad->evaluations;
    return ad->opts.plan_only ? OT_OK : reserve(ad);
}

ot_status ot__adjoint_open(const ot__one_step *step, const ot__stepper_opts *opts,
                           ot__adjoint **out)
{
    *out = NULL;
    ot__adjoint *const ad = ot__new(1, sizeof *ad);
    if (!ad) return OT_ENOMEM;
    *ad = (ot__adjoint){ .step = step, .opts = *opts };
    const ot_status status = build(ad);
    if (status == OT_OK)
        *out = ad;
    else
        ot__adjoint_free(ad);
    return status;
}

void ot__adjoint_free(ot__adjoint *ad)
{
    if (!ad) return;
    ot_program_free(ad->program);
    for (int i = 0; i < STATES; i++)
        ot__free(ad->state[i]);
    for (int i = 0; i < OT__STAGES_MOST; i++) {
        ot__free(ad->f[i]);
        ot__free(ad->v[i]);
    }
    ot__free(ad->q);
    ot__free(ad->q_next);
    ot__free(ad->q_error);
    ot__free(ad->own);
    ot__free(ad);
}

/* ---- sums ---- */

/* The sum x + sum_j coef_j k_j. */
typedef struct sum {
    const void *x; /* NULL: none */
    int n;
    double coef[OT__STAGES_MOST];
    const void *k[OT__STAGES_MOST];
} sum;

/* The sum x + h sum_j w_j k_j over the stages before `stages` whose w_j is not 0. */
static sum sum_of(const ot__adjoint *ad, const void *x, double h, const double w[], int stages,
                  void *const k[])
{
    sum s = { .x = x };
    for (int j = 0; j < stages; j++) {
        if (!ad->live[j] || w[j] == 0) continue;
        s.coef[s.n] = h * w[j];
        s.k[s.n++] = k[j];
    }
    return s;
}

/* The loop, which is compiled for each dtype. */
static inline void add_up(ot_dtype dtype, size_t n, const sum *s, void *to)
{
    OT__PARALLEL_FOR
    for (ptrdiff_t i = 0; i < (ptrdiff_t)n; i++) {
        double v = s->x ? ot__number(s->x, dtype, (size_t)i) : 0;
        for (int j = 0; j < s->n; j++)
            v += s->coef[j] * ot__number(s->k[j], dtype, (size_t)i);
        ot__set_number(to, dtype, (size_t)i, v);
    }
}

/* Computes the sum of states; to may be one of its terms. */
static void compute(const ot__adjoint *ad, sum s, void *to)
{
    if (ad->opts.dtype == OT_F64) {
        add_up(OT_F64, numbers(ad), &s, to);
        return;
    }
    ot__float32_begin();
    add_up(OT_F32, numbers(ad), &s, to);
    ot__float32_end();
}

/* ---- one evaluation ---- */

static void clear_gradients(const ot__adjoint *ad)
{
    for (int i = 0; i < ad->n_own; i++)
        memset(ot_params_grad(ad->opts.params, ad->own[i], ad->opts.dtype), 0,
               ot_params_elements(ad->opts.params, ad->own[i]) * ot__dtype_size(ad->opts.dtype));
}

/* Adds weight times the gradients of the parameters to the sums q. */
static void add_gradients(const ot__adjoint *ad, double weight, double *q)
{
    if (weight == 0) return;
    for (int i = 0; i < ad->n_own; i++) {
        const size_t n = ot_params_elements(ad->opts.params, ad->own[i]);
        const void *const w = ot_params_grad(ad->opts.params, ad->own[i], ad->opts.dtype);
        OT__PARALLEL_FOR
        for (ptrdiff_t k = 0; k < (ptrdiff_t)n; k++)
            q[k] += weight * ot__number(w, ad->opts.dtype, (size_t)k);
        q += n;
    }
}

static void load(void *user)
{
    ot__adjoint *const ad = user;
    memcpy(ot_program_input(ad->program, ad->step->x), ad->state[STAGE_Y], bytes(ad));
}

static ot_status run_program(ot__adjoint *ad)
{
    const void *const seed = ad->state[STAGE_A];
    clear_gradients(ad);
    if (ad->runs) return ad->runs(ad->user, ad->program, ad->images, load, ad, seed);
    load(ad);
    OT_TRY(ot_forward(ad->program, ad->images));
    return ot_backward(ad->program, seed, true);
}

/* Evaluates stage i of a step of size h that begins at the time t. */
static ot_status evaluate(ot__adjoint *ad, int i, double t, double h)
{
    double row[OT__STAGES_MOST];
    for (int j = 0; j < i; j++)
        row[j] = ot_scheme_a(scheme_of(ad), i, j);
    compute(ad, sum_of(ad, ad->state[Y], -h, row, i, ad->f), ad->state[STAGE_Y]);
    compute(ad, sum_of(ad, ad->state[A], h, row, i, ad->v), ad->state[STAGE_A]);
    if (ad->time >= 0)
        ot__set_number(ot_params_edit(ad->opts.params, ad->time, ad->opts.dtype), ad->opts.dtype, 0,
                       ad->step->begin + t - ot_scheme_c(scheme_of(ad), i) * h);
    OT_TRY(run_program(ad));
    memcpy(ad->f[i], ot_program_value(ad->program, ad->step->f), bytes(ad));
    memcpy(ad->v[i], ot_program_grad(ad->program, ad->step->x), bytes(ad));
    add_gradients(ad, h * ad->b[i], ad->q_next);
    add_gradients(ad, ad->d[i], ad->q_error);
    return OT_OK;
}

/* ---- one step ---- */

/* Computes a step of size h from the time t back to t - h.  Its results are those of the stage that
 * is no longer needed, and q_next. */
static ot_status take_step(ot__adjoint *ad, double t, double h, ot_control_result *counts)
{
    const int stages = ot_scheme_stages(scheme_of(ad));
    memcpy(ad->q_next, ad->q, ad->n_q * sizeof *ad->q);
    memset(ad->q_error, 0, ad->n_q * sizeof *ad->q_error);
    for (int i = 0; i < stages; i++)
        if (ad->live[i]) OT_TRY(evaluate(ad, i, t, h));
    compute(ad, sum_of(ad, ad->state[Y], -h, ad->b, stages, ad->f), ad->state[STAGE_Y]);
    compute(ad, sum_of(ad, ad->state[A], h, ad->b, stages, ad->v), ad->state[STAGE_A]);
    counts->backward_evaluations += ad->evaluations;
    return OT_OK;
}

static void accept(ot__adjoint *ad, ot__course *c, double h)
{
    memcpy(ad->state[Y], ad->state[STAGE_Y], bytes(ad));
    memcpy(ad->state[A], ad->state[STAGE_A], bytes(ad));
    memcpy(ad->q, ad->q_next, ad->n_q * sizeof *ad->q);
    ot__course_count(c, h);
}

static ot_status solve_equal(ot__adjoint *ad, int steps, ot__course *c)
{
    const double h = c->length / steps;
    for (int i = steps; i > 0; i--) {
        OT_TRY(take_step(ad, i * h, h, &c->control));
        accept(ad, c, h);
    }
    return OT_OK;
}

/* ---- control ---- */

static double size_of(const ot__adjoint *ad, const void *x)
{
    return ot__root_mean_square(ad->opts.dtype, ad->opts.share, ad->images, numbers(ad), x);
}

/* An error relative to a size. */
static double relative(double error, double size, double tolerance)
{
    if (!isfinite(error) || !isfinite(size)) return INFINITY;
    return error == 0 ? 0 : error / (size > 0 ? size : tolerance);
}

/* The error of y or a in the step that has been tried, whose result has the size *after.  It takes
 * the place of the first k_i, which are not needed any more. */
static double error_of(const ot__adjoint *ad, const ot__course *c, int which, void *const k[],
                       double *after)
{
    const int stages = ot_scheme_stages(scheme_of(ad));
    int first = 0;
    while (!ad->live[first])
        first++;
    *after = size_of(ad, ad->state[STAGE_Y + which]);
    compute(ad, sum_of(ad, NULL, 1, ad->d, stages, k), k[first]);
    return relative(size_of(ad, k[first]), fmax(ad->size[which], *after), c->tolerance);
}

/* The error of q relative to what q becomes if it goes on to grow as it did so far. */
static double error_of_sums(const ot__adjoint *ad, const ot__course *c, double h)
{
    if (ad->n_q == 0) return 0;
    const double size =
        ot__root_mean_square(OT_F64, NULL, 1, ad->n_q, ad->q_next) * c->length / (c->t + h);
    return relative(ot__root_mean_square(OT_F64, NULL, 1, ad->n_q, ad->q_error), size,
                    c->tolerance);
}

/* Tries one step.  c->t is the time from the end. */
static ot_status attempt(ot__adjoint *ad, ot__course *c)
{
    const bool last = c->t + c->h >= c->length;
    const double h = last ? c->length - c->t : c->h, tol = c->tolerance / c->length;
    double after[2];
    OT_TRY(take_step(ad, c->length - c->t, h, &c->control));
    const double sums = error_of_sums(ad, c, h), y = error_of(ad, c, Y, ad->f, &after[Y]);
    const double error = fmax(fmax(y, error_of(ad, c, A, ad->v, &after[A])), sums);
    c->h = h * ot__control_scale(tol, error, ot__rk_pair_order(scheme_of(ad), 0));
    c->estimate = isfinite(error);
    if (!(error <= tol)) {
        c->control.rejected++;
        return OT_OK;
    }
    accept(ad, c, h);
    memcpy(ad->size, after, sizeof after);
    c->t = last ? c->length : c->t + h;
    return OT_OK;
}

static ot_status solve_controlled(ot__adjoint *ad, ot__course *c)
{
    for (int i = Y; i <= A; i++)
        ad->size[i] = size_of(ad, ad->state[i]);
    if (!isfinite(ad->size[Y]) || !isfinite(ad->size[A]))
        return ot__fail(OT_ENUMERIC, "at time 0 of %s %s is not finite", OT__ROUNDED(c->length, 6),
                        isfinite(ad->size[Y]) ? "the gradient of the result" : "the result");
    while (c->t < c->length) { /* ends after at most c->most steps */
        OT_TRY(ot__course_check(c));
        OT_TRY(attempt(ad, c));
    }
    return OT_OK;
}

/* ---- a whole solution ---- */

/* Writes the sums to the gradients of the parameters, on top of what they had. */
static void write_gradients(const ot__adjoint *ad)
{
    const double *q = ad->q;
    for (int i = 0; i < ad->n_own; i++) {
        void *const g = ot_params_grad(ad->opts.params, ad->own[i], ad->opts.dtype);
        const size_t n = ot_params_elements(ad->opts.params, ad->own[i]);
        for (size_t k = 0; k < n; k++)
            ot__set_number(g, ad->opts.dtype, k, *q++);
    }
}

/* q begins with the gradients that are there. */
static void read_gradients(const ot__adjoint *ad)
{
    double *q = ad->q;
    for (int i = 0; i < ad->n_own; i++) {
        const void *const g = ot_params_grad(ad->opts.params, ad->own[i], ad->opts.dtype);
        const size_t n = ot_params_elements(ad->opts.params, ad->own[i]);
        for (size_t k = 0; k < n; k++)
            *q++ = ot__number(g, ad->opts.dtype, k);
    }
}

static ot_status solve(ot__adjoint *ad, const ot__adjoint_run *run, ot__course *c)
{
    const int steps = run->control->steps;
    const ot_status status = steps > 0 ? solve_equal(ad, steps, c) : solve_controlled(ad, c);
    if (status != OT_ENUMERIC || ad->runs) return status;
    return ot__fail(status,
                    "in the continuous adjoint, whose time counts from the end: %s; the gradient "
                    "discrete does not solve backward",
                    ot_message());
}

ot_status ot__adjoint_solve(ot__adjoint *ad, const ot__adjoint_run *run, ot_control_result *result)
{
    ot__course c = ot__course_begin(run->control, run->length);
    choose_stages(ad, run->control->steps == 0);
    ad->images = run->images;
    ad->runs = run->runs;
    ad->user = run->user;
    memcpy(ad->state[Y], run->y, bytes(ad));
    memcpy(ad->state[A], run->a, bytes(ad));
    if (!run->accumulate) ot_params_zero_grad(ad->opts.params);
    read_gradients(ad);
    const ot_status status = solve(ad, run, &c);
    write_gradients(ad);
    if (status == OT_OK) memcpy(run->a, ad->state[A], bytes(ad));
    if (result) *result = c.control;
    return status;
}

const void *ot__adjoint_state(const ot__adjoint *ad)
{
    return ad->state[Y];
}

/* ---- access ---- */

ot_program *ot__adjoint_program(ot__adjoint *ad)
{
    return ad->program;
}

int ot__adjoint_evaluations(const ot__adjoint *ad)
{
    return ad->evaluations;
}

size_t ot__adjoint_bytes(const ot__adjoint *ad)
{
    const size_t states = STATES + 2 * (size_t)ad->reserved;
    return states * (size_t)ad->opts.batch * ad->image * ot__dtype_size(ad->opts.dtype) +
           3 * ad->n_q * sizeof *ad->q;
}
