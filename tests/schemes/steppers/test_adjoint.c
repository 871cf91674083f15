/* SPDX-License-Identifier: BSD-3-Clause
 * Tests the continuous adjoint: it converges to the exact gradient with the order of the scheme, y
 * returns to where it began, and a linear f has its exponential.  The exact gradient is that of
 * many steps of a scheme of high order. */
#include <math.h>
#include <string.h>

#include "schemes/cases.h"
#include "schemes/scheme.h"
#include "schemes/steppers/problems.h"

static const double LENGTH = 2;
static const double g0[PROBLEM_MOST] = { 0.7, -1.1, 0.4 };
static const char *const parameters[] = { "l", "s", "a", "b" };
enum { PARAMETERS = 4, MOST = PROBLEM_MOST + PROBLEM_MOST * (3 * PROBLEM_MOST + 1) };

/* A start that is found again, and the gradients of L = g0'y(LENGTH) with respect to it and to the
 * parameters. */
typedef struct gradient {
    double start[PROBLEM_MOST], of[MOST];
    int n;
    ot_control_result counts;
} gradient;

static void add(gradient *g, int n, const double *x)
{
    memcpy(g->of + g->n, x, (size_t)n * sizeof *x);
    g->n += n;
}

static void collect(const problem *p, int system, const double *g, gradient *to)
{
    ot_params *const ps = ot_stepper_params(p->stepper);
    add(to, problem_sizes[system], g);
    for (int k = 0; k < PARAMETERS; k++) {
        const int i = ot_params_find(ps, parameters[k]);
        add(to, (int)ot_params_elements(ps, i), ot_params_grad(ps, i, OT_F64));
    }
}

/* Integrates in n equal steps or, if n is 0, with control.  Then computes the gradient, with
 * `backsolve` by the continuous adjoint. */
static gradient differentiate(const ot_scheme *s, int system, int n, const ot_control *control,
                              bool backsolve)
{
    problem p = problem_open(s, system);
    double y[PROBLEM_MOST], g[PROBLEM_MOST];
    gradient result = { .n = 0 };
    memcpy(y, problem_starts[system], sizeof y);
    memcpy(g, g0, sizeof g);
    if (n > 0)
        ck_ok(ot_stepper_fixed(p.stepper, LENGTH, n, y));
    else
        ck_ok(ot_stepper_controlled(p.stepper, LENGTH, control, y, NULL));
    if (backsolve)
        ck_ok(ot_stepper_backsolve(p.stepper, y, g, &result.counts));
    else
        ck_ok(ot_stepper_backward(p.stepper, g));
    memcpy(result.start, y, sizeof y);
    collect(&p, system, g, &result);
    problem_close(&p);
    return result;
}

static gradient exact(int system)
{
    return differentiate(ot_scheme_find("verner89"), system, 100, NULL, false);
}

static double gap(const gradient *a, const gradient *b)
{
    const double zero[MOST] = { 0 };
    ck_assert_int_eq(a->n, b->n);
    return problem_distance(a->n, a->of, b->of) / problem_distance(b->n, b->of, zero);
}

/* The power with which errors fall when the number of steps doubles.  Ends before rounding. */
typedef struct descent {
    double before, slope;
} descent;

static bool descend(descent *d, double error)
{
    if (error < 4e-12) return false;
    d->slope = d->before > 0 ? log2(d->before / error) : 0;
    d->before = error;
    return true;
}

