/* SPDX-License-Identifier: BSD-3-Clause
 * Values and gradients of small programs whose answers are known by hand. */
#include <math.h>
#include <string.h>

#include "autograd/cases.h"
#include "autograd/program.h"

static ot_tape *t;
static ot_program *p;

static void new_tape(void)
{
    t = ot_tape_new();
    p = NULL;
}

static void free_all(void)
{
    ot_program_free(p);
    ot_tape_free(t);
}

static void compile(ot_var root, ot_compile_opts opts)
{
    ck_ok(ot_compile(t, root, &opts, &p));
}

/* w (3) all 2, L = sum(w*w): the gradient is 2w = 4. */
static ot_var square_of_parameter(void)
{
    const ot_var w =
        ot_param(t, "w", OT_SHAPE(3), (ot_init){ .kind = OT_INIT_CONSTANT, .value = 2.0 });
    return ot_sum(t, ot_mul(t, w, w));
}

static double gradient(int i, ot_dtype dtype)
{
    const void *g = ot_params_grad(ot_program_params(p), i, dtype);
    return dtype == OT_F64 ? *(const double *)g : (double)*(const float *)g;
}

START_TEST(a_var_used_twice_accumulates)
{
    for (int dtype = OT_F32; dtype <= OT_F64; dtype++) {
        free_all();
        new_tape();
        compile(square_of_parameter(), (ot_compile_opts){ .dtype = (ot_dtype)dtype });
        ck_ok(ot_forward(p, 1));
        ck_ok(ot_backward(p, NULL, false));
        ck_assert(gradient(0, (ot_dtype)dtype) == 4);
    }
}
END_TEST

START_TEST(a_second_backward_does_not_double_unless_asked_to_accumulate)
{
    compile(square_of_parameter(), (ot_compile_opts){ .dtype = OT_F64 });
    for (int i = 0; i < 3; i++) {
        ck_ok(ot_forward(p, 1));
        ck_ok(ot_backward(p, NULL, false));
        ck_assert(gradient(0, OT_F64) == 4);
    }
    for (int i = 2; i < 4; i++) {
        ck_ok(ot_forward(p, 1));
        ck_ok(ot_backward(p, NULL, true));
        ck_assert(gradient(0, OT_F64) == 4 * i);
    }
    ot_params_zero_grad(ot_program_params(p));
    ck_assert(gradient(0, OT_F64) == 0);
}
END_TEST

START_TEST(float_gradients_accumulate_like_double_ones)
{
    compile(square_of_parameter(), (ot_compile_opts){ .dtype = OT_F32 });
    for (int i = 1; i < 4; i++) {
        ck_ok(ot_forward(p, 1));
        ck_ok(ot_backward(p, NULL, i > 1));
        ck_assert(gradient(0, OT_F32) == 4 * i);
    }
}
END_TEST

START_TEST(backward_needs_a_forward_before_it_each_time)
{
    compile(square_of_parameter(), (ot_compile_opts){ .dtype = OT_F64 });
    ck_status(ot_backward(p, NULL, false), OT_EINVAL);
    ck_ok(ot_forward(p, 1));
    ck_ok(ot_backward(p, NULL, false));
    ck_status(ot_backward(p, NULL, false), OT_EINVAL);
}
END_TEST

START_TEST(a_forward_only_program_has_no_backward)
{
    compile(square_of_parameter(), (ot_compile_opts){ .forward_only = true });
    ck_ok(ot_forward(p, 1));
    ck_assert(*(const float *)ot_program_value(p, p->root) == 12);
    ck_status(ot_backward(p, NULL, false), OT_EINVAL);
}
END_TEST

START_TEST(a_program_that_is_planned_only_is_described_and_not_run)
{
    const ot_var l = square_of_parameter();
    ot_program *planned = NULL;
    compile(l, (ot_compile_opts){ .dtype = OT_F64 });
    ck_ok(ot_compile(t, l, &(ot_compile_opts){ .dtype = OT_F64, .plan_only = true }, &planned));
    const ot_program_info a = ot_program_describe(p), b = ot_program_describe(planned);
    ck_assert_uint_eq(b.arena_bytes, a.arena_bytes);
    ck_assert_uint_eq(b.scratch_bytes, a.scratch_bytes);
    ck_assert_int_eq(b.calls, a.calls);
    ck_status(ot_forward(planned, 1), OT_EINVAL);
    ck_assert_ptr_null(ot_program_value(planned, l));
    ot_program_free(planned);
}
END_TEST

