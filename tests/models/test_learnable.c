/* SPDX-License-Identifier: BSD-3-Clause
 * Networks that learn their steps and tableaux, or whose stages share weights: counts and names of
 * the parameters, the values they start from, what projection does, gradients. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "models/cases.h"

static ot_net *small_net(ot_net_opts o)
{
    ot_net *net = NULL;
    if (!o.width) o.width = 3;
    o.image = 4;
    o.classes = 3;
    o.batch = 3;
    ck_ok(ot_net_new(&o, &net));
    return net;
}

static size_t count_params(ot_net_opts o)
{
    ot_net *net = small_net(o);
    const size_t n = ot_net_describe(net).params;
    ot_net_free(net);
    return n;
}

static ot_params *start(const ot_net *net)
{
    ot_params *ps = NULL;
    ck_ok(ot_params_new(ot_net_tape(net), &ps));
    ot_params_init(ps, 5);
    return ps;
}

/* ---- counts and names ---- */

START_TEST(a_learned_step_is_a_parameter_a_block_and_a_channel_step_one_a_channel)
{
    const ot_net_opts fixed = { .blocks = "verner89 x2, rk4", .width = 5 };
    ot_net_opts o = fixed;
    o.step = OT_STEP_LEARNED;
    ck_assert_uint_eq(count_params(o), count_params(fixed) + 3);
    o.step = OT_STEP_LEARNED_OUTPUT;
    ck_assert_uint_eq(count_params(o), count_params(fixed) + 3);
    o.step = OT_STEP_CHANNEL;
    ck_assert_uint_eq(count_params(o), count_params(fixed) + 3 * 5);
}
END_TEST

static const struct {
    const char *blocks;
    size_t coefficients;
} tableaux[] = {
    { "euler", 1 },         { "midpoint", 2 }, { "rk4", 3 + 4 }, { "kutta_nystrom5", 14 + 4 },
    { "verner89", 56 + 8 },
};

START_TEST(a_learned_tableau_has_a_parameter_for_each_coefficient_that_is_not_zero)
{
    ot_net_opts o = { .blocks = tableaux[_i].blocks };
    const size_t fixed = count_params(o);
    o.learn_tableau = true;
    ck_assert_uint_eq(count_params(o), fixed + tableaux[_i].coefficients);
}
END_TEST

START_TEST(shared_weights_are_counted_once_a_block_and_theta_twice)
{
    ot_net_opts o = { .blocks = "rk4 x2" };
    const size_t stem_and_head = count_params((ot_net_opts){ .blocks = "euler" }) -
                                 (count_params((ot_net_opts){ .blocks = "euler x2" }) -
                                  count_params((ot_net_opts){ .blocks = "euler" }));
    const size_t f = count_params((ot_net_opts){ .blocks = "euler" }) - stem_and_head;
    ck_assert_uint_eq(f, 2 * (3 * 3 * 9 + 2 * 3)); /* two convs and two batch norms */
    ck_assert_uint_eq(count_params(o), stem_and_head + 8 * f);
    o.weights = OT_WEIGHTS_SHARED;
    ck_assert_uint_eq(count_params(o), stem_and_head + 2 * f);
    o.weights = OT_WEIGHTS_THETA;
    ck_assert_uint_eq(count_params(o), stem_and_head + 4 * f);
    o.blocks = "euler x2"; /* at c = 0 there is nothing to mix */
    ck_assert_uint_eq(count_params(o), stem_and_head + 2 * f);
}
END_TEST

static const struct {
    ot_net_opts opts;
    const char *names[4];
} named[] = {
    { { .blocks = "rk4x2", .step = OT_STEP_LEARNED }, { "blocks.0.h", "blocks.1.h" } },
    { { .blocks = "rk4", .learn_tableau = true },
      { "blocks.0.a.1.0", "blocks.0.a.3.2", "blocks.0.b.3" } },
    { { .blocks = "rk4x2", .weights = OT_WEIGHTS_SHARED },
      { "blocks.1.f.conv1.weight", "blocks.1.f.bn2.bias", "blocks.1.stages.3.bn2.running_mean" } },
    { { .blocks = "rk4, verner89", .weights = OT_WEIGHTS_SHARED },
      { "blocks.1.f.conv2.weight", "blocks.1.stages.13.bn1.running_mean" } },
    { { .blocks = "verner89x2", .weights = OT_WEIGHTS_SHARED, .step = OT_STEP_CONTROLLED },
      { "blocks.1.f.conv2.weight", "blocks.0.f.bn1.running_mean", "blocks.1.f.bn2.running_var",
        "blocks.1.h" } },
    { { .blocks = "rk4", .weights = OT_WEIGHTS_THETA },
      { "blocks.0.f0.conv1.weight", "blocks.0.f1.bn2.bias", "blocks.0.stages.3.bn1.running_var" } },
};

