/* SPDX-License-Identifier: BSD-3-Clause
 * Tests recorded steps by what they compute.  If f returns independent inputs, the derivatives of
 * the stage inputs and of the output are A and b.  If f(x) = Mx, the output is R(M)x. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "schemes/cases.h"
#include "schemes/scheme.h"

enum { STAGES_MOST = 64, OUTPUTS = 2 };

static const ot_output outputs[OUTPUTS] = { OT_OUTPUT_WEIGHTS, OT_OUTPUT_LAST };

/* The evaluations of a step, computed from A and b by definition: y reads each stage whose weight
 * is not 0, or (output last) only the last of them, and it reads each stage that such a stage
 * reads. */
typedef struct expectation {
    int stages, n;          /* numbers of stages and of evaluations */
    int stage[STAGES_MOST]; /* the stage of each evaluation */
    double weight[STAGES_MOST];
} expectation;

static bool reads(const ot_scheme *s, const double *weight, int i)
{
    bool read = weight[i] != 0;
    for (int later = i + 1; later < ot_scheme_stages(s) && !read; later++)
        read = ot_scheme_a(s, later, i) != 0 && reads(s, weight, later);
    return read;
}

static expectation expect(const ot_scheme *s, ot_output output)
{
    expectation e = { .stages = ot_scheme_stages(s) };
    int last = e.stages - 1;
    while (ot_scheme_b(s, last) == 0)
        last--;
    for (int i = 0; i < e.stages; i++)
        e.weight[i] = output == OT_OUTPUT_WEIGHTS ? ot_scheme_b(s, i) : i == last;
    for (int i = 0; i < e.stages; i++)
        if (reads(s, e.weight, i)) e.stage[e.n++] = i;
    return e;
}

/* ---- probes ---- */

/* Inputs of the tape that take the place of f(x). */
typedef struct probes {
    int n;
    ot_var input[STAGES_MOST], k[STAGES_MOST]; /* x and f(x) of each evaluation */
} probes;

static ot_var probe(ot_tape *t, ot_var x, int i, void *user)
{
    probes *p = user;
    ck_assert_int_eq(i, p->n);
    p->input[i] = x;
    p->k[i] = ot_input(t, "k", OT_SHAPE(1, 1, 1, 1));
    p->n++;
    return p->k[i];
}

/* d(root)/dv; 0 if root does not depend on v. */
static double derivative(const ot_program *p, ot_var v)
{
    const double *g = ot_program_grad(p, v);
    return g ? *g : 0.0;
}

/* Checks that v is x + sum_e coefficient[e] k_e. */
static void check_combination(const ot_tape *t, const probes *p, ot_var x, ot_var v,
                              const double coefficient[])
{
    if (v.id == x.id) {
        for (int e = 0; e < p->n; e++)
            ck_assert_double_eq(coefficient[e], 0.0);
        return;
    }
    const ot_compile_opts opts = { .dtype = OT_F64, .input_gradients = true };
    ot_program *program = NULL;
    ck_ok(ot_compile(t, v, &opts, &program));
    ck_ok(ot_forward(program, 1));
    ck_ok(ot_backward(program, NULL, false));
    ck_assert_double_eq(derivative(program, x), 1.0);
    for (int e = 0; e < p->n; e++)
        ck_assert_double_eq(derivative(program, p->k[e]), coefficient[e]);
    ot_program_free(program);
}

START_TEST(a_recorded_step_has_the_tableau_as_its_derivatives)
{
    const ot_scheme *s = ot_scheme_at(_i / OUTPUTS);
    const ot_output output = outputs[_i % OUTPUTS];
    const expectation e = expect(s, output);
    double coefficient[STAGES_MOST];
    probes p = { 0 };
    ot_tape *t = ot_tape_new();
    const ot_var x = ot_input(t, "x", OT_SHAPE(1, 1, 1, 1));
    const ot_var y = ot_scheme_step_with(s, t, x, probe, &p, &(ot_step_opts){ .output = output });
    ck_assert_msg(ot_tape_status(t) == OT_OK, "%s", ot_tape_message(t));
    ck_assert_int_eq(p.n, e.n);
    if (output == OT_OUTPUT_WEIGHTS) ck_assert_int_eq(p.n, ot_scheme_evaluations(s));
    for (int i = 0; i < p.n; i++) {
        for (int j = 0; j < p.n; j++)
            coefficient[j] = ot_scheme_a(s, e.stage[i], e.stage[j]);
        check_combination(t, &p, x, p.input[i], coefficient);
    }
    for (int j = 0; j < p.n; j++)
        coefficient[j] = e.weight[e.stage[j]];
    check_combination(t, &p, x, y, coefficient);
    ot_tape_free(t);
}
END_TEST

