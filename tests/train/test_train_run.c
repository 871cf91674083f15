/* SPDX-License-Identifier: BSD-3-Clause
 * Tests the course and the end of a training: reports, memory, refused options, the stop flag, and
 * numbers that are not finite. */
#include <jansson.h>
#include <math.h>
#include <string.h>
#include <unistd.h>

#include "base/memory.h"
#include "train/cases.h"
#include "train/fixture.h"
#include "train/small.h"

enum { TRAIN_BATCHES = 7, TEST_BATCHES = 2 };

/* What the callbacks have counted. */
typedef struct seen {
    int plans, epochs, train_batches, test_batches;
    double lr[8];
    ot_train_plan plan;
    ot_train_progress last;
    int stop_epoch, stop_batch; /* where the callback sets the stop flag */
    bool stop_evaluating;
    volatile sig_atomic_t stop;
} seen;

static void on_plan(const ot_train_plan *plan, void *user)
{
    seen *s = user;
    s->plans++;
    s->plan = *plan;
}

static void on_progress(const ot_train_progress *now, void *user)
{
    seen *s = user;
    const bool test = now->evaluating;
    ck_assert_int_eq(s->plans, 1);
    ck_assert_int_eq(now->epoch, s->epochs + 1);
    ck_assert_int_eq(now->batches, test ? TEST_BATCHES : TRAIN_BATCHES);
    ck_assert_int_eq(now->batch, 1 + (test ? s->test_batches : s->train_batches) % now->batches);
    ck_assert(isfinite(now->loss) && now->accuracy >= 0 && now->accuracy <= 1);
    ck_assert(now->images_per_second > 0 && now->eta_seconds >= 0 && isfinite(now->eta_seconds));
    if (test)
        s->test_batches++;
    else
        s->train_batches++;
    s->last = *now;
    if (now->epoch == s->stop_epoch && now->batch == s->stop_batch && test == s->stop_evaluating)
        s->stop = 1;
}

static void on_epoch(const ot_epoch_result *epoch, void *user)
{
    seen *s = user;
    s->lr[s->epochs++] = epoch->lr;
    ck_assert_int_eq(epoch->epoch, s->epochs);
}

static void watch(small *s, seen *w)
{
    s->opts.on_plan = on_plan;
    s->opts.on_progress = on_progress;
    s->opts.on_epoch = on_epoch;
    s->opts.stop = &w->stop;
    s->opts.user = w;
}

START_TEST(every_batch_and_epoch_is_reported)
{
    small s = small_new();
    seen w = { 0 };
    watch(&s, &w);
    s.opts.epochs = 3;
    s.opts.milestones = (ot_int_list){ 2, { 1, 2 } };
    s.opts.decay = 0.5;
    ck_ok(ot_train(&s.opts, NULL));
    ck_assert_int_eq(w.epochs, 3);
    ck_assert_int_eq(w.train_batches, 3 * TRAIN_BATCHES);
    ck_assert_int_eq(w.test_batches, 3 * TEST_BATCHES);
    ck_assert(w.lr[0] == 0.05 && w.lr[1] == 0.025 && w.lr[2] == 0.0125);
    ck_assert(w.last.eta_seconds == 0.0);
    ck_assert_int_eq(w.plan.batches, TRAIN_BATCHES);
    ck_assert_uint_eq(w.plan.net.params, ot_params_total(s.params));
    small_free(&s);
}
END_TEST

START_TEST(a_journal_holds_the_whole_run)
{
    static const char *const events[] = { "run", "epoch", "epoch", "end" };
    small s = small_new();
    ot_train_result r;
    s.opts.journal = in_folder("journal");
    s.opts.seed = UINT64_MAX;
    ck_ok(ot_train(&s.opts, &r));
    FILE *f = fopen(s.opts.journal, "r");
    for (size_t i = 0; i < sizeof events / sizeof events[0]; i++) {
        json_t *line = json_loadf(f, JSON_DISABLE_EOF_CHECK, NULL);
        ck_assert_ptr_nonnull(line);
        ck_assert_str_eq(json_string_value(json_object_get(line, "event")), events[i]);
        if (i == 0) {
            json_t *options = json_object_get(line, "options"), *net = json_object_get(line, "net");
            ck_assert_str_eq(json_string_value(json_object_get(options, "seed")),
                             "18446744073709551615");
            ck_assert_int_eq(json_integer_value(json_object_get(net, "params")),
                             (int)ot_params_total(s.params));
        }
        if (i == 2)
            ck_assert(json_real_value(json_object_get(line, "test_loss")) == r.last.test_loss);
        json_decref(line);
    }
    ck_assert_int_eq(fgetc(f), '\n');
    ck_assert_int_eq(fgetc(f), EOF);
    fclose(f);
    small_free(&s);
}
END_TEST