START_TEST(parameters_have_the_names_that_the_header_tells)
{
    ot_net *net = small_net(named[_i].opts);
    ot_params *ps = start(net);
    for (int k = 0; k < 4 && named[_i].names[k]; k++)
        ck_assert_msg(ot_params_find(ps, named[_i].names[k]) >= 0, "%s", named[_i].names[k]);
    ot_params_free(ps);
    ot_net_free(net);
}
END_TEST

/* ---- values at the start ---- */

/* Whether a network of the scheme cannot have these options; then it must be refused, with the name
 * of the scheme. */
static bool is_refused(const ot_net_opts *o, const ot_scheme *s)
{
    const ot_scheme_kind *const kind = ot_scheme_table(s);
    const bool tableau = o->learn_tableau || o->output == OT_OUTPUT_LAST ||
                         o->step == OT_STEP_LEARNED_OUTPUT || o->step == OT_STEP_CONTROLLED;
    const unsigned step = o->step == OT_STEP_CHANNEL ? OT_SCHEME_STEP_CHANNEL
                          : o->step != OT_STEP_FIXED ? OT_SCHEME_STEP
                                                     : 0;
    const bool subnet = o->weights != OT_WEIGHTS_INDEPENDENT || o->subnet;
    ot_net_opts wrong = *o;
    ot_net *net = NULL;
    if (!(subnet && kind->flags & OT_SCHEME_OWN_F) && (!tableau || ot_scheme_tableau(s)) &&
        (kind->flags & step) == step && !(o->block_relu && kind->leave))
        return false;
    wrong.width = 4;
    ck_status(ot_net_new(&wrong, &net), OT_EINVAL);
    ck_assert_msg(strstr(ot_message(), ot_scheme_name(s)) != NULL, "%s", ot_message());
    return true;
}

static void run_logits(ot_net_opts o, ot_dtype dtype, double logits[9])
{
    o.width = 4;
    ot_net *net = small_net(o);
    ot_params *ps = start(net);
    ot_program *p = NULL;
    ck_ok(ot_compile(ot_net_tape(net), ot_net_logits(net),
                     &(ot_compile_opts){ .dtype = dtype, .params = ps }, &p));
    void *x = ot_program_input(p, ot_net_images(net));
    for (int i = 0; i < 3 * 4 * 4 * 3; i++) {
        if (dtype == OT_F64)
            ((double *)x)[i] = sin(i);
        else
            ((float *)x)[i] = (float)sin(i);
    }
    ck_ok(ot_forward(p, 3));
    const void *y = ot_program_value(p, ot_net_logits(net));
    for (int i = 0; i < 9; i++)
        logits[i] = dtype == OT_F64 ? ((const double *)y)[i] : (double)((const float *)y)[i];
    ot_program_free(p);
    ot_params_free(ps);
    ot_net_free(net);
}

/* Networks with learned steps or coefficients, which start as the same function as those with fixed
 * ones. */
static const ot_net_opts learned[] = {
    { .step = OT_STEP_LEARNED },
    { .step = OT_STEP_LEARNED_OUTPUT, .block_relu = true },
    { .step = OT_STEP_CHANNEL, .step_clamp = true },
    { .learn_tableau = true },
    { .learn_tableau = true, .step = OT_STEP_LEARNED, .output = OT_OUTPUT_LAST },
    { .learn_tableau = true, .step = OT_STEP_CHANNEL, .block_relu = true },
};
enum { LEARNED = sizeof learned / sizeof learned[0] };

START_TEST(learned_networks_start_with_the_bits_of_the_fixed_one)
{
    double y[9], expected[9];
    ot_net_opts o = learned[_i % LEARNED];
    o.blocks = ot_scheme_name(ot_scheme_at(_i / LEARNED));
    const ot_net_opts fixed = { .blocks = o.blocks,
                                .block_relu = o.block_relu,
                                .output = o.output };
    if (is_refused(&o, ot_scheme_at(_i / LEARNED))) return;
    run_logits(o, OT_F32, y);
    run_logits(fixed, OT_F32, expected);
    ck_assert_mem_eq(y, expected, sizeof y);
}
END_TEST

