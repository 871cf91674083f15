/* SPDX-License-Identifier: BSD-3-Clause
 * Runs the gradient check on ops of this file: a right one, wrong ones, and one with corners
 * everywhere. */
#include <math.h>
#include <string.h>

#include "autograd/cases.h"
#include "autograd/tape.h"

static ot_status same_shape(ot__shaping *s)
{
    *s->y = s->x[0];
    *s->y_batched = s->batched[0];
    return OT_OK;
}

/* y = sin(x) */
static void sine_forward(const ot__call *c)
{
    const double *x = c->x[0];
    double *y = c->y;
    for (size_t i = 0; i < ot__elements(c->ys); i++)
        y[i] = sin(x[i]);
}

/* gx += factor * cos(x + shift) * gy, right for factor 1 and shift 0. */
static void cosine(const ot__call *c, double factor, double shift)
{
    const double *x = c->x[0], *gy = c->gy;
    double *gx = c->gx[0];
    for (size_t i = 0; i < ot__elements(c->ys); i++)
        gx[i] += factor * cos(x[i] + shift) * gy[i];
}

static void right(const ot__call *c)
{
    cosine(c, 1, 0);
}

static void wrong_sign(const ot__call *c)
{
    cosine(c, -1, 0);
}

static void wrong_by_a_millionth(const ot__call *c)
{
    cosine(c, 1 + 4e-6, 0);
}

static void forgets_the_last_element(const ot__call *c)
{
    double *gx = c->gx[0];
    const size_t last = ot__elements(c->ys) - 1;
    const double before = gx[last];
    cosine(c, 1, 0);
    gx[last] = before;
}

static void not_a_number(const ot__call *c)
{
    *(double *)c->gx[0] = NAN;
}

static const ot__kernel wrong_kernels[] = { wrong_sign, wrong_by_a_millionth,
                                            forgets_the_last_element, not_a_number };

static ot_op sine = { .name = "sine",
                      .shape = same_shape,
                      .keeps = OT__KEEPS_X(0),
                      .reference = { .forward = sine_forward, .backward = right } };

/* The derivative of the first element is wrong by a part in 10^5. */
static void wrong_in_the_first_element(const ot__call *c)
{
    double *gx = c->gx[0];
    const double before = gx[0];
    cosine(c, 1, 0);
    gx[0] = before + (gx[0] - before) * (1 + 1e-5);
}

/* y = a^2 b / (a^2 + b^2), and 0 at 0.  It has a derivative in every direction, which is 0 along a
 * and along b, but at 0 it is not differentiable: the derivatives of directions do not add up. */
static void bent_forward(const ot__call *c)
{
    const double *a = c->x[0], *b = c->x[1];
    const double squares = *a * *a + *b * *b;
    *(double *)c->y = squares > 0 ? *a * *a * *b / squares : 0;
}

static void nothing(const ot__call *c)
{
    (void)c;
}

static ot_op bent = { .name = "bent",
                      .shape = same_shape,
                      .keeps = OT__KEEPS_X(0) | OT__KEEPS_X(1),
                      .reference = { .forward = bent_forward, .backward = nothing } };

static void infinite(const ot__call *c)
{
    *(double *)c->gx[0] = INFINITY;
}

static ot_tape *t;
static ot_gradcheck_report report;

static void new_tape(void)
{
    t = ot_tape_new();
}

static void free_tape(void)
{
    ot_tape_free(t);
}

static ot_var record_sine(ot_var x)
{
    const ot_var y = ot__record_op(t, &sine, 1, &x, NULL, 0);
    ck_assert_msg(y.id, "%s", ot_tape_message(t));
    return y;
}

/* sum(sin(w)) + sum(x*x*x): a parameter that the test's op reads, an input that it does not. */
static ot_var sine_of_parameter(void)
{
    const ot_coef ones[] = { { .value = 1 }, { .value = 1 } };
    const ot_var x = ot_input(t, "x", OT_SHAPE(3, 4));
    const ot_var w = ot_param(t, "w", OT_SHAPE(3, 4), ot_init_he(2));
    const ot_var sums[] = { ot_sum(t, record_sine(w)), ot_sum(t, ot_mul(t, x, ot_mul(t, x, x))) };
    return ot_lincomb(t, 2, ones, sums);
}