START_TEST(a_journal_that_cannot_be_made_stops_before_the_first_batch)
{
    small s = small_new(), before = small_new();
    s.opts.journal = in_folder("none/journal");
    ck_status(ot_train(&s.opts, NULL), OT_ECREATE);
    ck_assert(same_values(s.params, before.params));
    s.opts.journal = "/dev/full";
    ck_status(ot_train(&s.opts, NULL), OT_EIO);
    small_free(&s);
    small_free(&before);
}
END_TEST

/* The network needs 60 MB, because its stem does not reduce the images.  Threads and BLIS allocate
 * memory when they start, so a small run starts them before. */
START_TEST(measured_memory_is_what_was_predicted)
{
    if (ot_in_valgrind()) OT_SKIP("valgrind is too slow, or has memory of its own");
    const ot_net_opts larger = { .blocks = "euler x2", .width = 16, .batch = 64 };
    const double allowed = 0.2, start_up = 8 << 20;
    small s = small_new();
    ot_net *net = NULL;
    ot_params *params = NULL;
    ot_train_result r;
    s.opts.epochs = 1;
    ck_ok(ot_train(&s.opts, &r));
    ck_ok(ot_net_new(&larger, &net));
    ck_ok(ot_params_new(ot_net_tape(net), &params));
    s.opts.net = net;
    s.opts.params = params;
    s.opts.batch = 64;
    s.opts.train = s.test;
    ck_ok(ot_train(&s.opts, &r));
    const double predicted = (double)r.predicted_bytes, measured = (double)r.measured_bytes;
    ck_assert_double_gt(predicted, 40e6);
    ck_assert_double_eq_tol(measured, predicted, allowed * predicted + start_up);
    ot_params_free(params);
    ot_net_free(net);
    small_free(&s);
}
END_TEST

START_TEST(the_time_limit_ends_after_the_running_epoch)
{
    small s = small_new();
    ot_train_result r;
    s.opts.epochs = 1000;
    s.opts.max_seconds = 1e-6;
    ck_ok(ot_train(&s.opts, &r));
    ck_assert_int_eq(r.epochs, 1);
    small_free(&s);
}
END_TEST

START_TEST(the_stop_flag_ends_after_the_running_batch)
{
    small s = small_new();
    seen w = { .stop_epoch = 2, .stop_batch = 2, .stop_evaluating = _i };
    ot_train_result r;
    watch(&s, &w);
    s.opts.journal = in_folder("journal");
    ck_status(ot_train(&s.opts, &r), OT_EINTERRUPTED);
    ck_assert_ptr_nonnull(strstr(ot_message(), "in epoch 2 after batch 2"));
    ck_assert_int_eq(r.epochs, 1);
    ck_assert_int_eq(r.last.epoch, 1);
    ck_assert_int_eq(w.train_batches, TRAIN_BATCHES + (_i ? TRAIN_BATCHES : 2));
    ck_assert_int_eq(w.test_batches, TEST_BATCHES + (_i ? 2 : 0));
    size_t size = 0;
    char *journal = get_file(in_folder("journal"), &size);
    ck_assert_ptr_nonnull(strstr(journal, ot_strerror(OT_EINTERRUPTED)));
    ot__free(journal);
    small_free(&s);
}
END_TEST

static bool all_finite(ot_params *ps)
{
    for (int i = 0; i < ot_params_count(ps); i++) {
        const float *x = ot_params_value(ps, i, OT_F32);
        for (size_t j = 0; j < ot_params_elements(ps, i); j++)
            if (!isfinite(x[j])) return false;
    }
    return true;
}

