/* SPDX-License-Identifier: BSD-3-Clause
 * Tests a training that holds images out: they do not change the weights, they are evaluated after
 * each epoch, and they choose the best epoch. */
#include <math.h>
#include <string.h>

#include "base/memory.h"
#include "data/dataset.h"
#include "data/split.h"
#include "train/cases.h"
#include "train/fixture.h"
#include "train/session.h"

enum { HELD_OUT = 50, EPOCHS = 5 };

static int32_t *held_out(const small *s)
{
    int32_t *index = NULL;
    ck_ok(ot__split_new(s->opts.seed, SMALL_TRAIN, HELD_OUT, true, &index));
    return index;
}

START_TEST(held_out_images_do_not_change_the_weights)
{
    small s[2] = { small_new(), small_new() };
    ot_train_result r[2];
    int32_t *const index = held_out(&s[0]);
    for (int i = 0; i < HELD_OUT; i++) {
        s[1].train->label[index[i]] = 0;
        memset(s[1].train->image + (size_t)index[i] * 3072, 7 * i, 3072);
    }
    for (int k = 0; k < 2; k++) {
        s[k].opts.validation = HELD_OUT;
        ck_ok(ot_train(&s[k].opts, &r[k]));
    }
    ck_assert(same_values(s[0].params, s[1].params));
    ck_assert(r[0].last.train_loss == r[1].last.train_loss);
    ck_assert(r[0].last.validation_loss != r[1].last.validation_loss);
    ot__free(index);
    small_free(&s[0]);
    small_free(&s[1]);
}
END_TEST

/* A data set of the held-out images. */
static ot_dataset *copy_held_out(const small *s)
{
    static uint8_t bytes[HELD_OUT * 3072];
    int32_t labels[HELD_OUT], *const index = held_out(s);
    ot_dataset *d = NULL;
    for (int i = 0; i < HELD_OUT; i++) {
        labels[i] = ot_dataset_label(s->train, index[i]);
        memcpy(bytes + i * 3072, ot_dataset_image(s->train, index[i]), 3072);
    }
    ck_ok(ot_dataset_new(&(ot_dataset_desc){ .count = HELD_OUT,
                                             .height = 32,
                                             .width = 32,
                                             .channels = 3,
                                             .classes = 10,
                                             .images = bytes,
                                             .labels = labels },
                         &d));
    ot__free(index);
    return d;
}

static void expect_best(const ot_history *h, const ot_train_result *r)
{
    int best = 0;
    for (int i = 1; i < h->epochs; i++)
        if (h->epoch[i].validation_accuracy > h->epoch[best].validation_accuracy) best = i;
    ck_assert_int_eq(r->best_epoch, best + 1);
    ck_assert(r->best_validation == h->epoch[best].validation_accuracy);
    ck_assert(r->best_accuracy == h->epoch[best].test_accuracy);
}

START_TEST(the_best_epoch_is_that_of_the_held_out_images_and_its_file_has_its_weights)
{
    session w;
    ot_train_result r;
    ot_eval_result e;
    ot_history *h = NULL;
    session_begin(&w);
    w.s.opts.epochs = EPOCHS;
    w.s.opts.seed = (uint64_t)_i;
    w.s.opts.validation = HELD_OUT;
    ck_ok(ot_train(&w.s.opts, &r));
    ck_ok(ot_history_read(in_folder("metrics.jsonl"), &h));
    ck_assert_int_eq(h->epochs, EPOCHS);
    expect_best(h, &r);
    ot_dataset *const d = copy_held_out(&w.s);
    ck_ok(ot_evaluate(w.s.net, w.s.params, d, SMALL_BATCH, OT_TIER_DEFAULT, &e));
    ck_assert(e.loss == r.last.validation_loss && e.accuracy == r.last.validation_accuracy);
    ck_ok(ot_params_load(w.s.params, in_folder("best.safetensors")));
    ck_ok(ot_evaluate(w.s.net, w.s.params, d, SMALL_BATCH, OT_TIER_DEFAULT, &e));
    ck_assert(e.accuracy == r.best_validation);
    ck_ok(ot_evaluate(w.s.net, w.s.params, w.s.test, SMALL_BATCH, OT_TIER_DEFAULT, &e));
    ck_assert(e.accuracy == r.best_accuracy);
    ot_dataset_free(d);
    ot_history_free(h);
    session_end(&w);
}
END_TEST

START_TEST(an_epoch_has_fewer_batches_and_the_journal_counts_its_images)
{
    session w;
    size_t size;
    session_begin(&w);
    w.s.opts.epochs = 1;
    w.s.opts.validation = HELD_OUT;
    ck_ok(ot_train(&w.s.opts, NULL));
    ck_assert_int_eq(w.batches, 5 + 2 + 2); /* of 150, 60 and 50 images */
    char *const journal = get_file(in_folder("metrics.jsonl"), &size);
    ck_assert_msg(strstr(journal, "\"images\":{\"train\":150,\"test\":60") != NULL, "%s", journal);
    ck_assert_ptr_nonnull(strstr(journal, "\"validation\":50"));
    ck_assert_ptr_nonnull(strstr(journal, "\"best_validation\":"));
    ot__free(journal);
    session_end(&w);
}
END_TEST

/* ---- positions that cannot be ---- */

static void hold_out(session *w)
{
    w->s.opts.epochs = 3;
    w->s.opts.validation = HELD_OUT;
    w->s.opts.average = 0.5;
    w->s.opts.max_seconds = 1e-9; /* one epoch */
}