START_TEST(a_right_derivative_passes)
{
    const ot_var y = sine_of_parameter();
    ck_ok(ot_gradcheck(t, y, NULL, NULL, &report));
    ck_assert_msg(report.passed, "%g, dot %g", report.worst_error, report.dot_error);
    ck_assert_int_eq(report.checked, 24); /* every entry of x and w */
    ck_assert_int_eq(report.at_kink, 0);
    ck_assert_double_lt(report.worst_error, 1e-8);
}
END_TEST

START_TEST(a_wrong_derivative_is_caught_and_named)
{
    sine.reference.backward = wrong_kernels[_i];
    const ot_var y = sine_of_parameter();
    ck_ok(ot_gradcheck(t, y, NULL, NULL, &report));
    ck_assert(!report.passed);
    ck_assert(report.worst_error > 1e-6);
    ck_assert_str_eq(report.worst_tensor, "w");
    ck_assert_str_eq(report.worst_op, "sine");
}
END_TEST

START_TEST(a_small_derivative_is_compared_with_its_own_size)
{
    sine.reference.backward = wrong_in_the_first_element;
    const ot_var y = record_sine(ot_param(t, "w", OT_SHAPE(3), OT_ZEROS));
    ot_params *ps = NULL;
    ck_ok(ot_params_new(t, &ps));
    float *const x = ot_params_edit(ps, 0, OT_F32);
    x[0] = (float)acos(0.01); /* its derivative is a hundredth of the others */
    ck_ok(ot_gradcheck(t, y, ps, NULL, &report));
    ck_assert(!report.passed);
    ck_assert_double_eq_tol(report.worst_error, 1e-5, 1e-7);
    ot_params_free(ps);
}
END_TEST

START_TEST(a_derivative_that_is_right_along_each_tensor_only_does_not_pass)
{
    const ot_var in[] = { ot_param(t, "a", OT_SCALAR, OT_ZEROS),
                          ot_param(t, "b", OT_SCALAR, OT_ZEROS) };
    const ot_var y = ot__record_op(t, &bent, 2, in, NULL, 0);
    ck_assert_msg(y.id, "%s", ot_tape_message(t));
    ot_params *ps = NULL;
    ck_ok(ot_params_new(t, &ps));
    ck_ok(ot_gradcheck(t, y, ps, NULL, &report));
    ot_params_free(ps);
    ck_assert_int_eq(report.checked, 2);
    ck_assert_double_eq(report.worst_error, 0);
    ck_assert_double_eq_tol(report.dot_error, 1, 1e-6);
    ck_assert(!report.passed);
}
END_TEST

/* The same with a large part that is right along all tensors together. */
START_TEST(a_small_error_along_all_tensors_together_does_not_pass)
{
    const double wrong = 1e-4;
    const ot_coef coef[] = { { .value = wrong }, { .value = 1 }, { .value = 1 } };
    const ot_var a = ot_param(t, "a", OT_SCALAR, OT_ZEROS),
                 b = ot_param(t, "b", OT_SCALAR, OT_ZEROS);
    const ot_var bend = ot__record_op(t, &bent, 2, (const ot_var[]){ a, b }, NULL, 0);
    const ot_var y = ot_lincomb(t, 3, coef, (const ot_var[]){ bend, a, b });
    ot_params *ps = NULL;
    ck_ok(ot_params_new(t, &ps));
    ck_ok(ot_gradcheck(t, y, ps, NULL, &report));
    ot_params_free(ps);
    ck_assert_double_lt(report.worst_error, 1e-8);
    ck_assert_double_gt(report.dot_error, wrong / 100);
    ck_assert(!report.passed);
}
END_TEST

START_TEST(an_infinite_gradient_does_not_pass_at_a_corner_either)
{
    const ot_coef ones[] = { { .value = 1 }, { .value = 1 } };
    const ot_var w = ot_param(t, "w", OT_SCALAR, OT_ZEROS);
    const ot_var terms[] = { ot_relu(t, w), record_sine(w) };
    const ot_var y = ot_lincomb(t, 2, ones, terms);
    ot_params *ps = NULL;
    ck_ok(ot_params_new(t, &ps));
    ck_ok(ot_gradcheck(t, y, ps, NULL, &report));
    ck_assert_int_eq(report.checked, 0);
    ck_assert(!report.decided);
    sine.reference.backward = infinite;
    ck_ok(ot_gradcheck(t, y, ps, NULL, &report));
    ot_params_free(ps);
    ck_assert(report.decided && !report.passed && isinf(report.worst_error));
}
END_TEST