START_TEST(the_first_stage_gets_x_itself_and_zero_coefficients_are_not_recorded)
{
    probes p = { 0 };
    ot_tape *t = ot_tape_new();
    const ot_var x = ot_input(t, "x", OT_SHAPE(1, 1, 1, 1));
    ot_scheme_step(ot_scheme_find("rk4"), t, x, probe, &p);
    ck_assert_int_eq(p.input[0].id, x.id);
    /* x, four probes, three stage inputs, and two sums for the output, which begins early. */
    ck_assert_int_eq(ot_tape_length(t), 1 + 4 + 3 + 2);
    ot_tape_free(t);
}
END_TEST

START_TEST(output_last_leaves_out_what_only_the_weights_read)
{
    static const struct {
        const char *name;
        int evaluations;
    } cases[] = { { "rk4", 4 }, { "kutta_nystrom5", 5 }, { "verner89", 14 }, { "euler", 1 } };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        probes p = { 0 };
        ot_tape *t = ot_tape_new();
        const ot_var x = ot_input(t, "x", OT_SHAPE(1, 1, 1, 1));
        ot_scheme_step_with(ot_scheme_find(cases[i].name), t, x, probe, &p,
                            &(ot_step_opts){ .output = OT_OUTPUT_LAST });
        ck_assert_msg(p.n == cases[i].evaluations, "%s: %d evaluations", cases[i].name, p.n);
        ot_tape_free(t);
    }
}
END_TEST

/* ---- a linear f ---- */

enum { N = 3 };

typedef long double vector[N];

/* M is far from symmetric, and its norm is so large that every power matters. */
static const double M[N][N] = { { 0.5, -1.0, 0.25 }, { 1.5, 0.75, -0.5 }, { -0.25, 1.25, -1.0 } };
static const double X[N] = { 1.0, -2.0, 0.5 };

static void multiply(vector y)
{
    vector x;
    memcpy(x, y, sizeof x);
    for (int i = 0; i < N; i++) {
        y[i] = 0;
        for (int j = 0; j < N; j++)
            y[i] += M[i][j] * x[j];
    }
}

/* R(z) = 1 + sum_j z^j w'A^(j-1)e, for j = 0..stages. */
static void stability(const ot_scheme *s, const double w[], long double r[])
{
    const int n = ot_scheme_stages(s);
    long double v[STAGES_MOST], av[STAGES_MOST];
    r[0] = 1;
    for (int i = 0; i < n; i++)
        v[i] = 1;
    for (int j = 1; j <= n; j++) {
        r[j] = 0;
        for (int i = 0; i < n; i++) {
            r[j] += w[i] * v[i];
            av[i] = 0;
            for (int k = 0; k < i; k++)
                av[i] += ot_scheme_a(s, i, k) * v[k];
        }
        memcpy(v, av, sizeof v);
    }
}

static ot_var linear_map(ot_tape *t, ot_var x, int i, void *user)
{
    (void)i;
    return ot_linear(t, x, *(const ot_var *)user, (ot_var){ 0 });
}

static void run_linear(const ot_scheme *s, ot_output output, double result[N])
{
    ot_tape *t = ot_tape_new();
    ot_var m = ot_param(t, "M", OT_SHAPE(N, N), OT_ZEROS);
    const ot_var x = ot_input(t, "x", OT_SHAPE(1, N));
    const ot_var y =
        ot_scheme_step_with(s, t, x, linear_map, &m, &(ot_step_opts){ .output = output });
    ot_program *p = NULL;
    ck_ok(ot_compile(t, y, &(ot_compile_opts){ .dtype = OT_F64, .forward_only = true }, &p));
    memcpy(ot_params_edit(ot_program_params(p), 0, OT_F64), M, sizeof M);
    memcpy(ot_program_input(p, x), X, sizeof X);
    ck_ok(ot_forward(p, 1));
    memcpy(result, ot_program_value(p, y), N * sizeof *result);
    ot_program_free(p);
    ot_tape_free(t);
}