START_TEST(both_gradients_and_the_start_converge_with_the_claimed_power)
{
    enum { ADJOINT, DISCRETE, START, ALL };
    static const char *const names[ALL] = { "adjoint", "gradient of the steps", "start" };
    const ot_scheme *const s = ot_scheme_at(_i / PROBLEMS);
    const int system = _i % PROBLEMS;
    const gradient right = exact(system);
    descent d[ALL] = { { 0 } };
    bool more[ALL] = { true, true, true };
    for (int n = 2; n <= 2048 && (more[ADJOINT] || more[DISCRETE] || more[START]); n *= 2) {
        const gradient adjoint = differentiate(s, system, n, NULL, true);
        const gradient discrete = differentiate(s, system, n, NULL, false);
        const double error[ALL] = { gap(&adjoint, &right), gap(&discrete, &right),
                                    problem_distance(problem_sizes[system], adjoint.start,
                                                     problem_starts[system]) };
        ck_assert_int_eq(adjoint.counts.accepted, n);
        ck_assert_int_eq(adjoint.counts.backward_evaluations, (long)n * ot_scheme_evaluations(s));
        for (int k = 0; k < ALL; k++)
            more[k] = more[k] && descend(&d[k], error[k]);
    }
    /* Above order 7, errors are below rounding before they fall by their power exactly. */
    const double slack = ot_scheme_order(s) > 9 ? 2 : ot_scheme_order(s) > 7 ? 1 : 0.2;
    /* Forward and back, errors of an odd order cancel to one order more. */
    for (int k = 0; k < ALL; k++)
        ck_assert_msg(d[k].slope >= ot_scheme_order(s) - slack &&
                          (k == START || d[k].slope <= ot_scheme_order(s) + slack + 0.3),
                      "%s, system %d, %s: slope %.3f, order %d", ot_scheme_name(s), system,
                      names[k], d[k].slope, ot_scheme_order(s));
}
END_TEST

static const struct {
    const char *scheme;
    double tolerance;
    int stages;
} controlled[] = {
    { "verner89", 1e-6, 16 },        { "verner89", 1e-11, 16 }, { "dormand_prince54", 1e-5, 7 },
    { "dormand_prince54", 1e-9, 7 }, { "fehlberg45", 1e-8, 6 }, { "bogacki_shampine32", 1e-4, 4 },
};
enum { CONTROLLED = sizeof controlled / sizeof controlled[0] };

START_TEST(a_controlled_adjoint_keeps_its_tolerance_and_counts_what_it_costs)
{
    const int system = _i / CONTROLLED, k = _i % CONTROLLED;
    const ot_control control = { .tolerance = controlled[k].tolerance, .first = 1.5 };
    const gradient found = differentiate(ot_scheme_find(controlled[k].scheme), system, 0, &control,
                                         true),
                   right = exact(system);
    const ot_control_result *const w = &found.counts;
    ck_assert_msg(gap(&found, &right) <= 20 * control.tolerance, "%s: %g", controlled[k].scheme,
                  gap(&found, &right));
    ck_assert_double_le(
        problem_distance(problem_sizes[system], found.start, problem_starts[system]),
        20 * control.tolerance);
    ck_assert_int_eq(w->backward_evaluations,
                     (long)controlled[k].stages * (w->accepted + w->rejected));
    ck_assert(w->smallest > 0 && w->largest <= LENGTH);
    ck_assert_int_eq(w->evaluations, 0);
}
END_TEST

/* ---- a linear f ---- */

static ot_var record_rates(ot_tape *t, ot_var y, int i, void *user)
{
    (void)i;
    return ot_scale(t, y, *(const ot_var *)user);
}

/* y' = l y has y = y_0 exp(l T), dL/dy_0 = g exp(l T) and dL/dl = T g y. */
START_TEST(a_linear_f_has_its_exponential)
{
    static const double rates[3] = { 0.5, -1, 2 }, start[3] = { 1, 2, -0.5 };
    static const double length = 1.25;
    ot_tape *const t = ot_tape_new();
    ot_var l = ot_param(t, "l", OT_SHAPE(3), OT_ZEROS);
    ot_stepper *st = NULL;
    ck_ok(ot_stepper_new(ot_scheme_find("dormand_prince54"), t, ot_input(t, "x", OT_SHAPE(1, 3)),
                         record_rates, &l, NULL, &st));
    ot_params *const ps = ot_stepper_params(st);
    double y[3], g[3];
    problem_set(ps, "l", rates);
    memcpy(y, start, sizeof y);
    memcpy(g, g0, sizeof g);
    const ot_control control = { .tolerance = 1e-10, .steps = 0 }, equal = { .steps = 200 };
    ck_ok(ot_stepper_controlled(st, length, _i ? &control : &equal, y, NULL));
    for (int k = 0; k < 3; k++)
        ck_assert_double_eq_tol(y[k], start[k] * exp(rates[k] * length), 1e-8);
    ck_ok(ot_stepper_backsolve(st, y, g, NULL));
    const double *const gl = ot_params_grad(ps, 0, OT_F64);
    for (int k = 0; k < 3; k++) {
        const double grown = exp(rates[k] * length);
        ck_assert_double_eq_tol(y[k], start[k], 1e-8);
        ck_assert_double_eq_tol(g[k], g0[k] * grown, 1e-8);
        ck_assert_double_eq_tol(gl[k], length * g0[k] * start[k] * grown, 1e-8);
    }
    ot_stepper_free(st);
    ot_tape_free(t);
}
END_TEST