START_TEST(theta_starts_with_the_values_of_shared_weights)
{
    double y[9], expected[9];
    const char *name = ot_scheme_name(ot_scheme_at(_i));
    const ot_net_opts theta = { .blocks = name, .weights = OT_WEIGHTS_THETA };
    if (is_refused(&theta, ot_scheme_at(_i))) return;
    run_logits(theta, OT_F64, y);
    run_logits((ot_net_opts){ .blocks = name, .weights = OT_WEIGHTS_SHARED }, OT_F64, expected);
    for (int i = 0; i < 9; i++)
        ck_assert_double_eq_tol(y[i], expected[i], 1e-9 * (1 + fabs(expected[i])));
}
END_TEST

/* ---- projection ---- */

START_TEST(projection_keeps_steps_in_their_interval_and_tableaux_at_their_order)
{
    const ot_dtype dtype = _i ? OT_F64 : OT_F32;
    double r[OT_RESIDUAL_ORDERS];
    ot_net *net = small_net((ot_net_opts){ .blocks = "midpoint, verner89",
                                           .step = OT_STEP_LEARNED,
                                           .step_clamp = true,
                                           .learn_tableau = true,
                                           .project_order = 2 });
    ot_params *ps = start(net);
    ck_assert_int_eq(ot_net_order_residuals(net, ps, dtype, r), 4);
    ck_assert_double_lt(r[0], 1e-6);
    const char *const names[] = { "blocks.0.h", "blocks.1.h", "blocks.0.a.1.0", "blocks.1.b.13" };
    const double values[] = { -3, 17, 0.8, 0.25 };
    for (int k = 0; k < 4; k++) {
        void *w = ot_params_edit(ps, ot_params_find(ps, names[k]), dtype);
        if (dtype == OT_F64)
            *(double *)w = values[k];
        else
            *(float *)w = (float)values[k];
    }
    ot_net_order_residuals(net, ps, dtype, r);
    ck_assert_double_gt(r[0], 0.1);
    ck_assert_double_gt(r[1], 0.1);
    ot_net_project(net, ps, dtype);
    ot_net_order_residuals(net, ps, dtype, r);
    ck_assert_double_lt(r[0], dtype == OT_F64 ? 1e-14 : 1e-6);
    ck_assert_double_lt(r[1], dtype == OT_F64 ? 1e-13 : 1e-4); /* row 12 in float32 */
    const double *h0 = ot_params_value(ps, ot_params_find(ps, "blocks.0.h"), OT_F64);
    const double *h1 = ot_params_value(ps, ot_params_find(ps, "blocks.1.h"), OT_F64);
    ck_assert_double_eq(*h0, 0.125);
    ck_assert_double_eq(*h1, 4.0);
    ot_params_free(ps);
    ot_net_free(net);
}
END_TEST

START_TEST(networks_without_constraints_are_left_alone)
{
    double r[OT_RESIDUAL_ORDERS];
    ot_net *net = small_net((ot_net_opts){ .blocks = "rk4", .step = OT_STEP_CHANNEL });
    ot_params *ps = start(net);
    float *h = ot_params_edit(ps, ot_params_find(ps, "blocks.0.h"), OT_F32);
    h[1] = 9;
    ot_net_project(net, ps, OT_F32);
    ck_assert_float_eq(h[1], 9);
    ck_assert_int_eq(ot_net_order_residuals(net, ps, OT_F32, r), 0);
    ot_params_free(ps);
    ot_net_free(net);
}
END_TEST

#define CONTROLLED(net) .blocks = net, .step = OT_STEP_CONTROLLED

static const struct {
    ot_net_opts opts;
    const char *sentence;
} bad[] = {
    { { .blocks = "rk4", .step_clamp = true }, "fixed step cannot be clamped" },
    { { .blocks = "rk4", .project_order = 1 }, "only a learned tableau" },
    { { .blocks = "rk4", .learn_tableau = true, .project_order = 3 }, "order 1 or 2, not 3" },
    { { .blocks = "rk4, euler", .learn_tableau = true, .project_order = 2 },
      "euler claims order 1; it cannot be projected onto order 2" },
    { { .blocks = "rk4", .learn_tableau = true, .project_order = 1, .output = OT_OUTPUT_LAST },
      "must not be last" },
    { { .blocks = "rk4", .step = (ot_step_kind)9 }, "no kind of step 9" },
    { { .blocks = "rk4", .weights = (ot_weights)-1 }, "no kind of weights -1" },
    { { .blocks = "rk4", .control.tolerance = 1 }, "for controlled steps only" },
    { { CONTROLLED("verner89"), .weights = OT_WEIGHTS_INDEPENDENT }, "weights must be shared" },
    { { CONTROLLED("verner89"), .weights = OT_WEIGHTS_THETA }, "weights must be shared" },
    { { CONTROLLED("verner89, rk4"), .weights = OT_WEIGHTS_SHARED }, "rk4 has no embedded method" },
    { { CONTROLLED("verner89"), .weights = OT_WEIGHTS_SHARED, .learn_tableau = true },
      "with a learned tableau" },
    { { CONTROLLED("verner89"), .weights = OT_WEIGHTS_SHARED, .block_relu = true },
      "cannot have a ReLU" },
    { { CONTROLLED("verner89"), .weights = OT_WEIGHTS_SHARED, .output = OT_OUTPUT_LAST },
      "output must be that of the weights" },
    { { CONTROLLED("verner89"), .weights = OT_WEIGHTS_SHARED, .step_clamp = true },
      "controlled step cannot be clamped" },
    { { CONTROLLED("verner89"), .weights = OT_WEIGHTS_SHARED, .control.tolerance = -1 },
      "the tolerance is -1" },
    { { CONTROLLED("verner89"), .weights = OT_WEIGHTS_SHARED, .control.first = 2 },
      "the first step is 2; it must be at most 1" },
};

