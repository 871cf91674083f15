/* SPDX-License-Identifier: BSD-3-Clause
 * Tests networks with controlled steps.  If one step of length 1 is accepted, they must equal the
 * network with fixed steps.  With several steps, gradients must equal central differences.  If f is
 * 0, statistics must move as with Euler steps. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "train/cases.h"
#include "train/fixture.h"
#include "train/pass.h"
#include "train/session.h"

enum { BATCH = 4, WIDTH = 3 };
static const double ANY_ERROR = 1e6; /* a tolerance with which every step is accepted */

/* A network, its parameters and a pass over small data. */
typedef struct run {
    small s;
    ot__pass pass;
} run;

static run open_run(ot_net_opts o, bool train, ot_tier tier)
{
    run r = { .s = small_new() };
    if (!o.levels) o.width = WIDTH;
    o.stem_stride = 2;
    o.batch = BATCH;
    ot_params_free(r.s.params);
    ot_net_free(r.s.net);
    ck_ok(ot_net_new(&o, &r.s.net));
    ck_ok(ot_params_new(ot_net_tape(r.s.net), &r.s.params));
    ot_params_init(r.s.params, 5);
    ck_ok(ot__pass_open(r.s.net, r.s.params, r.s.train,
                        &(ot__pass_opts){ .tier = tier, .train = train, .loader.batch = BATCH },
                        &r.pass));
    ot__pass_begin(&r.pass, 0);
    return r;
}

static void close_run(run *r)
{
    ot__pass_close(&r->pass);
    small_free(&r->s);
}

static ot_net_opts controlled(const char *blocks, double tolerance, double first)
{
    return (ot_net_opts){ .blocks = blocks,
                          .weights = OT_WEIGHTS_SHARED,
                          .step = OT_STEP_CONTROLLED,
                          .control = { .tolerance = tolerance, .first = first } };
}

static double forward(run *r)
{
    double loss;
    ck_ok(ot__pass_forward(&r->pass, 0, &loss));
    return loss;
}

/* Relative distance between the gradients of two networks for the i-th parameter of the first,
 * which is found in the other by its name. */
static double gradient_error(run *one, int i, run *other)
{
    ot_params *a = one->s.params, *b = other->s.params;
    const int k = ot_params_find(b, ot_params_name(a, i));
    ck_assert_int_ge(k, 0);
    const double *x = ot_params_grad(a, i, OT_F64), *y = ot_params_grad(b, k, OT_F64);
    double gap = 0, size = 0;
    for (size_t j = 0; j < ot_params_elements(a, i); j++) {
        gap += (x[j] - y[j]) * (x[j] - y[j]);
        size += y[j] * y[j];
    }
    return size > 0 ? sqrt(gap / size) : sqrt(gap);
}

static const struct {
    const char *blocks;
    int stages;
    const char *levels, *down;
} pairs[] = { { "verner89 x2", 16, NULL, NULL },
              { "dormand_prince54 x2", 7, NULL, NULL },
              { "bogacki_shampine32 x3", 4, NULL, NULL },
              { "fehlberg45 x1", 6, NULL, NULL },
              { "bogacki_shampine32 x2", 4, "3,4:2,3:2", "connector" },
              { "heun2 x1", 2, "3,3:2,3:2", "maxpool" } };
enum { PAIRS = sizeof pairs / sizeof pairs[0] };

static ot_net_opts controlled_pair(int i, double first)
{
    ot_net_opts o = controlled(pairs[i].blocks, ANY_ERROR, first);
    o.levels = pairs[i].levels;
    o.down = pairs[i].down;
    return o;
}

