/* SPDX-License-Identifier: BSD-3-Clause
 * Tests steppers.  Errors fall by the power that the scheme claims, controlled steps keep their
 * tolerance, and derivatives through the steps agree with differences.  The reference is the
 * integration in long double of problems.c. */
#include <math.h>
#include <string.h>

#include "schemes/cases.h"
#include "schemes/scheme.h"
#include "schemes/steppers/problems.h"

static const double LENGTH = 2;

/* Errors of these methods are below rounding before they fall by their power exactly. */
static double slack(const ot_scheme *s)
{
    static const struct {
        const char *name;
        double slack;
    } small[] = { { "tsitouras54", 0.6 }, { "dop853", 0.5 }, { "feagin108", 1.5 } };
    for (size_t i = 0; i < sizeof small / sizeof small[0]; i++)
        if (strcmp(ot_scheme_name(s), small[i].name) == 0) return small[i].slack;
    return 0.1;
}

START_TEST(errors_fall_by_the_claimed_power_until_rounding)
{
    const ot_scheme *s = ot_scheme_at(_i / PROBLEMS);
    const int system = _i % PROBLEMS, n = problem_sizes[system];
    problem p = problem_open(s, system);
    double exact[PROBLEM_MOST], before = 0, slope = 0;
    problem_solve(system, LENGTH, exact);
    for (int steps = 1; steps <= 4096; steps *= 2) {
        double y[PROBLEM_MOST];
        memcpy(y, problem_starts[system], sizeof y);
        ck_ok(ot_stepper_fixed(p.stepper, LENGTH, steps, y));
        const double error = problem_distance(n, y, exact);
        if (error < 4e-12) break;
        slope = log2(before / error);
        before = error;
    }
    ck_assert_msg(fabs(slope - ot_scheme_order(s)) <= slack(s),
                  "%s, system %d: slope %.3f, order %d", ot_scheme_name(s), system, slope,
                  ot_scheme_order(s));
    problem_close(&p);
}
END_TEST

static const struct {
    const char *scheme;
    double tolerance;
    int evaluations; /* per step */
} controlled[] = {
    { "verner89", 1e-4, 16 },        { "verner89", 1e-8, 16 },
    { "verner89", 1e-11, 16 },       { "dormand_prince54", 1e-5, 7 },
    { "dormand_prince54", 1e-9, 7 }, { "bogacki_shampine32", 1e-4, 4 },
    { "fehlberg45", 1e-8, 6 },       { "dverk65", 1e-9, 8 },
};
enum { CONTROLLED = sizeof controlled / sizeof controlled[0] };

START_TEST(controlled_steps_keep_their_tolerance_and_count_what_they_cost)
{
    const int system = _i / CONTROLLED, n = problem_sizes[system], k = _i % CONTROLLED;
    problem p = problem_open(ot_scheme_find(controlled[k].scheme), system);
    const ot_control control = { .tolerance = controlled[k].tolerance, .first = 5 };
    double y[PROBLEM_MOST], exact[PROBLEM_MOST], zero[PROBLEM_MOST] = { 0 };
    ot_control_result w;
    memcpy(y, problem_starts[system], sizeof y);
    ck_ok(ot_stepper_controlled(p.stepper, 10, &control, y, &w));
    problem_solve(system, 10, exact);
    ck_assert_int_eq(w.evaluations, (long)controlled[k].evaluations * (w.accepted + w.rejected));
    ck_assert_int_gt(w.rejected, 0); /* the first step is far too long */
    ck_assert_double_le(problem_distance(n, y, exact),
                        5 * control.tolerance * problem_distance(n, exact, zero));
    ck_assert(w.smallest > 0 && w.smallest <= w.largest && w.largest <= 10);
    problem_close(&p);
}
END_TEST

/* The gradient of L = g'y(T) through the accepted steps is compared with central differences. */
START_TEST(derivatives_through_the_steps_match_differences)
{
    static const double g0[PROBLEM_MOST] = { 0.7, -1.1, 0.4 };
    const int system = _i % PROBLEMS, n = problem_sizes[system];
    problem p = problem_open(ot_scheme_find("dormand_prince54"), system);
    ot_params *ps = ot_stepper_params(p.stepper);
    const int l = ot_params_find(ps, "l");
    double y[PROBLEM_MOST], g[PROBLEM_MOST], exact[2], d = 1e-5;
    memcpy(y, problem_starts[system], sizeof y);
    memcpy(g, g0, sizeof g);
    /* With this tolerance the derivative of the steps is that of the solution. */
    const ot_control control = { .tolerance = 1e-10 };
    ck_ok(ot_stepper_controlled(p.stepper, LENGTH, &control, y, NULL));
    ck_ok(ot_stepper_backward(p.stepper, g));
    const double gl = ((const double *)ot_params_grad(ps, l, OT_F64))[1];
    for (int what = 0; what < 1 + n; what++) {
        for (int side = 0; side < 2; side++) {
            const double by = side ? d : -d;
            memcpy(y, problem_starts[system], sizeof y);
            if (what < n) y[what] += by;
            if (what == n) ((double *)ot_params_edit(ps, l, OT_F64))[1] += by;
            ck_ok(ot_stepper_fixed(p.stepper, LENGTH, 400, y));
            if (what == n) ((double *)ot_params_edit(ps, l, OT_F64))[1] -= by;
            exact[side] = 0;
            for (int i = 0; i < n; i++)
                exact[side] += g0[i] * y[i];
        }
        const double numeric = (exact[1] - exact[0]) / (2 * d);
        ck_assert_double_eq_tol(what < n ? g[what] : gl, numeric, 1e-7 * (1 + fabs(numeric)));
    }
    problem_close(&p);
}
END_TEST

