/* SPDX-License-Identifier: BSD-3-Clause
 * The store of parameters: names, initial values, and copies in both dtypes. */
#include <math.h>
#include <string.h>

#include "autograd/cases.h"

static ot_tape *t;
static ot_params *ps;

static void new_params(void)
{
    t = ot_tape_new();
    ot_init_stream(t, 5);
    ot_param(t, "w", OT_SHAPE(100, 50), ot_init_he(50));
    ot_param(t, "gamma", OT_SHAPE(3), OT_ONES);
    ot_stat(t, "mean", OT_SHAPE(3), OT_ZEROS);
    ck_ok(ot_params_new(t, &ps));
}

static void free_params(void)
{
    ot_params_free(ps);
    ot_tape_free(t);
}

START_TEST(tensors_are_listed_in_the_order_of_the_tape)
{
    ck_assert_int_eq(ot_params_count(ps), 3);
    ck_assert_str_eq(ot_params_name(ps, 0), "w");
    ck_assert_int_eq(ot_params_find(ps, "mean"), 2);
    ck_assert_int_eq(ot_params_find(ps, "nothing"), -1);
    ck_assert(ot_params_trained(ps, 1) && !ot_params_trained(ps, 2));
    ck_assert_uint_eq(ot_params_total(ps), 5003);
    ck_assert_uint_eq(ot_params_elements(ps, 0), 5000);
    ck_assert_int_eq(ot_params_shape(ps, 0).dim[1], 50);
}
END_TEST

START_TEST(an_index_out_of_range_gives_nothing)
{
    for (int i = -1; i <= 3; i += 4) {
        ck_assert_ptr_null(ot_params_name(ps, i));
        ck_assert_ptr_null(ot_params_value(ps, i, OT_F32));
        ck_assert_ptr_null(ot_params_edit(ps, i, OT_F64));
        ck_assert_ptr_null(ot_params_grad(ps, i, OT_F32));
        ck_assert_uint_eq(ot_params_elements(ps, i), 0);
        ck_assert_int_eq(ot_params_shape(ps, i).rank, -1);
    }
}
END_TEST

START_TEST(he_weights_have_variance_two_over_fan_in)
{
    ot_params_init(ps, 9);
    const float *w = ot_params_value(ps, 0, OT_F32);
    double squares = 0;
    for (int i = 0; i < 5000; i++)
        squares += (double)w[i] * w[i];
    ck_assert_double_lt(fabs(squares / 5000 * 25 - 1), 4 * sqrt(2.0 / 5000));
}
END_TEST

enum { MANY = 100000 };

/* MANY initial values of one parameter, which the caller frees. */
static float *initial_values(ot_init init, uint64_t seed, int stream)
{
    ot_tape *tape = ot_tape_new();
    ot_params *params = NULL;
    ot_init_stream(tape, stream);
    ot_param(tape, "w", OT_SHAPE(MANY), init);
    ck_ok(ot_params_new(tape, &params));
    ot_params_init(params, seed);
    float *w = malloc(MANY * sizeof *w);
    memcpy(w, ot_params_value(params, 0, OT_F32), MANY * sizeof *w);
    ot_params_free(params);
    ot_tape_free(tape);
    return w;
}

/* Mean and variance of numbers between two bounds, which are nearly reached. */
static void check_moments(const float *w, double low, double high, double mean, double variance)
{
    double sum = 0, squares = 0, least = INFINITY, most = -INFINITY;
    for (int i = 0; i < MANY; i++) {
        sum += (double)w[i];
        squares += ((double)w[i] - mean) * ((double)w[i] - mean);
        least = fmin(least, (double)w[i]);
        most = fmax(most, (double)w[i]);
    }
    ck_assert_double_lt(fabs(sum / MANY - mean), 4 * sqrt(variance / MANY));
    ck_assert_double_lt(fabs(squares / MANY / variance - 1), 4 * sqrt(2.0 / MANY));
    ck_assert_double_ge(least, low);
    ck_assert_double_le(most, high);
    ck_assert_double_lt(least - low + high - most, 1e-3 * (high - low));
}

START_TEST(uniform_values_fill_their_interval)
{
    float *w = initial_values(ot_init_uniform(-0.75, 0.25), 3, 1);
    check_moments(w, -0.75, 0.25, -0.25, 1.0 / 12);
    free(w);
    w = initial_values(ot_init_uniform(1.5, 1.5), 3, 1);
    for (int i = 0; i < MANY; i++)
        ck_assert(w[i] == 1.5f);
    free(w);
}
END_TEST

/* The variance of a standard normal number within 2 is 1 - 4*phi(2)/(2*Phi(2) - 1). */
START_TEST(truncated_values_are_normal_within_two_deviations)
{
    float *w = initial_values(ot_init_truncated(0.5), 3, 1);
    check_moments(w, -1, 1, 0, 0.25 * 0.7737413035);
    free(w);
}
END_TEST