/* Trains this many epochs of three, and returns the newest checkpoint. */
static char *train_epochs(int n, size_t *size)
{
    for (int i = 0; i < n; i++) {
        session w;
        if (i == 0)
            session_begin(&w);
        else
            ck_ok(session_resume(&w));
        hold_out(&w);
        ck_ok(ot_train(&w.s.opts, NULL));
        session_end(&w);
    }
    return newest_checkpoint(size);
}

static json_t *state_of(const json_t *header)
{
    const json_t *const metadata = json_object_get(header, "__metadata__");
    return json_loads(json_string_value(json_object_get(metadata, "state")), 0, NULL);
}

/* Resumes from a checkpoint of this name with this state, and returns the status. */
static ot_status resume_with(const char *name, const char *file, size_t size, const json_t *state)
{
    session w;
    json_t *const header = header_of(file);
    char *const text = json_dumps(state, JSON_COMPACT | JSON_SORT_KEYS);
    json_object_set_new(json_object_get(header, "__metadata__"), "state", json_string(text));
    put_with_header(in_folder(name), file, size, header);
    ck_ok(session_resume(&w));
    hold_out(&w);
    const ot_status status = ot_train(&w.s.opts, NULL);
    session_end(&w);
    free(text);
    json_decref(header);
    return status;
}

/* Replaces a number of the state after one epoch. */
static void refuse(const char *within, const char *key, json_t *value)
{
    size_t size;
    char *const file = train_epochs(1, &size);
    json_t *const header = header_of(file), *const state = state_of(header);
    json_t *const object = within ? json_object_get(state, within) : state;
    ck_assert_msg(json_object_get(object, key) != NULL, "%s", key);
    if (value)
        json_object_set_new(object, key, value);
    else
        json_object_del(object, key);
    ck_status(resume_with("checkpoint-00000005.safetensors", file, size, state), OT_EFORMAT);
    json_decref(state);
    json_decref(header);
    ot__free(file);
    remove_files();
}

START_TEST(a_position_whose_results_contradict_the_training_is_refused)
{
    static const struct {
        const char *within, *key;
        double value;
    } wrong[] = {
        { "last", "validation_accuracy", 0.501 },
        { "last", "validation_loss", -1 },
        { "last", "average_accuracy", 0.501 },
        { "last", "average_loss", -1 },
        { "last", "average_validation_accuracy", 1.5 },
        { "last", "average_validation_loss", -1 },
        { NULL, "best_validation", 0.501 },
        { NULL, "best_validation", 1 },
    };
    refuse(wrong[_i].within, wrong[_i].key, json_real(wrong[_i].value));
    refuse(wrong[_i].within, wrong[_i].key, NULL);
    refuse(wrong[_i].within, wrong[_i].key, json_string("7"));
}
END_TEST

/* After two epochs the last validation accuracy is between 0 and 1, and a multiple of 1/50. */
START_TEST(a_best_epoch_that_contradicts_the_last_one_is_refused)
{
    static const struct {
        int epoch;
        double validation, accuracy; /* -1: those of the last epoch */
        ot_status expected;
    } bests[] = {
        { 1, 1, 1, OT_OK },          { 2, -1, -1, OT_OK },
        { 1, 0.999, 1, OT_EFORMAT },                          /* no multiple */
        { 1, 1, 0.999, OT_EFORMAT }, { 1, 0, 1, OT_EFORMAT }, /* the last epoch is better */
        { 2, 1, -1, OT_EFORMAT },                             /* the last epoch is not that good */
        { 2, -1, 1, OT_EFORMAT },
    };
    size_t size;
    char *const file = train_epochs(2, &size);
    json_t *const header = header_of(file), *const state = state_of(header);
    const json_t *const last = json_object_get(state, "last");
    const double validation = json_real_value(json_object_get(last, "validation_accuracy"));
    const double accuracy = json_real_value(json_object_get(last, "test_accuracy"));
    const double v = bests[_i].validation, a = bests[_i].accuracy;
    ck_assert(validation > 0 && validation < 1 && accuracy < 1);
    json_object_set_new(state, "best_epoch", json_integer(bests[_i].epoch));
    json_object_set_new(state, "best_validation", json_real(v < 0 ? validation : v));
    json_object_set_new(state, "best_accuracy", json_real(a < 0 ? accuracy : a));
    ck_status(resume_with("checkpoint-00000010.safetensors", file, size, state),
              bests[_i].expected);
    if (bests[_i].expected != OT_OK) ck_assert_ptr_nonnull(strstr(ot_message(), "best epoch"));
    json_decref(state);
    json_decref(header);
    ot__free(file);
    remove_files();
}
END_TEST

TCase *validation_case(void)
{
    TCase *c = tcase_create("validation");
    tcase_add_checked_fixture(c, make_folder, remove_folder);
    tcase_add_test(c, held_out_images_do_not_change_the_weights);
    tcase_add_loop_test(
        c, the_best_epoch_is_that_of_the_held_out_images_and_its_file_has_its_weights, 1, 4);
    tcase_add_test(c, an_epoch_has_fewer_batches_and_the_journal_counts_its_images);
    tcase_add_loop_test(c, a_position_whose_results_contradict_the_training_is_refused, 0, 8);
    tcase_add_loop_test(c, a_best_epoch_that_contradicts_the_last_one_is_refused, 0, 7);
    return c;
}