START_TEST(a_smaller_batch_leaves_the_rest_alone)
{
    const ot_var x = ot_input(t, "x", OT_SHAPE(8, 2));
    const ot_var l = ot_mean(t, ot_mul(t, x, x));
    compile(l, (ot_compile_opts){ .dtype = OT_F64, .input_gradients = true });
    double *in = ot_program_input(p, x);
    for (int i = 0; i < 16; i++)
        in[i] = i < 6 ? i : NAN;
    ck_ok(ot_forward(p, 3));
    ck_ok(ot_backward(p, NULL, false));
    ck_assert_double_eq_tol(*(const double *)ot_program_value(p, l), 55.0 / 6, 1e-14);
    const double *g = ot_program_grad(p, x);
    for (int i = 0; i < 6; i++)
        ck_assert_double_eq_tol(g[i], 2.0 * i / 6, 1e-15);
    ck_status(ot_forward(p, 0), OT_EINVAL);
    ck_status(ot_forward(p, 9), OT_EINVAL);
}
END_TEST

START_TEST(a_seed_contracts_a_root_that_is_not_a_scalar)
{
    const ot_var x = ot_input(t, "x", OT_SHAPE(2, 2));
    const ot_coef c[] = { { .value = 3 } };
    const ot_var y = ot_lincomb(t, 1, c, &x);
    compile(y, (ot_compile_opts){ .dtype = OT_F64, .input_gradients = true });
    const double seed[] = { 1, -2, 0.5, 4 };
    memset(ot_program_input(p, x), 0, 4 * sizeof(double));
    ck_ok(ot_forward(p, 2));
    ck_ok(ot_backward(p, seed, false));
    const double *g = ot_program_grad(p, x);
    for (int i = 0; i < 4; i++)
        ck_assert(g[i] == 3 * seed[i]);
}
END_TEST

START_TEST(two_programs_share_their_parameters)
{
    const ot_var l = square_of_parameter();
    ot_params *ps = NULL;
    ot_program *other = NULL;
    ck_ok(ot_params_new(t, &ps));
    compile(l, (ot_compile_opts){ .dtype = OT_F32, .params = ps });
    ck_ok(ot_compile(t, l, &(ot_compile_opts){ .dtype = OT_F64, .params = ps }, &other));
    float *w = ot_params_edit(ps, 0, OT_F32);
    w[0] = 5;
    ck_ok(ot_forward(p, 1));
    ck_ok(ot_forward(other, 1));
    ck_assert(*(const float *)ot_program_value(p, l) == 33);
    ck_assert(*(const double *)ot_program_value(other, l) == 33);
    ot_program_free(other);
    ot_program_free(p);
    p = NULL;
    ot_params_free(ps);
}
END_TEST

START_TEST(a_parameter_that_root_does_not_read_has_gradient_zero)
{
    const ot_var unused = ot_param(t, "unused", OT_SHAPE(2), OT_ONES);
    ot_relu(t, unused);
    compile(square_of_parameter(), (ot_compile_opts){ .dtype = OT_F64 });
    double *g = ot_params_grad(ot_program_params(p), 0, OT_F64);
    g[0] = 99; /* as if another program had left it */
    ck_ok(ot_forward(p, 1));
    ck_ok(ot_backward(p, NULL, false));
    ck_assert(g[0] == 0);
}
END_TEST

START_TEST(kept_vars_can_be_read_and_others_cannot)
{
    const ot_var x = ot_input(t, "x", OT_SHAPE(1, 3));
    const ot_var hidden = ot_mul(t, x, x), kept = ot_mul(t, hidden, x);
    const ot_var aside = ot_relu(t, hidden);
    const ot_var l = ot_sum(t, ot_relu(t, kept));
    const ot_var keep[] = { kept, aside };
    compile(l, (ot_compile_opts){
                   .dtype = OT_F64, .input_gradients = true, .n_keep = 2, .keep = keep });
    double *in = ot_program_input(p, x);
    for (int i = 0; i < 3; i++)
        in[i] = i + 1;
    ck_ok(ot_forward(p, 1));
    ck_ok(ot_backward(p, NULL, false));
    ck_assert(((const double *)ot_program_value(p, kept))[2] == 27);
    ck_assert(((const double *)ot_program_value(p, aside))[2] == 9);
    ck_assert(((const double *)ot_program_grad(p, kept))[2] == 1);
    ck_assert(((const double *)ot_program_grad(p, x))[2] == 27);
    ck_assert_ptr_null(ot_program_value(p, hidden));
    ck_assert_ptr_null(ot_program_grad(p, aside)); /* root does not depend on it */
}
END_TEST