START_TEST(what_cannot_be_learned_is_refused_with_a_sentence)
{
    ot_net *net = NULL;
    ck_status(ot_net_new(&bad[_i].opts, &net), OT_EINVAL);
    ck_assert_ptr_null(net);
    ck_assert_msg(strstr(ot_message(), bad[_i].sentence) != NULL, "%s", ot_message());
}
END_TEST

/* ---- gradients ---- */

static const ot_net_opts checked[] = {
    { .step = OT_STEP_LEARNED },
    { .step = OT_STEP_LEARNED_OUTPUT, .output = OT_OUTPUT_LAST },
    { .step = OT_STEP_CHANNEL, .block_relu = true },
    { .learn_tableau = true, .step = OT_STEP_LEARNED },
    { .weights = OT_WEIGHTS_SHARED },
    { .weights = OT_WEIGHTS_THETA, .subnet = "vgg" },
    { .weights = OT_WEIGHTS_THETA,
      .learn_tableau = true,
      .step = OT_STEP_CHANNEL,
      .output = OT_OUTPUT_LAST,
      .block_relu = true },
};
enum { CHECKED = sizeof checked / sizeof checked[0] };

START_TEST(gradients_match_central_differences)
{
    ot_gradcheck_report r;
    ot_net_opts o = checked[_i % CHECKED];
    o.blocks = ot_scheme_name(ot_scheme_at(_i / CHECKED));
    if (is_refused(&o, ot_scheme_at(_i / CHECKED))) return;
    if (ot_scheme_table(ot_scheme_at(_i / CHECKED))->flags & OT_SCHEME_EVEN) o.width = 4;
    ot_net *net = small_net(o);
    const ot_gradcheck_opts how = { .seed = 1, .all_below = 1, .directions = 1 };
    ck_ok(ot_gradcheck(ot_net_tape(net), ot_net_loss(net), NULL, &how, &r));
    ck_assert_msg(r.passed, "%s, options %d: error %.2e in %s: %.9g, numeric %.9g; dot %.2e",
                  o.blocks, _i % CHECKED, r.worst_error, r.worst_tensor, r.worst_analytic,
                  r.worst_numeric, r.dot_error);
    ot_net_free(net);
}
END_TEST

TCase *learnable_case(void)
{
    TCase *c = tcase_create("learnable");
    const int schemes = ot_scheme_count();
    tcase_add_test(c, a_learned_step_is_a_parameter_a_block_and_a_channel_step_one_a_channel);
    tcase_add_loop_test(c, a_learned_tableau_has_a_parameter_for_each_coefficient_that_is_not_zero,
                        0, (int)(sizeof tableaux / sizeof tableaux[0]));
    tcase_add_test(c, shared_weights_are_counted_once_a_block_and_theta_twice);
    tcase_add_loop_test(c, parameters_have_the_names_that_the_header_tells, 0,
                        (int)(sizeof named / sizeof named[0]));
    tcase_add_loop_test(c, learned_networks_start_with_the_bits_of_the_fixed_one, 0,
                        schemes * LEARNED);
    tcase_add_loop_test(c, theta_starts_with_the_values_of_shared_weights, 0, schemes);
    tcase_add_loop_test(c, projection_keeps_steps_in_their_interval_and_tableaux_at_their_order, 0,
                        2);
    tcase_add_test(c, networks_without_constraints_are_left_alone);
    tcase_add_loop_test(c, what_cannot_be_learned_is_refused_with_a_sentence, 0,
                        (int)(sizeof bad / sizeof bad[0]));
    tcase_add_loop_test(c, gradients_match_central_differences, 0, schemes * CHECKED);
    tcase_set_timeout(c, 60);
    return c;
}
