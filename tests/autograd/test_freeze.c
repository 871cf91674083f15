/* SPDX-License-Identifier: BSD-3-Clause
 * Frozen parameters: which patterns match, which are refused, and that programs form no gradient of
 * them.  tests/train/test_freeze.c compares whole trainings with PyTorch. */
#include <math.h>
#include <string.h>

#include "autograd/cases.h"

static ot_tape *t;
static ot_params *ps;
static ot_var images, loss;

/* stem.conv -> stem.bn -> body.conv -> mean.  Both convolutions have "weight".  The norm has
 * "weight", "bias" and two statistics. */
static void set_up(void)
{
    t = ot_tape_new();
    images = ot_input(t, "images", OT_SHAPE(2, 5, 5, 3));
    const ot_var first = ot_param(t, "stem.conv.weight", OT_SHAPE(4, 3, 3, 3), ot_init_he(27));
    const ot_var gamma = ot_param(t, "stem.bn.weight", OT_SHAPE(4), OT_ONES);
    const ot_var beta = ot_param(t, "stem.bn.bias", OT_SHAPE(4), OT_ZEROS);
    const ot_var mean = ot_stat(t, "stem.bn.running_mean", OT_SHAPE(4), OT_ZEROS);
    const ot_var var = ot_stat(t, "stem.bn.running_var", OT_SHAPE(4), OT_ONES);
    const ot_var second = ot_param(t, "body.conv.weight", OT_SHAPE(2, 4, 3, 3), ot_init_he(36));
    const ot_var x =
        ot_batch_norm(t, ot_conv2d(t, images, first, 1, 1), gamma, beta, mean, var, 0.1, 1e-5);
    loss = ot_mean(t, ot_conv2d(t, ot_relu(t, x), second, 1, 1));
    ck_ok(ot_params_new(t, &ps));
}

static void tear_down(void)
{
    ot_params_free(ps);
    ot_tape_free(t);
}

/* One letter per tensor: 'f' if it is frozen, '-' if it is not. */
static void expect_frozen(const char *which)
{
    for (int i = 0; i < ot_params_count(ps); i++)
        ck_assert_msg(ot_params_frozen(ps, i) == (which[i] == 'f'), "%s", ot_params_name(ps, i));
}

static const struct {
    const char *patterns, *frozen;
} matching[] = {
    { NULL, "------" },
    { "", "------" },
    { "stem.conv.weight", "f-----" },
    { "stem.*", "fffff-" },
    { "*.conv.weight,stem.bn.weight", "ff---f" },
    { "stem.bn.*", "-ffff-" },
    { "stem.bn.weight", "-f----" }, /* its bias is trained, so the norm trains */
    { "stem.bn.bias,stem.bn.weight", "-ffff-" },
    { "????.conv.weight,stem.bn.bias", "f-f--f" },
    { "*o*", "f----f" },
    { "*y.conv.*ght", "-----f" },
    { "**body**", "-----f" },
};

START_TEST(patterns_match_whole_names_and_norms_are_frozen_with_all_their_parameters)
{
    ck_ok(ot_params_freeze(ps, "body.*")); /* a later call replaces what this one froze */
    ck_ok(ot_params_freeze(ps, matching[_i].patterns));
    expect_frozen(matching[_i].frozen);
    ck_assert(!ot_params_frozen(ps, -1) && !ot_params_frozen(ps, 6));
}
END_TEST

static const struct {
    const char *patterns, *says;
} refused[] = {
    { "stm.*", "freeze: no parameter matches 'stm.*'; did you mean 'stem.*'" },
    { "stem.*,body.conv.wight", "no parameter matches 'body.conv.wight'; did you mean "
                                "'body.conv.weight'" },
    { "stem.conv", "no parameter matches 'stem.conv'; did you mean 'stem.conv.*'" },
    { "stem.bn.running_mean", "no parameter matches" }, /* a statistic */
    { "stem.*,", "no parameter matches ''" },
    { "Q", "no parameter matches 'Q'; a name is for example 'stem.conv.weight'" },
    { "*", "freeze: '*' matches all 4 parameters; at least one must be left to train" },
    { "stem.*,body.*", "matches all 4 parameters" },
};

