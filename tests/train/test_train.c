/* SPDX-License-Identifier: BSD-3-Clause
 * Tests what a training and an evaluation compute. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/memory.h"
#include "train/cases.h"
#include "train/evaluate.h"
#include "train/fixture.h"
#include "train/small.h"

START_TEST(training_lowers_the_loss)
{
    small s = small_new();
    ot_eval_result before;
    ot_train_result r;
    ck_ok(ot_evaluate(s.net, s.params, s.test, SMALL_BATCH, OT_TIER_DEFAULT, &before));
    s.opts.epochs = 8;
    ck_ok(ot_train(&s.opts, &r));
    ck_assert_int_eq(r.epochs, 8);
    ck_assert_int_eq(r.last.epoch, 8);
    ck_assert_double_lt(r.last.train_loss, 0.6 * before.loss);
    ck_assert_double_lt(r.last.test_loss, 0.6 * before.loss);
    ck_assert_double_ge(r.best_accuracy, r.last.test_accuracy);
    ck_assert_double_gt(r.best_accuracy, 0.5);
    small_free(&s);
}
END_TEST

/* Compares the trainer with a plain loop over the public functions. */
START_TEST(training_is_the_plain_loop)
{
    small s = small_new(), hand = small_new();
    ot_train_result r;
    ot_program *p = NULL;
    ot_loader *l = NULL;
    ot_optimiser *optimiser = NULL;
    const ot_loader_opts how = {
        .batch = SMALL_BATCH, .seed = 3, .shuffle = true, .crop_pad = 4, .flip = true
    };
    ck_ok(ot_train(&s.opts, &r));
    ck_ok(ot_compile(ot_net_tape(hand.net), ot_net_loss(hand.net),
                     &(ot_compile_opts){ .params = hand.params }, &p));
    ck_ok(ot_loader_new(hand.train, &how, &l));
    ck_ok(ot_optimiser_new(hand.params, OT_F32,
                           &(ot_optimiser_opts){ .momentum = 0.9, .weight_decay = 1e-4 },
                           &optimiser));
    double loss = 0.0;
    for (int epoch = 0; epoch < 2; epoch++) {
        loss = 0.0;
        ot_loader_epoch(l, epoch);
        for (int b = 0; b < ot_loader_batches(l); b++) {
            const int n = ot_loader_fill(l, b, ot_program_input(p, ot_net_images(hand.net)),
                                         ot_program_input(p, ot_net_labels(hand.net)));
            ck_ok(ot_forward(p, n));
            loss += *(const float *)ot_program_value(p, ot_net_loss(hand.net)) * (double)n;
            ck_ok(ot_backward(p, NULL, false));
            ot_optimiser_step(optimiser, 0.05);
        }
    }
    ck_assert(r.last.train_loss == loss / SMALL_TRAIN);
    ck_assert(same_values(s.params, hand.params));
    ot_optimiser_free(optimiser);
    ot_loader_free(l);
    ot_program_free(p);
    small_free(&s);
    small_free(&hand);
}
END_TEST

/* Trains with this number of threads and returns the saved file. */
static char *train_and_save(int threads, size_t *size, ot_train_result *r)
{
    ck_ok(ot_set_threads(threads));
    small s = small_new();
    ck_ok(ot_train(&s.opts, r));
    ck_ok(ot_params_save(s.params, in_folder("params"), 0, NULL));
    small_free(&s);
    return get_file(in_folder("params"), size);
}

START_TEST(runs_and_threads_give_the_same_bytes)
{
    static const int threads[] = { 1, 2, 3 };
    size_t size = 0, again = 0;
    ot_train_result first, other;
    char *expected = train_and_save(1, &size, &first);
    for (size_t k = 0; k < sizeof threads / sizeof threads[0]; k++) {
        char *found = train_and_save(threads[k], &again, &other);
        ck_assert_uint_eq(size, again);
        ck_assert_msg(memcmp(expected, found, size) == 0, "%d threads", threads[k]);
        ck_assert(first.last.train_loss == other.last.train_loss);
        ck_assert(first.last.test_loss == other.last.test_loss);
        ot__free(found);
    }
    ot__free(expected);
}
END_TEST