START_TEST(only_numbers_beyond_two_deviations_are_drawn_again)
{
    float *normal = initial_values((ot_init){ .kind = OT_INIT_NORMAL, .value = 0.5 }, 3, 1);
    float *w = initial_values(ot_init_truncated(0.5), 3, 1);
    int again = 0;
    for (int i = 0; i < MANY; i++) {
        ck_assert(fabsf(normal[i]) > 1 || w[i] == normal[i]);
        again += fabsf(normal[i]) > 1;
    }
    ck_assert_double_lt(fabs(again / (double)MANY - 0.0455003), 4 * sqrt(0.0455 / MANY));
    free(normal);
    free(w);
}
END_TEST

START_TEST(random_values_are_a_function_of_seed_and_stream)
{
    const ot_init random[] = { ot_init_he(2), ot_init_uniform(-1, 2), ot_init_truncated(1) };
    const size_t bytes = MANY * sizeof(float);
    float *w = initial_values(random[_i], 3, 1), *same = initial_values(random[_i], 3, 1);
    float *seed = initial_values(random[_i], 4, 1), *stream = initial_values(random[_i], 3, 2);
    ck_assert_mem_eq(w, same, bytes);
    ck_assert_mem_ne(w, seed, bytes);
    ck_assert_mem_ne(w, stream, bytes);
    free(w);
    free(same);
    free(seed);
    free(stream);
}
END_TEST

START_TEST(initial_values_depend_on_seed_and_stream_but_not_on_names)
{
    ot_tape *other = ot_tape_new();
    ot_params *same = NULL;
    ot_init_stream(other, 5);
    ot_param(other, "called.otherwise", OT_SHAPE(100, 50), ot_init_he(50));
    ot_init_stream(other, 6);
    ot_param(other, "w", OT_SHAPE(100, 50), ot_init_he(50));
    ck_ok(ot_params_new(other, &same));
    ot_params_init(ps, 9);
    ot_params_init(same, 9);
    const size_t bytes = 5000 * sizeof(float);
    ck_assert_mem_eq(ot_params_value(ps, 0, OT_F32), ot_params_value(same, 0, OT_F32), bytes);
    ck_assert_mem_ne(ot_params_value(ps, 0, OT_F32), ot_params_value(same, 1, OT_F32), bytes);
    ot_params_init(same, 10);
    ck_assert_mem_ne(ot_params_value(ps, 0, OT_F32), ot_params_value(same, 0, OT_F32), bytes);
    ot_params_free(same);
    ot_tape_free(other);
}
END_TEST

START_TEST(what_was_written_in_one_dtype_is_read_in_the_other)
{
    float *f = ot_params_edit(ps, 1, OT_F32);
    f[0] = 0.1f;
    const double *d = ot_params_value(ps, 1, OT_F64);
    ck_assert(d[0] == (double)0.1f);
    double *e = ot_params_edit(ps, 1, OT_F64);
    e[1] = 1.0 / 3;
    f = ot_params_edit(ps, 1, OT_F32);
    ck_assert(f[1] == (float)(1.0 / 3));
    f[2] = 7;
    d = ot_params_value(ps, 1, OT_F64);
    ck_assert(d[2] == 7);
    ck_assert(d[0] == (double)0.1f);
}
END_TEST

START_TEST(reading_in_double_does_not_lose_what_float_writes_later)
{
    (void)ot_params_value(ps, 1, OT_F64);
    float *f = ot_params_edit(ps, 1, OT_F32);
    f[0] = 5;
    ck_assert(((const float *)ot_params_value(ps, 1, OT_F32))[0] == 5);
    ck_assert(((const double *)ot_params_value(ps, 1, OT_F64))[0] == 5);
}
END_TEST

TCase *params_case(void)
{
    TCase *c = tcase_create("params");
    tcase_add_checked_fixture(c, new_params, free_params);
    tcase_add_test(c, tensors_are_listed_in_the_order_of_the_tape);
    tcase_add_test(c, an_index_out_of_range_gives_nothing);
    tcase_add_test(c, he_weights_have_variance_two_over_fan_in);
    tcase_add_test(c, uniform_values_fill_their_interval);
    tcase_add_test(c, truncated_values_are_normal_within_two_deviations);
    tcase_add_test(c, only_numbers_beyond_two_deviations_are_drawn_again);
    tcase_add_loop_test(c, random_values_are_a_function_of_seed_and_stream, 0, 3);
    tcase_add_test(c, initial_values_depend_on_seed_and_stream_but_not_on_names);
    tcase_add_test(c, what_was_written_in_one_dtype_is_read_in_the_other);
    tcase_add_test(c, reading_in_double_does_not_lose_what_float_writes_later);
    return c;
}
