/* SPDX-License-Identifier: BSD-3-Clause
 * Tests that a tape that the caller recorded, with layers and a loss of its own, is trained, saved,
 * resumed, evaluated and checked as a described network is. */
#include <math.h>
#include <string.h>

#include "train/cases.h"
#include "train/fixture.h"
#include "train/small.h"

enum { STEP_TO_STOP_AFTER = 5 };

/* Records conv - relu - max pool - linear, with a loss that is the mean of cross-entropy and of the
 * squares of the logits. */
static ot_net_vars record(ot_tape *t, int features)
{
    ot_net_vars v = { .images = ot_input(t, "pictures", OT_SHAPE(SMALL_BATCH, 32, 32, 3)),
                      .labels = ot_labels(t, "classes", SMALL_BATCH) };
    const ot_var w = ot_param(t, "w", OT_SHAPE(features, 3, 3, 3), ot_init_he(27));
    const ot_var fc = ot_param(t, "fc", OT_SHAPE(10, features), ot_init_he(features));
    const ot_var x = ot_max_pool(t, ot_relu(t, ot_conv2d(t, v.images, w, 2, 1)), 2, 2, 0, false);
    v.logits = ot_linear(t, ot_global_avg_pool(t, x), fc, (ot_var){ 0 });
    const ot_var losses[] = { ot_softmax_xent(t, v.logits, v.labels),
                              ot_mean(t, ot_mul(t, v.logits, v.logits)) };
    v.loss = ot_lincomb(t, 2, (const ot_coef[]){ { .value = 1 }, { .value = 0.01 } }, losses);
    return v;
}

/* A network of this tape, with the data and options of small_new. */
typedef struct own {
    small s;
    ot_tape *tape;
} own;

static own own_new(int features)
{
    own o = { .s = small_new(), .tape = ot_tape_new() };
    ck_assert_ptr_nonnull(o.tape);
    const ot_net_vars v = record(o.tape, features);
    ot_net_free(o.s.net);
    ot_params_free(o.s.params);
    ck_ok(ot_net_of_tape(o.tape, &v, &o.s.net));
    ck_ok(ot_params_new(o.tape, &o.s.params));
    ot_params_init(o.s.params, 5);
    o.s.opts.net = o.s.net;
    o.s.opts.params = o.s.params;
    return o;
}

static void own_free(own *o)
{
    small_free(&o->s);
    ot_tape_free(o->tape);
}

static int steps;
static volatile sig_atomic_t stop;

static void count_step(const ot_train_progress *now, void *user)
{
    (void)now, (void)user;
    stop = ++steps == STEP_TO_STOP_AFTER;
}

START_TEST(it_is_trained_and_learns)
{
    own o = own_new(4);
    ot_train_result r;
    ot_eval_result before, after;
    ck_ok(ot_evaluate(o.s.net, o.s.params, o.s.test, 0, OT_TIER_DEFAULT, &before));
    o.s.opts.epochs = 6;
    ck_ok(ot_train(&o.s.opts, &r));
    ck_ok(ot_evaluate(o.s.net, o.s.params, o.s.test, 0, OT_TIER_DEFAULT, &after));
    ck_assert_double_lt(after.loss, before.loss);
    ck_assert_int_eq(after.images, SMALL_TEST);
    own_free(&o);
}
END_TEST

START_TEST(it_is_interrupted_and_resumed_bit_for_bit)
{
    own whole = own_new(4), first = own_new(4), second = own_new(4);
    ot_train_result r;
    ot_run *run = NULL;
    char *newest = NULL;
    ck_ok(ot_train(&whole.s.opts, &r));
    ck_ok(ot_run_open(in_folder(""), &run));
    first.s.opts.run = second.s.opts.run = run;
    first.s.opts.on_progress = count_step;
    first.s.opts.stop = &stop;
    steps = 0;
    ck_status(ot_train(&first.s.opts, &r), OT_EINTERRUPTED);
    ck_ok(ot_run_newest(run, NULL, NULL, &newest));
    second.s.opts.resume = newest;
    ck_ok(ot_train(&second.s.opts, &r));
    ck_assert(same_values(whole.s.params, second.s.params));
    ot_run_close(run);
    free(newest);
    own_free(&whole);
    own_free(&first);
    own_free(&second);
}
END_TEST