START_TEST(one_accepted_step_of_length_1_is_the_network_with_fixed_steps)
{
    const char *blocks = pairs[_i].blocks;
    run r = open_run(controlled_pair(_i, 1), true, OT_TIER_REFERENCE);
    run fixed = open_run((ot_net_opts){ .blocks = blocks,
                                        .levels = pairs[_i].levels,
                                        .down = pairs[_i].down,
                                        .weights = OT_WEIGHTS_SHARED },
                         true, OT_TIER_REFERENCE);
    const int n_blocks = ot_net_describe(r.s.net).n_blocks;
    ck_assert_double_eq_tol(forward(&r), forward(&fixed), 1e-10);
    ck_ok(ot__pass_backward(&r.pass));
    ck_ok(ot__pass_backward(&fixed.pass));
    for (int i = 0; i < ot_params_count(r.s.params); i++)
        if (ot_params_trained(r.s.params, i))
            ck_assert_msg(gradient_error(&r, i, &fixed) < 1e-8, "%s: %s: %g", blocks,
                          ot_params_name(r.s.params, i), gradient_error(&r, i, &fixed));
    ck_assert_int_eq(r.pass.sums.control.accepted, n_blocks);
    ck_assert_int_eq(r.pass.sums.control.rejected, 0);
    ck_assert_int_eq(r.pass.sums.control.evaluations, (long)pairs[_i].stages * n_blocks);
    ck_assert_double_eq(r.pass.sums.control.smallest, 1);
    ck_assert_double_eq(r.pass.sums.control.largest, 1);
    close_run(&fixed);
    close_run(&r);
}
END_TEST

/* The steps are 1/8, 1/2, 3/8 for all parameters, so the step sizes are constants of the central
 * differences. */
START_TEST(gradients_through_several_steps_match_central_differences)
{
    run r = open_run(controlled_pair(_i, 0.125), true, OT_TIER_REFERENCE);
    ot_params *ps = r.s.params;
    forward(&r);
    ck_assert_int_eq(r.pass.sums.control.accepted, 3 * ot_net_describe(r.s.net).n_blocks);
    ck_assert_double_eq(r.pass.sums.control.smallest, 0.125);
    ck_assert_double_eq(r.pass.sums.control.largest, 0.5);
    ck_ok(ot__pass_backward(&r.pass));
    for (int i = 0; i < ot_params_count(ps); i++) {
        if (!ot_params_trained(ps, i)) continue;
        const size_t n = ot_params_elements(ps, i);
        const double *g = ot_params_grad(ps, i, OT_F64);
        double *x = ot_params_edit(ps, i, OT_F64), loss[2], along = 0;
        const double d = 1e-8; /* so small that few ReLUs change sign */
        for (size_t j = 0; j < n; j++)
            along += g[j] * cos((double)(7 * j + 1));
        for (int side = 0; side < 2; side++) {
            for (size_t j = 0; j < n; j++)
                x[j] += (side ? d : -d) * cos((double)(7 * j + 1));
            loss[side] = forward(&r);
            x = ot_params_edit(ps, i, OT_F64);
            for (size_t j = 0; j < n; j++)
                x[j] -= (side ? d : -d) * cos((double)(7 * j + 1));
        }
        const double numeric = (loss[1] - loss[0]) / (2 * d);
        ck_assert_msg(fabs(along - numeric) < 1e-5 * (1 + fabs(numeric)), "%s: %s: %.9g and %.9g",
                      pairs[_i].blocks, ot_params_name(ps, i), along, numeric);
    }
    close_run(&r);
}
END_TEST

/* The second convolution is 0, so f = 0, and all stages of all steps have the same input as one
 * Euler step. */
START_TEST(a_batch_moves_the_one_set_of_statistics_of_a_block_as_one_evaluation_would)
{
    static const char *const name[] = { "bn1.running_mean", "bn1.running_var", "bn2.running_mean",
                                        "bn2.running_var" };
    run r = open_run(controlled("verner89 x1", 0, _i ? 0.125 : 1), true, OT_TIER_REFERENCE);
    run euler = open_run((ot_net_opts){ .blocks = "euler x1", .weights = OT_WEIGHTS_SHARED }, true,
                         OT_TIER_REFERENCE);
    for (int k = 0; k < 2; k++) {
        ot_params *ps = k ? r.s.params : euler.s.params;
        const int conv = ot_params_find(ps, "blocks.0.f.conv2.weight");
        memset(ot_params_edit(ps, conv, OT_F64), 0, ot_params_elements(ps, conv) * sizeof(double));
    }
    forward(&r);
    forward(&euler);
    ck_assert_int_eq(r.pass.sums.control.accepted, _i ? 3 : 1);
    ck_ok(ot__pass_backward(&r.pass)); /* must not change the statistics */
    for (int k = 0; k < 4; k++) {
        char here[64], there[64];
        snprintf(here, sizeof here, "blocks.0.f.%s", name[k]);
        snprintf(there, sizeof there, "blocks.0.stages.0.%s", name[k]);
        const double *x = ot_params_value(r.s.params, ot_params_find(r.s.params, here), OT_F64);
        const double *y =
            ot_params_value(euler.s.params, ot_params_find(euler.s.params, there), OT_F64);
        for (int c = 0; c < WIDTH; c++)
            ck_assert_double_eq_tol(x[c], y[c], 1e-12 * (1 + fabs(y[c])));
    }
    close_run(&euler);
    close_run(&r);
}
END_TEST