START_TEST(what_cannot_be_integrated_is_refused_with_a_sentence)
{
    double y[PROBLEM_MOST] = { 1, 1, 1 };
    problem p = problem_open(ot_scheme_find("rk4"), 0);
    ck_status(ot_stepper_controlled(p.stepper, 1, NULL, y, NULL), OT_EINVAL);
    ck_assert_ptr_nonnull(strstr(ot_message(), "rk4 has no embedded method"));
    ck_status(ot_stepper_fixed(p.stepper, 1, 0, y), OT_EINVAL);
    ck_status(ot_stepper_fixed(p.stepper, NAN, 1, y), OT_EINVAL);
    ck_status(ot_stepper_backward(p.stepper, y), OT_EINVAL);
    problem_close(&p);
    p = problem_open(ot_scheme_find("verner89"), 0);
    ck_status(ot_stepper_controlled(p.stepper, -1, NULL, y, NULL), OT_EINVAL);
    ck_status(ot_stepper_controlled(p.stepper, 1, &(ot_control){ .tolerance = -1 }, y, NULL),
              OT_EINVAL);
    ck_status(ot_stepper_controlled(p.stepper, 1,
                                    &(ot_control){ .tolerance = 1e-10, .most_steps = 2 }, y, NULL),
              OT_ENUMERIC);
    y[0] = NAN; /* no step is short enough */
    ck_status(ot_stepper_controlled(p.stepper, 1, NULL, y, NULL), OT_ENUMERIC);
    problem_close(&p);
}
END_TEST

/* Integrations that must fail, with a part of the message. */
static const struct {
    const char *parameter; /* its first number is set to `value`; NULL: that of y is */
    double value, tolerance, first;
    int most;         /* the most steps that may be computed */
    const char *says; /* a part of the message */
} failing[] = {
    { NULL, 1.2, 1e-300, 0, 150,
      "at the shortest step of 3.55e-15: the tolerance of 1e-300 is not" },
    { NULL, 1.2, 5e-324, 1, 150,
      "at the shortest step of 3.55e-15: the tolerance of 5e-324 is not" },
    { NULL, 1.2, 1e-300, OT_LEAST_STEP, 1, "the tolerance of 1e-300 is not reached" },
    { NULL, NAN, 1e-6, 0, 0, "at time 0 of 1 the state is not finite, so no step is short enough" },
    { NULL, -INFINITY, 1e-6, 1, 0, "at time 0 of 1 the state is not finite" },
    { NULL, 1e200, 1e-6, 0, 150, "of 1 after" }, /* finite, but its square is not */
    { "l", NAN, 1e-6, 0, 1, "the error estimate is not finite, nor is the parameter l" },
    { "s", NAN, 1e6, 1, 1, "the error estimate is not finite, nor is the parameter s" },
    { "a", NAN, 1e-12, 1e-9, 1, "the error estimate is not finite, nor is the parameter a" },
    { "b", NAN, 1e-6, 0, 1, "the error estimate is not finite, nor is the parameter b" },
    { "l", INFINITY, 1e-6, 0, 1, "the error estimate is not finite, nor is the parameter l" },
    { "s", -INFINITY, 1e-6, 0, 1, "the error estimate is not finite, nor is the parameter s" },
    { "l", 1.7e308, 1e-6, 0, 2, "at time 0 of 1 f is not finite, so no step is short enough" },
    { "l", 1e280, 1e-6, 0, 150, "at the shortest step of 3.55e-15: " },
    { "l", 1e200, 1e-6, 1, 150, "at the shortest step of 3.55e-15: " },
    { "l", 1e20, 1e-6, OT_LEAST_STEP, 150, "at the shortest step of 3.55e-15: " },
};
enum { FAILING = sizeof failing / sizeof failing[0] };