START_TEST(large_tensors_are_checked_along_random_directions)
{
    const ot_var w = ot_param(t, "w", OT_SHAPE(50, 40), ot_init_he(2));
    const ot_var y = record_sine(w);
    const ot_gradcheck_opts opts = { .directions = 5 };
    ck_ok(ot_gradcheck(t, y, NULL, &opts, &report));
    ck_assert(report.passed);
    ck_assert_int_eq(report.checked, 10);
    sine.reference.backward = wrong_by_a_millionth;
    ck_ok(ot_gradcheck(t, y, NULL, &opts, &report));
    ck_assert(!report.passed);
}
END_TEST

START_TEST(a_step_over_a_corner_is_taken_shorter)
{
    /* The operand of relu is so near the corner at 0 that all steps of the usual length cross
     * it. */
    const ot_var w = ot_param(t, "w", OT_SHAPE(2), OT_ZEROS);
    const ot_var y = ot_relu(t, w);
    ot_params *ps = NULL;
    ck_ok(ot_params_new(t, &ps));
    float *x = ot_params_edit(ps, 0, OT_F32);
    x[0] = 1e-4f;
    x[1] = -1e-4f;
    ck_ok(ot_gradcheck(t, y, ps, NULL, &report));
    ck_assert_msg(report.passed, "%g", report.worst_error);
    ck_assert_int_eq(report.checked, 2);
    x = ot_params_edit(ps, 0, OT_F32);
    x[0] = x[1] = 0; /* on the corner itself there is no derivative to compare with */
    ck_ok(ot_gradcheck(t, y, ps, NULL, &report));
    ck_assert_int_eq(report.checked, 0);
    ck_assert_int_eq(report.at_kink, 3);
    ck_assert(!report.passed);
    ot_params_free(ps);
}
END_TEST

START_TEST(parameters_and_statistics_are_left_as_they_were)
{
    const ot_var x = ot_input(t, "x", OT_SHAPE(4, 3));
    const ot_shape c = OT_SHAPE(3);
    const ot_var y =
        ot_batch_norm(t, x, ot_param(t, "gamma", c, OT_ONES), ot_param(t, "beta", c, OT_ZEROS),
                      ot_stat(t, "mean", c, OT_ZEROS), ot_stat(t, "var", c, OT_ONES), 0.1, 1e-5);
    ot_params *ps = NULL;
    ck_ok(ot_params_new(t, &ps));
    ck_ok(ot_gradcheck(t, y, ps, NULL, &report));
    ck_assert_msg(report.passed, "%g of %s", report.worst_error, report.worst_tensor);
    for (int i = 0; i < 4; i++) {
        const float expected = i == 0 || i == 3 ? 1 : 0;
        for (int j = 0; j < 3; j++)
            ck_assert(((const float *)ot_params_value(ps, i, OT_F32))[j] == expected);
    }
    ot_params_free(ps);
}
END_TEST

TCase *gradcheck_case(void)
{
    TCase *c = tcase_create("gradcheck");
    tcase_add_checked_fixture(c, new_tape, free_tape);
    tcase_add_test(c, a_right_derivative_passes);
    tcase_add_loop_test(c, a_wrong_derivative_is_caught_and_named, 0,
                        (int)(sizeof wrong_kernels / sizeof wrong_kernels[0]));
    tcase_add_test(c, a_small_derivative_is_compared_with_its_own_size);
    tcase_add_test(c, a_derivative_that_is_right_along_each_tensor_only_does_not_pass);
    tcase_add_test(c, a_small_error_along_all_tensors_together_does_not_pass);
    tcase_add_test(c, an_infinite_gradient_does_not_pass_at_a_corner_either);
    tcase_add_test(c, large_tensors_are_checked_along_random_directions);
    tcase_add_test(c, a_step_over_a_corner_is_taken_shorter);
    tcase_add_test(c, parameters_and_statistics_are_left_as_they_were);
    return c;
}