START_TEST(a_file_of_another_tape_is_not_resumed_and_no_network_is_made_of_it)
{
    own o = own_new(4), other = own_new(5);
    ot_train_result r;
    ot_net *net = NULL;
    ot_run *run = NULL;
    char *newest = NULL;
    ck_ok(ot_run_open(in_folder(""), &run));
    o.s.opts.run = run;
    ck_ok(ot_train(&o.s.opts, &r));
    ck_ok(ot_run_newest(run, NULL, NULL, &newest));
    other.s.opts.resume = newest;
    ck_status(ot_train(&other.s.opts, &r), OT_EINVAL);
    ck_status(ot_net_open(newest, 0, &net), OT_EFORMAT);
    ck_assert_msg(strstr(ot_message(), "only that program can read"), "%s", ot_message());
    ot_run_close(run);
    free(newest);
    own_free(&o);
    own_free(&other);
}
END_TEST

/* Adds the largest gradient of the first parameter to *user. */
static void take_gradient(const ot_train_step *now, void *user)
{
    const float *const g = ot_params_grad(now->params, 0, now->dtype);
    ck_assert_int_eq(now->dtype, OT_F32);
    ck_assert(now->lr == 0.05 && now->loss > 0 && now->epoch >= 1 && now->step >= 1);
    *(double *)user += fabs(g[0]);
}

START_TEST(gradients_are_there_after_each_step)
{
    own o = own_new(4);
    ot_train_result r;
    double sum = 0;
    o.s.opts.on_step = take_gradient;
    o.s.opts.user = &sum;
    o.s.opts.milestones = (ot_int_list){ .n = 0 };
    ck_ok(ot_train(&o.s.opts, &r));
    ck_assert_double_gt(sum, 0);
    own_free(&o);
}
END_TEST

START_TEST(its_gradient_is_checked)
{
    own o = own_new(2);
    ot_gradcheck_report report;
    const ot_gradcheck_opts how = {
        .seed = 1, .tolerance = 1e-6, .all_below = 64, .directions = 4
    };
    ck_ok(ot_gradcheck(o.tape, ot_net_loss(o.s.net), NULL, &how, &report));
    ck_assert(report.passed);
    own_free(&o);
}
END_TEST

/* ---- mixup ---- */

/* The same network with second labels in its loss. */
static ot_net_vars record_mixed(ot_tape *t)
{
    ot_net_vars v = record(t, 4);
    v.second_labels = ot_labels(t, "others", SMALL_BATCH);
    v.label_weight = ot_input(t, "shares", OT_SHAPE(SMALL_BATCH));
    v.loss = ot_softmax_xent_with(t, v.logits, v.labels,
                                  &(ot_xent_opts){ .smoothing = 0.1,
                                                   .second_labels = v.second_labels,
                                                   .weight = v.label_weight });
    return v;
}

START_TEST(with_second_labels_it_is_trained_with_mixup_and_resumed_bit_for_bit)
{
    ot_params *trained[2];
    char *newest = NULL;
    ot_tape *const t = ot_tape_new();
    const ot_net_vars v = record_mixed(t);
    ot_net *net = NULL;
    ot_run *run = NULL;
    ck_ok(ot_net_of_tape(t, &v, &net));
    ck_ok(ot_run_open(in_folder(""), &run));
    for (int part = 0; part < 3; part++) { /* whole, interrupted, resumed */
        small s = small_new();
        ot_params *ps = NULL;
        ck_ok(ot_params_new(t, &ps));
        ot_params_init(ps, 5);
        s.opts.net = net;
        s.opts.params = ps;
        s.opts.mixup = 0.3;
        s.opts.on_progress = part == 1 ? count_step : NULL;
        s.opts.run = part > 0 ? run : NULL;
        s.opts.stop = part == 1 ? &stop : NULL;
        s.opts.resume = newest;
        steps = stop = 0;
        ck_status(ot_train(&s.opts, NULL), part == 1 ? OT_EINTERRUPTED : OT_OK);
        if (part == 1) ck_ok(ot_run_newest(run, NULL, NULL, &newest));
        if (part == 1)
            ot_params_free(ps);
        else
            trained[part / 2] = ps;
        small_free(&s);
    }
    ck_assert(same_values(trained[0], trained[1]));
    ot_run_close(run);
    free(newest);
    ot_params_free(trained[0]);
    ot_params_free(trained[1]);
    ot_net_free(net);
    ot_tape_free(t);
}
END_TEST