START_TEST(a_pattern_without_a_match_and_freezing_everything_are_refused)
{
    ck_ok(ot_params_freeze(ps, "stem.conv.*"));
    ck_status(ot_params_freeze(ps, refused[_i].patterns), OT_EINVAL);
    ck_assert_msg(strstr(ot_message(), refused[_i].says), "%s", ot_message());
    expect_frozen("f-----");
}
END_TEST

static ot_program *compile(ot_dtype dtype)
{
    ot_program *p = NULL;
    ck_ok(ot_compile(t, loss, &(ot_compile_opts){ .dtype = dtype, .params = ps }, &p));
    return p;
}

static void run(ot_program *p, ot_dtype dtype)
{
    void *const x = ot_program_input(p, images);
    for (int i = 0; i < 2 * 5 * 5 * 3; i++) {
        if (dtype == OT_F64)
            ((double *)x)[i] = i % 7 - 2;
        else
            ((float *)x)[i] = (float)(i % 7 - 2);
    }
    ck_ok(ot_forward(p, 2));
    ck_ok(ot_backward(p, NULL, false));
}

static double size_of_gradient(int i, ot_dtype dtype)
{
    double sum = 0;
    const void *const g = ot_params_grad(ps, i, dtype);
    for (size_t j = 0; j < ot_params_elements(ps, i); j++)
        sum += dtype == OT_F64 ? fabs(((const double *)g)[j]) : fabs((double)((const float *)g)[j]);
    return sum;
}

START_TEST(frozen_parameters_have_no_gradient_and_frozen_statistics_stay)
{
    const ot_dtype dtype = _i;
    ck_ok(ot_params_freeze(ps, "stem.bn.*"));
    ot_program *p = compile(dtype);
    run(p, dtype);
    for (int i = 0; i < ot_params_count(ps); i++)
        if (ot_params_trained(ps, i))
            ck_assert_msg((size_of_gradient(i, dtype) == 0) == ot_params_frozen(ps, i), "%s",
                          ot_params_name(ps, i));
    for (int j = 0; j < 4; j++) {
        ck_assert(((const float *)ot_params_value(ps, 3, OT_F32))[j] == 0);
        ck_assert(((const float *)ot_params_value(ps, 4, OT_F32))[j] == 1);
    }
    ot_program_free(p);
}
END_TEST

/* A frozen beginning needs no backward step, a frozen convolution after it half of one. */
START_TEST(the_plan_has_less_work_and_memory)
{
    ot_program *p = compile(OT_F32);
    const ot_program_info all = ot_program_describe(p);
    ot_program_free(p);
    ck_ok(ot_params_freeze(ps, "body.*"));
    p = compile(OT_F32);
    const ot_program_info first = ot_program_describe(p);
    ot_program_free(p);
    ck_ok(ot_params_freeze(ps, "stem.*"));
    p = compile(OT_F32);
    const ot_program_info last = ot_program_describe(p);
    ot_program_free(p);
    const double conv = 2.0 * 5 * 5 * 2 * 4 * 9; /* of the second convolution, forward */
    ck_assert_double_eq_tol(all.flops_backward - first.flops_backward, conv, 1e-9);
    ck_assert_double_lt(last.flops_backward, all.flops_backward / 2);
    ck_assert_int_lt(last.calls, all.calls);
    ck_assert_uint_lt(last.arena_bytes, all.arena_bytes);
    ck_assert_double_eq(last.flops_forward, all.flops_forward);
}
END_TEST

TCase *freeze_case(void)
{
    TCase *c = tcase_create("freeze");
    tcase_add_checked_fixture(c, set_up, tear_down);
    tcase_add_loop_test(c,
                        patterns_match_whole_names_and_norms_are_frozen_with_all_their_parameters,
                        0, sizeof matching / sizeof matching[0]);
    tcase_add_loop_test(c, a_pattern_without_a_match_and_freezing_everything_are_refused, 0,
                        sizeof refused / sizeof refused[0]);
    tcase_add_loop_test(c, frozen_parameters_have_no_gradient_and_frozen_statistics_stay, OT_F32,
                        OT_F64 + 1);
    tcase_add_test(c, the_plan_has_less_work_and_memory);
    return c;
}