START_TEST(gradients_flow_through_many_uses_of_one_state)
{
    /* s0 = x, s_{i+1} = s_i + x: L = sum(s_9) has gradient 10; the states share memory. */
    const ot_var x = ot_input(t, "x", OT_SHAPE(2, 5));
    const ot_coef ones[] = { { .value = 1 }, { .value = 1 } };
    ot_var s = x;
    for (int i = 0; i < 9; i++)
        s = ot_lincomb(t, 2, ones, (ot_var[]){ s, x });
    compile(ot_sum(t, s), (ot_compile_opts){ .dtype = OT_F32, .input_gradients = true });
    memset(ot_program_input(p, x), 0, 10 * sizeof(float));
    ck_ok(ot_forward(p, 2));
    ck_ok(ot_backward(p, NULL, false));
    const float *g = ot_program_grad(p, x);
    for (int i = 0; i < 10; i++)
        ck_assert(g[i] == 10);
}
END_TEST

enum { MANY = 1 << 16 }; /* numbers: every thread has some */

static int count_others(const float *x, float value)
{
    int n = 0;
    for (size_t i = 0; i < MANY; i++)
        n += x[i] != value;
    return n;
}

/* y = c x, where with denormals c x would be 1e-40, and 0.01. */
START_TEST(denormals_are_zero_in_all_threads_of_float32_programs)
{
    static const struct {
        float x, c;
    } tried[] = { { 1e-30f, 1e-10f }, { 1e-40f, 1e38f } };
    static float seed[MANY];
    ck_ok(ot_set_threads(4));
    const ot_var x = ot_input(t, "x", OT_SHAPE(4, MANY / 4));
    const ot_var y = ot_lincomb(t, 1, &(ot_coef){ .value = (double)tried[_i].c }, &x);
    compile(y, (ot_compile_opts){ .input_gradients = true });
    float *const in = ot_program_input(p, x);
    for (int run = 0; run < 2; run++) { /* in the second one the threads exist */
        for (size_t i = 0; i < MANY; i++)
            in[i] = seed[i] = tried[_i].x;
        ck_ok(ot_forward(p, 4));
        ck_assert_int_eq(count_others(ot_program_value(p, y), 0), 0);
        ck_ok(ot_backward(p, seed, false));
        ck_assert_int_eq(count_others(ot_program_grad(p, x), 0), 0);
    }
    volatile float least = tried[0].x; /* and outside of programs they are what they were */
    ck_assert(least * tried[0].c > 0);
}
END_TEST

START_TEST(double_programs_keep_denormals)
{
    const ot_var x = ot_input(t, "x", OT_SHAPE(1, 1));
    const ot_var y = ot_lincomb(t, 1, &(ot_coef){ .value = 1e-10 }, &x);
    compile(y, (ot_compile_opts){ .dtype = OT_F64, .input_gradients = true });
    const double seed = 1e-300;
    *(double *)ot_program_input(p, x) = seed;
    ck_ok(ot_forward(p, 1));
    ck_assert_double_eq(*(const double *)ot_program_value(p, y), 1e-310);
    ck_ok(ot_backward(p, &seed, false));
    ck_assert_double_eq(*(const double *)ot_program_grad(p, x), 1e-310);
}
END_TEST

START_TEST(more_threads_than_compiled_for_are_refused)
{
    ck_ok(ot_set_threads(2));
    compile(square_of_parameter(), (ot_compile_opts){ .dtype = OT_F32 });
    ck_ok(ot_set_threads(1));
    ck_ok(ot_forward(p, 1));
    ck_ok(ot_set_threads(3));
    ck_status(ot_forward(p, 1), OT_EINVAL);
}
END_TEST

TCase *run_case(void)
{
    TCase *c = tcase_create("run");
    tcase_add_checked_fixture(c, new_tape, free_all);
    tcase_add_test(c, a_var_used_twice_accumulates);
    tcase_add_test(c, a_second_backward_does_not_double_unless_asked_to_accumulate);
    tcase_add_test(c, float_gradients_accumulate_like_double_ones);
    tcase_add_test(c, backward_needs_a_forward_before_it_each_time);
    tcase_add_test(c, a_forward_only_program_has_no_backward);
    tcase_add_test(c, a_program_that_is_planned_only_is_described_and_not_run);
    tcase_add_test(c, a_smaller_batch_leaves_the_rest_alone);
    tcase_add_test(c, a_seed_contracts_a_root_that_is_not_a_scalar);
    tcase_add_test(c, two_programs_share_their_parameters);
    tcase_add_test(c, a_parameter_that_root_does_not_read_has_gradient_zero);
    tcase_add_test(c, kept_vars_can_be_read_and_others_cannot);
    tcase_add_test(c, gradients_flow_through_many_uses_of_one_state);
    tcase_add_loop_test(c, denormals_are_zero_in_all_threads_of_float32_programs, 0, 2);
    tcase_add_test(c, double_programs_keep_denormals);
    tcase_add_test(c, more_threads_than_compiled_for_are_refused);
    return c;
}