START_TEST(of_a_linear_f_the_output_is_the_stability_polynomial)
{
    /* Cancellation in A (Verner's row 12 has entries of 800 with the sum 4/3) costs three digits.
     */
    const double tolerance = 1e-12;
    const ot_scheme *s = ot_scheme_at(_i / OUTPUTS);
    const ot_output output = outputs[_i % OUTPUTS];
    const expectation e = expect(s, output);
    long double r[STAGES_MOST + 1], expected[N] = { 0 };
    double y[N];
    vector power = { X[0], X[1], X[2] };
    stability(s, e.weight, r);
    for (int j = 0; j <= e.stages; j++, multiply(power))
        for (int i = 0; i < N; i++)
            expected[i] += r[j] * power[i];
    run_linear(s, output, y);
    for (int i = 0; i < N; i++)
        ck_assert_msg(fabsl(y[i] - expected[i]) <= tolerance * (1 + fabsl(expected[i])),
                      "%s: y[%d] is %.17g instead of %.17Lg", ot_scheme_name(s), i, y[i],
                      expected[i]);
}
END_TEST

START_TEST(the_stability_polynomial_is_the_exponential_series_up_to_the_claimed_order)
{
    const ot_scheme *s = ot_scheme_at(_i);
    const expectation e = expect(s, OT_OUTPUT_WEIGHTS);
    long double r[STAGES_MOST + 1], factorial = 1;
    stability(s, e.weight, r);
    for (int j = 1; j <= ot_scheme_order(s); j++) {
        factorial *= j;
        ck_assert_msg(fabsl(r[j] * factorial - 1) < 1e-11L, "%s: r[%d]*%d! is %.17Lg",
                      ot_scheme_name(s), j, j, r[j] * factorial);
    }
}
END_TEST

START_TEST(verners_stability_polynomial_has_its_known_tail)
{
    static const double tail[] = { 2.573, 16.876, 11.473, -68.413, 37.744, 8.144 };
    const ot_scheme *s = ot_scheme_find("verner89");
    const expectation e = expect(s, OT_OUTPUT_WEIGHTS);
    long double r[STAGES_MOST + 1], factorial = 1;
    stability(s, e.weight, r);
    for (int j = 1; j <= 14; j++) {
        factorial *= j;
        if (j > 8) ck_assert_double_eq_tol((double)(r[j] * factorial), tail[j - 9], 5.1e-4);
    }
    for (int j = 15; j <= 16; j++)
        ck_assert_double_eq((double)r[j], 0.0);
}
END_TEST

/* ---- scopes and errors ---- */

static ot_var with_param(ot_tape *t, ot_var x, int i, void *user)
{
    (void)i, (void)user;
    return ot_linear(t, x, ot_param(t, "w", OT_SHAPE(2, 2), OT_ONES), (ot_var){ 0 });
}

START_TEST(evaluations_are_counted_in_scopes)
{
    /* The last of six stages does not read the fifth, so there are five scopes, numbered without a
     * gap. */
    const ot_step_opts last = { .output = OT_OUTPUT_LAST };
    char name[32];
    ot_params *ps = NULL;
    ot_tape *t = ot_tape_new();
    const ot_var x = ot_input(t, "x", OT_SHAPE(1, 2));
    ot_scope_push(t, "blocks.0");
    ot_scheme_step_with(ot_scheme_find("kutta_nystrom5"), t, x, with_param, NULL, &last);
    ot_scope_pop(t);
    ck_ok(ot_params_new(t, &ps));
    ck_assert_int_eq(ot_params_count(ps), 5);
    for (int i = 0; i < 5; i++) {
        snprintf(name, sizeof name, "blocks.0.stages.%d.w", i);
        ck_assert_int_ge(ot_params_find(ps, name), 0);
    }
    ot_params_free(ps);
    ot_tape_free(t);
}
END_TEST

static ot_var never(ot_tape *t, ot_var x, int i, void *user)
{
    (void)t, (void)x, (void)i, (void)user;
    ck_abort_msg("the sub-net was called");
}