START_TEST(a_smaller_tolerance_takes_more_steps_and_comes_closer)
{
    double loss[3];
    int tried[3];
    for (int k = 0; k < 3; k++) {
        static const double tolerance[] = { 1e-1, 1e-3, 1e-5 };
        run r =
            open_run(controlled("dormand_prince54 x1", tolerance[k], 1), false, OT_TIER_REFERENCE);
        loss[k] = forward(&r);
        tried[k] = r.pass.sums.control.accepted + r.pass.sums.control.rejected;
        ck_assert_int_eq(r.pass.sums.control.evaluations, 7L * tried[k]);
        close_run(&r);
    }
    ck_assert(tried[0] < tried[1] && tried[1] < tried[2]);
    ck_assert_double_lt(fabs(loss[1] - loss[2]), fabs(loss[0] - loss[2]));
}
END_TEST

START_TEST(a_tolerance_that_is_not_reached_ends_a_training_and_changes_nothing)
{
    ot_net_opts o = controlled("verner89 x1", 1e-12, 1);
    o.control.most_steps = 5;
    run r = open_run(o, true, OT_TIER_REFERENCE);
    ot_params *before = NULL;
    ck_ok(ot_params_new(ot_net_tape(r.s.net), &before));
    ot_params_init(before, 5);
    r.s.opts.net = r.s.net;
    r.s.opts.params = r.s.params;
    r.s.opts.batch = BATCH;
    ck_status(ot_train(&r.s.opts, NULL), OT_ENUMERIC);
    ck_assert_msg(strstr(ot_message(), "in epoch 1, step 1 of 50: block 0: at time ") &&
                      strstr(ot_message(), "the tolerance of 1e-12 is not reached"),
                  "%s", ot_message());
    ck_assert(same_values(before, r.s.params));
    ot_params_free(before);
    close_run(&r);
}
END_TEST

/* Finite parameters with which numbers of the first step overflow, and what the message must
 * say. */
static const struct {
    const char *parameter;
    float value; /* for the first number; the others get -value */
    bool faint;  /* make the stem almost 0, so that batch norm enlarges gradients */
    const char *named[4];
} too_large[] = {
    { "stem.conv.weight",
      3e38f,
      false,
      { "block 0: at time 0", "forward pass", "conv2d in stem.conv" } },
    { "blocks.0.f.conv1.weight",
      3e38f,
      false,
      { "block 0: at time 0", "forward pass", "conv2d in blocks.0.stages.0.conv1" } },
    { "blocks.1.f.conv2.weight",
      3e38f,
      false,
      { "block 1: at time 0", "forward pass", "conv2d in blocks.1.stages.0.conv2" } },
    { "levels.1.conv.weight",
      3e38f,
      false,
      { "block 1: at time 0", "forward pass", "conv2d in levels.1.conv: its result" } },
    { "head.fc.bias", 3e38f, false, { "the loss in", "forward pass", "softmax_xent: its result" } },
    { "head.fc.weight",
      1e38f,
      true,
      { "a parameter or its gradient", "backward pass",
        "batch_norm in blocks.0.stages.0.bn1: the gradient of blocks.0.x" } },
};

static void set_parameter(run *r, const char *name, float value)
{
    const int i = ot_params_find(r->s.params, name);
    float *const x = ot_params_edit(r->s.params, i, OT_F32);
    for (size_t j = 0; j < ot_params_elements(r->s.params, i); j++)
        x[j] = j == 0 ? value : -value;
}