START_TEST(a_run_that_explodes_stops_with_epoch_and_step_and_finite_parameters)
{
    static const double rates[] = { 1e10, 1e20, 1e30, 1e38, 1e300 };
    for (size_t k = 0; k < sizeof rates / sizeof rates[0]; k++) {
        small s = small_new();
        s.opts.lr = rates[k];
        s.opts.epochs = 20;
        ck_status(ot_train(&s.opts, NULL), OT_ENUMERIC);
        ck_assert_msg(strstr(ot_message(), "epoch 1, step "), "%s", ot_message());
        ck_assert_msg(all_finite(s.params), "lr %g", rates[k]);
        small_free(&s);
    }
}
END_TEST

/* Finite parameters with which the first batch overflows: in the stem, whose statistics then are
 * not finite and must be restored, or only in the loss. */
START_TEST(a_step_that_fails_is_undone)
{
    static const char *const too_large[] = { "stem.conv.weight", "head.fc.bias" };
    small s = small_new(), before = small_new();
    ot_params *both[] = { s.params, before.params };
    for (int k = 0; k < 2; k++) {
        const int i = ot_params_find(both[k], too_large[_i]);
        float *w = ot_params_edit(both[k], i, OT_F32);
        for (size_t j = 0; j < ot_params_elements(both[k], i); j++)
            w[j] = j == 0 ? 3e38f : -3e38f;
    }
    ck_status(ot_train(&s.opts, NULL), OT_ENUMERIC);
    ck_assert_msg(strstr(ot_message(), "the loss in epoch 1, step 1 of 7"), "%s", ot_message());
    ck_assert_msg(strstr(ot_message(), _i ? "softmax_xent: its result" : "conv2d in stem.conv") &&
                      strstr(ot_message(), "forward pass of record %"),
                  "%s", ot_message());
    ck_assert(same_values(s.params, before.params));
    small_free(&s);
    small_free(&before);
}
END_TEST

typedef struct refusal {
    void (*spoil)(ot_train_opts *o);
    const char *says;
} refusal;

#define SPOIL(name, statement)                                                                     \
    static void name(ot_train_opts *o)                                                             \
    {                                                                                              \
        statement;                                                                                 \
    }
SPOIL(no_net, o->net = NULL)
SPOIL(no_test, o->test = NULL)
SPOIL(no_epochs, o->epochs = 0)
SPOIL(negative_batch, o->batch = -1)
SPOIL(huge_batch, o->batch = 1 << 30)
SPOIL(negative_lr, o->lr = -0.1)
SPOIL(nan_lr, o->lr = NAN)
SPOIL(large_momentum, o->momentum = 1.0)
SPOIL(negative_weight_decay, o->weight_decay = -1.0)
SPOIL(negative_decay, o->decay = -1.0)
SPOIL(nan_limit, o->max_seconds = NAN)
SPOIL(too_many_milestones, o->milestones.n = OT_INT_LIST_MOST + 1)
SPOIL(negative_milestone, o->milestones = ((ot_int_list){ 1, { -1 } }))
SPOIL(negative_crop, o->crop_pad = -1)
SPOIL(unknown_fill, o->crop_fill = (ot_crop_fill)2)
SPOIL(all_held_out, o->validation = SMALL_TRAIN)
SPOIL(negative_held_out, o->validation = -1)
SPOIL(average_one, o->average = 1)
SPOIL(negative_average, o->average = -0.5)
SPOIL(nan_average, o->average = NAN)
SPOIL(no_tier, o->tier = (ot_tier)17)

static const refusal refusals[] = {
    { no_net, "network" },
    { no_test, "test set" },
    { no_epochs, "epochs is 0" },
    { negative_batch, "batch is -1" },
    { huge_batch, "batch" },
    { negative_lr, "learning rate is -0.1" },
    { nan_lr, "learning rate" },
    { large_momentum, "momentum is 1" },
    { negative_weight_decay, "weight decay is -1" },
    { negative_decay, "decay" },
    { nan_limit, "seconds" },
    { too_many_milestones, "milestones" },
    { negative_milestone, "milestone -1" },
    { negative_crop, "crop" },
    { unknown_fill, "crop: the fill" },
    { all_held_out, "200 images are to be held out for validation, and the training set has 200" },
    { negative_held_out, "-1 images are to be held out" },
    { average_one, "decay of the average is 1" },
    { negative_average, "decay of the average is -0.5" },
    { nan_average, "decay of the average" },
    { no_tier, "tier 17" },
};