static ot_var fails_third(ot_tape *t, ot_var x, int i, void *user)
{
    ++*(int *)user;
    return i == 2 ? ot_tape_fail(t, OT_EINVAL, "third") : ot_mul(t, x, x);
}

static ot_var nothing(ot_tape *t, ot_var x, int i, void *user)
{
    (void)t, (void)x, (void)i, (void)user;
    return (ot_var){ 0 };
}

START_TEST(a_null_var_in_gives_a_null_var_out_and_the_first_error_stays)
{
    ot_tape *t = ot_tape_new();
    ot_tape_fail(t, OT_ESHAPE, "first");
    ck_assert_int_eq(ot_scheme_step(ot_scheme_find("rk4"), t, (ot_var){ 0 }, never, NULL).id, 0);
    ck_assert_int_eq(ot_tape_status(t), OT_ESHAPE);
    ck_assert_str_eq(ot_tape_message(t), "first");
    ot_tape_free(t);
}
END_TEST

START_TEST(after_an_error_in_the_sub_net_it_is_not_called_again)
{
    int calls = 0;
    ot_tape *t = ot_tape_new();
    const ot_var x = ot_input(t, "x", OT_SHAPE(1, 2));
    ot_scope_push(t, "outer");
    ck_assert_int_eq(ot_scheme_step(ot_scheme_find("rk4"), t, x, fails_third, &calls).id, 0);
    ck_assert_int_eq(calls, 3);
    ck_assert_str_eq(ot_tape_message(t), "third");
    ot_scope_pop(t); /* the scopes of the stages are closed */
    ck_assert_str_eq(ot_tape_message(t), "third");
    ot_tape_free(t);
}
END_TEST

START_TEST(a_step_that_cannot_be_recorded_says_why)
{
    const ot_scheme *rk4 = ot_scheme_find("rk4");
    for (int i = 0; i < 5; i++) {
        ot_tape *t = ot_tape_new();
        const ot_var x = ot_input(t, "x", OT_SHAPE(1, 2)), null_var = { 0 };
        const char *words = "";
        ot_var y = x;
        switch (i) {
        case 0:
            words = "did you mean \"rk4\"?";
            y = ot_scheme_step(ot_scheme_find("rk44"), t, x, never, NULL);
            break;
        case 1:
            words = "rk4: no sub-net";
            y = ot_scheme_step(rk4, t, x, NULL, NULL);
            break;
        case 2:
            words = "rk4: x is the null var";
            y = ot_scheme_step(rk4, t, null_var, never, NULL);
            break;
        case 3:
            words = "rk4: evaluation 0 of f returned the null var";
            y = ot_scheme_step(rk4, t, x, nothing, NULL);
            break;
        case 4:
            words = "rk4: output 7";
            y = ot_scheme_step_with(rk4, t, x, never, NULL,
                                    &(ot_step_opts){ .output = (ot_output)7 });
            break;
        }
        ck_assert_int_eq(y.id, 0);
        ck_assert_int_eq(ot_tape_status(t), OT_EINVAL);
        ck_assert_msg(strstr(ot_tape_message(t), words), "%s", ot_tape_message(t));
        ot_tape_free(t);
    }
}
END_TEST

TCase *runge_kutta_case(void)
{
    TCase *c = tcase_create("runge_kutta");
    const int n = ot__builtin_count;
    tcase_add_loop_test(c, a_recorded_step_has_the_tableau_as_its_derivatives, 0, n * OUTPUTS);
    tcase_add_test(c, the_first_stage_gets_x_itself_and_zero_coefficients_are_not_recorded);
    tcase_add_test(c, output_last_leaves_out_what_only_the_weights_read);
    tcase_add_loop_test(c, of_a_linear_f_the_output_is_the_stability_polynomial, 0, n * OUTPUTS);
    tcase_add_loop_test(
        c, the_stability_polynomial_is_the_exponential_series_up_to_the_claimed_order, 0, n);
    tcase_add_test(c, verners_stability_polynomial_has_its_known_tail);
    tcase_add_test(c, evaluations_are_counted_in_scopes);
    tcase_add_test(c, a_null_var_in_gives_a_null_var_out_and_the_first_error_stays);
    tcase_add_test(c, after_an_error_in_the_sub_net_it_is_not_called_again);
    tcase_add_test(c, a_step_that_cannot_be_recorded_says_why);
    return c;
}