START_TEST(an_evaluation_that_is_not_finite_names_its_batch_and_block)
{
    run r = open_run(controlled("heun2 x2", ANY_ERROR, 1), true, OT_TIER_PORTABLE);
    set_parameter(&r, "blocks.1.f.conv2.weight", 3e38f);
    ot_eval_result e;
    ck_status(ot_evaluate(r.s.net, r.s.params, r.s.test, BATCH, OT_TIER_PORTABLE, &e), OT_ENUMERIC);
    ck_assert_msg(
        strstr(ot_message(), "in batch 1 of ") &&
            strstr(ot_message(), "of the evaluation, from image 0 on: block 1: at time 0"),
        "%s", ot_message());
    close_run(&r);
}
END_TEST

START_TEST(what_is_not_finite_is_named_with_its_block_and_record_also_between_programs)
{
    ot_net_opts o = controlled("heun2 x2", ANY_ERROR, 1);
    if (strncmp(too_large[_i].parameter, "levels.", 7) == 0) {
        o.blocks = "heun2 x1";
        o.levels = "3,3:2";
        o.down = "connector";
    }
    run r = open_run(o, true, OT_TIER_PORTABLE);
    if (too_large[_i].faint) set_parameter(&r, "stem.conv.weight", 1e-30f);
    set_parameter(&r, too_large[_i].parameter, too_large[_i].value);
    r.s.opts.net = r.s.net;
    r.s.opts.params = r.s.params;
    r.s.opts.batch = BATCH;
    ck_status(ot_train(&r.s.opts, NULL), OT_ENUMERIC);
    ck_assert_msg(strstr(ot_message(), "epoch 1, step 1 of 50"), "%s", ot_message());
    for (int k = 0; too_large[_i].named[k]; k++)
        ck_assert_msg(strstr(ot_message(), too_large[_i].named[k]), "\"%s\" is not in: %s",
                      too_large[_i].named[k], ot_message());
    close_run(&r);
}
END_TEST

/* Two errors with the same status, in an evaluation: a number that is not finite, and a tolerance
 * that is not reached. */
START_TEST(an_evaluation_names_the_block_and_what_is_not_finite)
{
    static const char *const parameter[] = { "stem.conv.weight", "blocks.0.f.bn1.weight",
                                             "blocks.1.f.conv2.weight",
                                             "blocks.1.f.bn2.running_var" };
    static const char *const named[] = {
        "block 0: at time 0 of 1 the state is not finite, nor is the parameter stem.conv.weight",
        "block 0: at time 0 of 1 the error estimate is not finite, nor is the parameter "
        "blocks.0.f.bn1.weight",
        "block 1: at time 0 of 1 the error estimate is not finite, nor is the parameter "
        "blocks.1.f.conv2.weight",
        "block 1: at time 0 of 1 the error estimate is not finite, nor is the parameter "
        "blocks.1.f.bn2.running_var",
    };
    run r = open_run(controlled("heun2 x2", 0, 0), false, OT_TIER_PORTABLE);
    ot_eval_result result;
    set_parameter(&r, parameter[_i], NAN);
    ck_status(ot_evaluate(r.s.net, r.s.params, r.s.test, BATCH, OT_TIER_PORTABLE, &result),
              OT_ENUMERIC);
    ck_assert_msg(strstr(ot_message(), named[_i]), "%s", ot_message());
    close_run(&r);
}
END_TEST