START_TEST(mixup_without_second_labels_is_refused_by_name)
{
    own o = own_new(4);
    o.s.opts.mixup = 0.3;
    ck_status(ot_train(&o.s.opts, NULL), OT_EINVAL);
    ck_assert_msg(strstr(ot_message(), "mixup: ") &&
                      strstr(ot_message(), "ot_net_vars.second_labels"),
                  "%s", ot_message());
    own_free(&o);
}
END_TEST

/* ---- refusals ---- */

static void refused(const ot_tape *t, ot_net_vars v, ot_status status, const char *reason)
{
    ot_net *net = NULL;
    ck_status(ot_net_of_tape(t, &v, &net), status);
    ck_assert_ptr_null(net);
    ck_assert_msg(strstr(ot_message(), reason), "%s", ot_message());
}

START_TEST(a_tape_that_cannot_be_trained_is_refused_with_a_reason)
{
    ot_tape *const t = ot_tape_new();
    const ot_net_vars good = record(t, 2);
    ot_net_vars v = good;
    v.loss = (ot_var){ 0 };
    refused(t, v, OT_EINVAL, "the loss is missing");
    v.loss = good.logits;
    refused(t, v, OT_EINVAL, "the loss is missing or is no scalar");
    v = good;
    v.images = good.labels;
    refused(t, v, OT_EINVAL, "images must be an ot_input");
    v = good;
    v.labels = good.images;
    refused(t, v, OT_EINVAL, "labels must be");
    v = good;
    v.logits = good.images;
    refused(t, v, OT_ESHAPE, "logits must have");
    v.logits = (ot_var){ 1000 };
    refused(t, v, OT_ESHAPE, "logits must have");
    v = good;
    v.second_labels = good.labels;
    refused(t, v, OT_EINVAL, "second labels must be another");
    v.second_labels = (ot_var){ 0 };
    v.label_weight = good.images;
    refused(t, v, OT_EINVAL, "give both, or neither");
    v.second_labels = ot_labels(t, "few", SMALL_BATCH - 1);
    v.label_weight = ot_input(t, "weights", OT_SHAPE(SMALL_BATCH));
    refused(t, v, OT_ESHAPE, "there are 31 second labels and 32 weights");
    v.second_labels = ot_labels(t, "others", SMALL_BATCH);
    refused(t, v, OT_EINVAL, "second input, few");
    ot_tape_free(t);
}
END_TEST

START_TEST(a_tape_with_another_input_is_refused)
{
    ot_tape *const t = ot_tape_new();
    const ot_net_vars good = record(t, 2);
    (void)ot_input(t, "more", OT_SHAPE(SMALL_BATCH, 4));
    refused(t, good, OT_EINVAL, "second input, more");
    ot_scope_pop(t);
    refused(t, good, OT_EINVAL, "pop");
    ot_tape_free(t);
}
END_TEST

TCase *own_tape_case(void)
{
    TCase *tc = tcase_create("own_tape");
    tcase_add_checked_fixture(tc, make_folder, remove_folder);
    tcase_add_test(tc, it_is_trained_and_learns);
    tcase_add_test(tc, it_is_interrupted_and_resumed_bit_for_bit);
    tcase_add_test(tc, a_file_of_another_tape_is_not_resumed_and_no_network_is_made_of_it);
    tcase_add_test(tc, gradients_are_there_after_each_step);
    tcase_add_test(tc, its_gradient_is_checked);
    tcase_add_test(tc, with_second_labels_it_is_trained_with_mixup_and_resumed_bit_for_bit);
    tcase_add_test(tc, mixup_without_second_labels_is_refused_by_name);
    tcase_add_test(tc, a_tape_that_cannot_be_trained_is_refused_with_a_reason);
    tcase_add_test(tc, a_tape_with_another_input_is_refused);
    return tc;
}