START_TEST(an_option_out_of_range_is_refused_before_anything_is_written)
{
    small s = small_new(), before = small_new();
    s.opts.journal = in_folder("journal");
    refusals[_i].spoil(&s.opts);
    ck_status(ot_train(&s.opts, NULL), OT_EINVAL);
    ck_assert_msg(strstr(ot_message(), refusals[_i].says), "\"%s\" is not in: %s",
                  refusals[_i].says, ot_message());
    ck_assert_int_ne(access(in_folder("journal"), F_OK), 0);
    ck_assert(same_values(s.params, before.params));
    small_free(&s);
    small_free(&before);
}
END_TEST

START_TEST(data_that_does_not_fit_the_network_is_refused)
{
    static const ot_net_opts unfit[] = {
        { .blocks = "euler x1", .width = 4, .classes = 9, .batch = SMALL_BATCH },
        { .blocks = "euler x1", .width = 4, .classes = 11, .batch = SMALL_BATCH },
        { .blocks = "euler x1", .width = 4, .image = 16, .batch = SMALL_BATCH },
        { .blocks = "euler x1", .width = 4, .channels = 1, .batch = SMALL_BATCH },
    };
    static const char *const say[] = {
        "the network has 9 classes; the data set has 10",
        "the network has 11 classes; the data set has 10",
        "the network takes images of 16x16x3; the data set's are 32x32x3",
        "the network takes images of 32x32x1; the data set's are 32x32x3",
    };
    small s = small_new();
    for (size_t k = 0; k < sizeof unfit / sizeof unfit[0]; k++) {
        ot_net *net = NULL;
        ot_params *params = NULL;
        ot_eval_result e;
        ck_ok(ot_net_new(&unfit[k], &net));
        ck_ok(ot_params_new(ot_net_tape(net), &params));
        s.opts.net = net;
        s.opts.params = params;
        ck_status(ot_train(&s.opts, NULL), OT_ESHAPE);
        ck_status(ot_evaluate(net, params, s.test, 0, OT_TIER_DEFAULT, &e), OT_ESHAPE);
        ck_assert_msg(strstr(ot_message(), say[k]), "\"%s\" does not say \"%s\"", ot_message(),
                      say[k]);
        ot_params_free(params);
        ot_net_free(net);
    }
    ck_status(ot_evaluate(s.net, s.params, s.test, -1, OT_TIER_DEFAULT, &(ot_eval_result){ 0 }),
              OT_EINVAL);
    ck_status(ot_evaluate(s.net, s.params, NULL, 0, OT_TIER_DEFAULT, &(ot_eval_result){ 0 }),
              OT_EINVAL);
    small_free(&s);
}
END_TEST

START_TEST(any_allocation_may_fail_while_training)
{
    ot_status status = OT_ENOMEM;
    for (int n = 1; status != OT_OK; n += 1 + n / 8) { /* all of the first ones, then a sample */
        small s = small_new();
        s.opts.epochs = 1;
        s.opts.train = s.test; /* two batches */
        s.opts.journal = in_folder("journal");
        ot__fail_allocation(n, _i);
        status = ot_train(&s.opts, NULL);
        ot__fail_allocation(0, 0);
        ck_assert_msg(status == OT_OK || status == OT_ENOMEM, "%d: %s", n, ot_message());
        small_free(&s);
    }
}
END_TEST

TCase *train_run_case(void)
{
    TCase *c = tcase_create("train_run");
    tcase_add_checked_fixture(c, make_folder, remove_folder);
    tcase_add_test(c, every_batch_and_epoch_is_reported);
    tcase_add_test(c, a_journal_holds_the_whole_run);
    tcase_add_test(c, a_journal_that_cannot_be_made_stops_before_the_first_batch);
    tcase_add_test(c, measured_memory_is_what_was_predicted);
    tcase_add_test(c, the_time_limit_ends_after_the_running_epoch);
    tcase_add_loop_test(c, the_stop_flag_ends_after_the_running_batch, 0, 2);
    tcase_add_test(c, a_run_that_explodes_stops_with_epoch_and_step_and_finite_parameters);
    tcase_add_loop_test(c, a_step_that_fails_is_undone, 0, 2);
    tcase_add_loop_test(c, an_option_out_of_range_is_refused_before_anything_is_written, 0,
                        (int)(sizeof refusals / sizeof refusals[0]));
    tcase_add_test(c, data_that_does_not_fit_the_network_is_refused);
    tcase_add_loop_test(c, any_allocation_may_fail_while_training, 0, 2);
    return c;
}