/* ---- refusals ---- */

START_TEST(what_cannot_be_solved_backward_is_refused_with_a_sentence)
{
    problem p = problem_open(ot_scheme_find("dormand_prince54"), 0);
    double y[PROBLEM_MOST], g[PROBLEM_MOST] = { 1, NAN, 1 };
    memcpy(y, problem_starts[0], sizeof y);
    ck_status(ot_stepper_backsolve(p.stepper, y, g, NULL), OT_EINVAL);
    ck_status(ot_stepper_backsolve(p.stepper, NULL, g, NULL), OT_EINVAL);
    ck_status(ot_stepper_backsolve(p.stepper, y, NULL, NULL), OT_EINVAL);
    ck_ok(ot_stepper_controlled(p.stepper, 1, NULL, y, NULL));
    ck_status(ot_stepper_backsolve(p.stepper, y, g, NULL), OT_ENUMERIC);
    ck_assert_ptr_nonnull(strstr(ot_message(), "the gradient of the result is not finite"));
    problem_close(&p);
}
END_TEST

START_TEST(equal_steps_have_no_other_options)
{
    static const ot_control bad[] = { { .steps = 4, .tolerance = 1e-3 },
                                      { .steps = 4, .first = 0.5 },
                                      { .steps = 4, .most_steps = 9 },
                                      { .steps = -1 } };
    double y[PROBLEM_MOST] = { 1, 1, 1 };
    problem p = problem_open(ot_scheme_find("verner89"), 0);
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        ck_status(ot_stepper_controlled(p.stepper, 1, &bad[i], y, NULL), OT_EINVAL);
        ck_assert_msg(strstr(ot_message(), "equal steps"), "%s", ot_message());
    }
    problem_close(&p);
}
END_TEST

/* Equal steps need no embedded method, and have the bits of ot_stepper_fixed. */
START_TEST(equal_steps_are_those_of_a_fixed_integration)
{
    double y[PROBLEM_MOST], z[PROBLEM_MOST];
    problem p = problem_open(ot_scheme_find("rk4"), 0);
    ot_control_result w;
    memcpy(y, problem_starts[0], sizeof y);
    memcpy(z, y, sizeof z);
    ck_ok(ot_stepper_controlled(p.stepper, LENGTH, &(ot_control){ .steps = 7 }, y, &w));
    ck_ok(ot_stepper_fixed(p.stepper, LENGTH, 7, z));
    ck_assert_mem_eq(y, z, sizeof y);
    ck_assert_int_eq(w.accepted, 7);
    ck_assert_int_eq(w.rejected, 0);
    ck_assert_int_eq(w.evaluations, 28);
    ck_assert_double_eq(w.smallest, LENGTH / 7);
    problem_close(&p);
}
END_TEST

TCase *adjoint_case(void)
{
    TCase *c = tcase_create("adjoint");
    tcase_set_timeout(c, 120);
    tcase_add_loop_test(c, both_gradients_and_the_start_converge_with_the_claimed_power, 0,
                        ot__builtin_count * PROBLEMS);
    tcase_add_loop_test(c, a_controlled_adjoint_keeps_its_tolerance_and_counts_what_it_costs, 0,
                        CONTROLLED * PROBLEMS);
    tcase_add_loop_test(c, a_linear_f_has_its_exponential, 0, 2);
    tcase_add_test(c, what_cannot_be_solved_backward_is_refused_with_a_sentence);
    tcase_add_test(c, equal_steps_have_no_other_options);
    tcase_add_test(c, equal_steps_are_those_of_a_fixed_integration);
    return c;
}