/* Limits the number of evaluations and not the time.  Runs over all schemes with an embedded
 * method. */
START_TEST(integrations_that_must_fail_end_after_few_evaluations_and_say_why)
{
    const ot_scheme *const s = ot_scheme_at(_i / FAILING);
    const int k = _i % FAILING;
    if (ot_tableau_rows(ot_scheme_tableau(s)) == 1) return;
    /* Feagin's estimate (k2 - k16)/360 is exactly 0 for the shortest steps. */
    if (strcmp(ot_scheme_name(s), "feagin108") == 0 && failing[k].tolerance < 1e-200) return;
    problem p = problem_open(s, 1);
    ot_params *const ps = ot_stepper_params(p.stepper);
    double y[PROBLEM_MOST] = { 1.7, 1 };
    ot_control_result result;
    if (failing[k].parameter)
        *(double *)ot_params_edit(ps, ot_params_find(ps, failing[k].parameter), OT_F64) =
            failing[k].value;
    else
        y[0] = failing[k].value;
    const ot_control control = { .tolerance = failing[k].tolerance, .first = failing[k].first };
    ck_status(ot_stepper_controlled(p.stepper, 1, &control, y, &result), OT_ENUMERIC);
    ck_assert_msg(strstr(ot_message(), failing[k].says), "%s, row %d: %s", ot_scheme_name(s), k,
                  ot_message());
    ck_assert_int_le(result.evaluations, (long)failing[k].most * ot_scheme_stages(s));
    problem_close(&p);
}
END_TEST

START_TEST(a_first_step_is_not_shorter_than_the_least_that_is_tried)
{
    static const double bad[] = { -1, NAN, INFINITY, 5e-324, 1e-300, 1e-17, 0.999 * OT_LEAST_STEP };
    static const double lengths[] = { 1, 1e-200, 1e200 };
    problem p = problem_open(ot_scheme_find("verner89"), 0);
    for (int k = 0; k < 3; k++) {
        const double length = lengths[k];
        double y[PROBLEM_MOST] = { 0 }; /* f is 0 there, so every step is accepted */
        ot_control_result result;
        for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
            const ot_control control = { .first = bad[i] * length };
            if (control.first == 0) continue; /* rounded to the default */
            ck_status(ot_stepper_controlled(p.stepper, length, &control, y, NULL), OT_EINVAL);
            ck_assert_ptr_nonnull(strstr(ot_message(), "the first step is "));
        }
        const ot_control least = { .first = OT_LEAST_STEP * length };
        ck_ok(ot_stepper_controlled(p.stepper, length, &least, y, &result));
        ck_assert_double_eq(result.smallest, least.first);
        ck_assert_int_eq(result.accepted, 25); /* each four times as long as the one before */
    }
    problem_close(&p);
}
END_TEST

/* y' = -400 y from 1e300: a step of length 1 overflows, a short one does not. */
START_TEST(a_step_that_overflows_is_only_too_long)
{
    problem p = problem_open(ot_scheme_find("dormand_prince54"), 1);
    ot_params *const ps = ot_stepper_params(p.stepper);
    static const double nothing[4] = { 0 }, fast[4] = { -400, 0, 0, -400 };
    double y[PROBLEM_MOST] = { 1e300, 1e300 };
    ot_control_result result;
    problem_set(ps, "a", nothing);
    problem_set(ps, "b", nothing);
    problem_set(ps, "l", fast);
    ck_ok(ot_stepper_controlled(p.stepper, 1, &(ot_control){ .tolerance = 1e-6, .first = 1 }, y,
                                &result));
    ck_assert_int_gt(result.rejected, 0);
    ck_assert_double_eq_tol(y[0] / 1e300 * exp(400), 1, 1e-4);
    problem_close(&p);
}
END_TEST

TCase *stepper_case(void)
{
    TCase *c = tcase_create("stepper");
    tcase_add_loop_test(c, errors_fall_by_the_claimed_power_until_rounding, 0,
                        ot__builtin_count * PROBLEMS);
    tcase_add_loop_test(c, controlled_steps_keep_their_tolerance_and_count_what_they_cost, 0,
                        CONTROLLED * PROBLEMS);
    tcase_add_loop_test(c, derivatives_through_the_steps_match_differences, 0, PROBLEMS);
    tcase_add_test(c, what_cannot_be_integrated_is_refused_with_a_sentence);
    tcase_add_loop_test(c, integrations_that_must_fail_end_after_few_evaluations_and_say_why, 0,
                        ot__builtin_count * FAILING);
    tcase_add_test(c, a_first_step_is_not_shorter_than_the_least_that_is_tried);
    tcase_add_test(c, a_step_that_overflows_is_only_too_long);
    tcase_set_timeout(c, 60);
    return c;
}