START_TEST(another_seed_gives_another_network)
{
    small a = small_new(), b = small_new();
    b.opts.seed = 4;
    ck_ok(ot_train(&a.opts, NULL));
    ck_ok(ot_train(&b.opts, NULL));
    ck_assert(!same_values(a.params, b.params));
    small_free(&a);
    small_free(&b);
}
END_TEST

START_TEST(saved_and_loaded_parameters_evaluate_as_the_trainer_did)
{
    small s = small_new(), loaded = small_new();
    ot_train_result r;
    ot_eval_result e;
    ck_ok(ot_train(&s.opts, &r));
    ck_ok(ot_params_save(s.params, in_folder("params"), 0, NULL));
    ck_ok(ot_params_load(loaded.params, in_folder("params")));
    ck_ok(ot_evaluate(loaded.net, loaded.params, loaded.test, SMALL_BATCH, OT_TIER_DEFAULT, &e));
    ck_assert_int_eq(e.images, SMALL_TEST);
    ck_assert(e.loss == r.last.test_loss);
    ck_assert(e.accuracy == r.last.test_accuracy);
    small_free(&s);
    small_free(&loaded);
}
END_TEST

START_TEST(evaluation_does_not_depend_on_the_batch_and_changes_nothing)
{
    small s = small_new(), before = small_new();
    ot_eval_result whole, parts;
    ck_ok(ot_evaluate(s.net, s.params, s.test, SMALL_TEST, OT_TIER_DEFAULT, &whole));
    ck_ok(ot_evaluate(s.net, s.params, s.test, 7, OT_TIER_DEFAULT, &parts));
    ck_assert_double_eq_tol(whole.loss, parts.loss, 1e-6);
    ck_assert(whole.accuracy == parts.accuracy);
    ck_assert(same_values(s.params, before.params));
    small_free(&s);
    small_free(&before);
}
END_TEST

START_TEST(an_evaluation_that_is_not_finite_says_so)
{
    small s = small_new();
    ot_eval_result e;
    *(float *)ot_params_edit(s.params, ot_params_find(s.params, "head.fc.bias"), OT_F32) = NAN;
    ck_status(ot_evaluate(s.net, s.params, s.test, 0, OT_TIER_DEFAULT, &e), OT_ENUMERIC);
    ck_assert_ptr_nonnull(strstr(ot_message(), ": the loss is nan; it must be finite"));
    small_free(&s);
}
END_TEST

/* Makes a parameter not finite after batch b of an evaluation. */
typedef struct spoiler {
    ot_params *params;
    int after;
    float value;
} spoiler;

static ot_status spoil(void *user, int b)
{
    const spoiler *const s = user;
    float *const bias =
        ot_params_edit(s->params, ot_params_find(s->params, "head.fc.bias"), OT_F32);
    if (b == s->after) bias[0] = s->value;
    return OT_OK;
}

START_TEST(an_evaluation_that_is_not_finite_names_its_batch)
{
    enum { BATCH = 7 };
    static const float values[] = { NAN, -NAN, INFINITY, -INFINITY };
    small s = small_new();
    ot__pass p;
    ot__pass_opts opts = { .loader.batch = BATCH };
    ck_ok(ot__resolve_tier(OT_TIER_DEFAULT, &opts.tier));
    ck_ok(ot__evaluation_open(s.net, s.params, s.test, &opts, &p));
    spoiler user = { s.params, _i, values[_i] };
    ck_status(ot__evaluate_pass(&p, spoil, &user), OT_ENUMERIC);
    char says[120];
    snprintf(says, sizeof says,
             "in batch %d of %d of the evaluation, from image %d on: the loss is ", _i + 2,
             (SMALL_TEST + BATCH - 1) / BATCH, BATCH * (_i + 1));
    ck_assert_msg(strstr(ot_message(), says) && !strstr(ot_message(), "-nan"), "%s", ot_message());
    ot__pass_close(&p);
    small_free(&s);
}
END_TEST