START_TEST(steps_that_a_network_cannot_take_are_refused_with_the_number)
{
    static const double first[] = { -1, 1e-300, 0.999 * OT_LEAST_STEP, 1.5, NAN, INFINITY };
    static const double tolerance[] = { -1, NAN, INFINITY };
    ot_net *net;
    for (size_t i = 0; i < sizeof first / sizeof first[0]; i++) {
        const ot_net_opts o = controlled("heun2 x1", 0, first[i]);
        ck_status(ot_net_new(&o, &net), OT_EINVAL);
        ck_assert_msg(strstr(ot_message(), "net: the first step is "), "%s", ot_message());
    }
    for (size_t i = 0; i < sizeof tolerance / sizeof tolerance[0]; i++) {
        const ot_net_opts o = controlled("heun2 x1", tolerance[i], 0);
        ck_status(ot_net_new(&o, &net), OT_EINVAL);
        ck_assert_msg(strstr(ot_message(), "net: the tolerance is "), "%s", ot_message());
    }
    ot_net_opts o = controlled("heun2 x1", 0, OT_LEAST_STEP);
    ck_ok(ot_net_new(&o, &net));
    ot_net_free(net);
    o.control.most_steps = -1;
    ck_status(ot_net_new(&o, &net), OT_EINVAL);
    ck_assert_ptr_nonnull(strstr(ot_message(), "most_steps"));
}
END_TEST

/* What the execution prints when it is asked for a list, a plan or a profile. */
static char *printed(ot_status (*print)(const ot_execution *e, FILE *out), const ot_execution *e)
{
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    ck_assert_ptr_nonnull(out);
    ck_ok(print(e, out));
    ck_assert_int_eq(fclose(out), 0);
    return text;
}

/* Looks for the phrases in this order. */
static void ck_phrases(const char *text, const char *const phrase[])
{
    for (int k = 0; phrase[k]; k++) {
        const char *const at = strstr(text, phrase[k]);
        ck_assert_msg(at, "\"%s\" is not in the rest: %s", phrase[k], text);
        text = at + strlen(phrase[k]);
    }
}

static ot_status print_profile(const ot_execution *e, FILE *out)
{
    return ot_execution_profile(e, NULL, 1, OT_LIST_WIDE, false, out);
}

static void on_profile(const ot_train_profile *profile, void *user)
{
    static const char *const train[] = { "stem\n",
                                         "conv2d",
                                         "blocks.0, one step\n",
                                         "conv2d",
                                         "blocks.0, one step again, and backward\n",
                                         "conv2d",
                                         "head\n",
                                         "linear",
                                         "outside of calls, 1.000 s in all",
                                         NULL };
    static const char *const evaluate[] = { "stem\n", "blocks.0, one step\n", "head\n", NULL };
    char *text = printed(print_profile, profile->train);
    ck_phrases(text, train);
    free(text);
    text = printed(print_profile, profile->evaluate);
    ck_phrases(text, evaluate);
    ck_assert_ptr_null(strstr(text, "backward"));
    free(text);
    *(bool *)user = true;
}

START_TEST(a_profile_has_every_program)
{
    bool called = false;
    run r = open_run(controlled("heun2 x1", 0, 0), true, OT_TIER_PORTABLE);
    r.s.opts.net = r.s.net;
    r.s.opts.params = r.s.params;
    r.s.opts.on_profile = on_profile;
    r.s.opts.user = &called;
    ck_ok(ot_train(&r.s.opts, NULL));
    ck_assert(called);
    close_run(&r);
}
END_TEST

TCase *controlled_case(void)
{
    TCase *c = tcase_create("controlled");
    tcase_set_timeout(c, 120);
    tcase_add_loop_test(c, one_accepted_step_of_length_1_is_the_network_with_fixed_steps, 0, PAIRS);
    tcase_add_loop_test(c, gradients_through_several_steps_match_central_differences, 0, PAIRS);
    tcase_add_loop_test(
        c, a_batch_moves_the_one_set_of_statistics_of_a_block_as_one_evaluation_would, 0, 2);
    tcase_add_test(c, a_smaller_tolerance_takes_more_steps_and_comes_closer);
    tcase_add_test(c, a_tolerance_that_is_not_reached_ends_a_training_and_changes_nothing);
    tcase_add_test(c, an_evaluation_that_is_not_finite_names_its_batch_and_block);
    tcase_add_loop_test(c,
                        what_is_not_finite_is_named_with_its_block_and_record_also_between_programs,
                        0, sizeof too_large / sizeof too_large[0]);
    tcase_add_loop_test(c, an_evaluation_names_the_block_and_what_is_not_finite, 0, 4);
    tcase_add_test(c, steps_that_a_network_cannot_take_are_refused_with_the_number);
    tcase_add_test(c, a_profile_has_every_program);
    return c;
}