/* A step in float32 differs from one in double by roundings only. */
START_TEST(the_reference_tier_trains_in_double_to_nearly_the_same)
{
    small f = small_new(), d = small_new();
    ot_train_result in_float, in_double;
    f.opts.epochs = d.opts.epochs = 1;
    d.opts.tier = OT_TIER_REFERENCE;
    ck_ok(ot_train(&f.opts, &in_float));
    ck_ok(ot_train(&d.opts, &in_double));
    ck_assert_double_eq_tol(in_float.last.train_loss, in_double.last.train_loss, 1e-4);
    ck_assert_double_eq_tol(in_float.last.test_loss, in_double.last.test_loss, 1e-2);
    ck_assert(in_float.last.train_loss != in_double.last.train_loss);
    small_free(&f);
    small_free(&d);
}
END_TEST

START_TEST(the_environment_chooses_the_default_tier)
{
    small asked = small_new(), set = small_new();
    ot_train_result r, by_environment;
    asked.opts.tier = OT_TIER_REFERENCE;
    asked.opts.epochs = set.opts.epochs = 1;
    ck_ok(ot_train(&asked.opts, &r));
    ck_assert_int_eq(setenv("ODETAPE_KERNELS", "reference", 1), 0);
    ck_ok(ot_train(&set.opts, &by_environment));
    ck_assert(same_values(asked.params, set.params));
    ck_assert(r.last.test_loss == by_environment.last.test_loss);
    small_free(&asked);
    small_free(&set);
}
END_TEST

/* Compares the accuracy with one computed here from the logits of another program. */
START_TEST(accuracy_is_the_share_of_right_answers)
{
    small s = small_new();
    ot_eval_result e;
    ot_program *p = NULL;
    ot_loader *l = NULL;
    const ot_var logits = ot_net_logits(s.net);
    ck_ok(ot_evaluate(s.net, s.params, s.test, SMALL_TEST, OT_TIER_DEFAULT, &e));
    ck_ok(ot_compile(
        ot_net_tape(s.net), logits,
        &(ot_compile_opts){
            .evaluate = true, .forward_only = true, .batch = SMALL_TEST, .params = s.params },
        &p));
    ck_ok(ot_loader_new(s.test, &(ot_loader_opts){ .batch = SMALL_TEST }, &l));
    int32_t labels[SMALL_TEST];
    ot_loader_fill(l, 0, ot_program_input(p, ot_net_images(s.net)), labels);
    ck_ok(ot_forward(p, SMALL_TEST));
    const float *z = ot_program_value(p, logits);
    int right = 0;
    for (int i = 0; i < SMALL_TEST; i++) {
        bool largest = true;
        for (int k = 0; k < 10; k++)
            largest = largest && z[10 * i + labels[i]] >= z[10 * i + k];
        right += largest;
    }
    ck_assert(e.accuracy == (double)right / SMALL_TEST);
    ot_loader_free(l);
    ot_program_free(p);
    small_free(&s);
}
END_TEST

TCase *train_case(void)
{
    TCase *c = tcase_create("train");
    tcase_add_checked_fixture(c, make_folder, remove_folder);
    tcase_add_test(c, training_lowers_the_loss);
    tcase_add_test(c, training_is_the_plain_loop);
    tcase_add_test(c, runs_and_threads_give_the_same_bytes);
    tcase_add_test(c, another_seed_gives_another_network);
    tcase_add_test(c, saved_and_loaded_parameters_evaluate_as_the_trainer_did);
    tcase_add_test(c, evaluation_does_not_depend_on_the_batch_and_changes_nothing);
    tcase_add_test(c, an_evaluation_that_is_not_finite_says_so);
    tcase_add_loop_test(c, an_evaluation_that_is_not_finite_names_its_batch, 0, 4);
    tcase_add_test(c, the_reference_tier_trains_in_double_to_nearly_the_same);
    tcase_add_test(c, the_environment_chooses_the_default_tier);
    tcase_add_test(c, accuracy_is_the_share_of_right_answers);
    return c;
}
