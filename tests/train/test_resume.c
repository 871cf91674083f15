/* SPDX-License-Identifier: BSD-3-Clause
 * Tests that a training that was interrupted and resumed ends with the same bytes as one that was
 * not, and which checkpoints a resume refuses. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/memory.h"
#include "train/cases.h"
#include "train/fixture.h"
#include "train/session.h"

enum {
    TRAIN_BATCHES = 7,
    TEST_BATCHES = 2,
    EPOCHS = 2,
    STOPS = EPOCHS * (TRAIN_BATCHES + TEST_BATCHES)
};

static char *expected;
static size_t expected_size;
static ot_train_result expected_result;

/* The last checkpoint of a training that is not interrupted. */
static void train_whole(ot_tier tier)
{
    session w;
    session_begin(&w);
    w.s.opts.tier = tier;
    ck_ok(ot_train(&w.s.opts, &expected_result));
    session_end(&w);
    expected = newest_checkpoint(&expected_size);
    remove_files();
}

static void expect_same(const char *what, int i, const ot_train_result *r)
{
    size_t size = 0;
    char *found = newest_checkpoint(&size);
    ck_assert_uint_eq(size, expected_size);
    ck_assert_msg(memcmp(found, expected, size) == 0, "%s %d", what, i);
    ck_assert(r->best_accuracy == expected_result.best_accuracy);
    ck_assert_int_eq(r->best_epoch, expected_result.best_epoch);
    ck_assert(r->last.test_loss == expected_result.last.test_loss);
    ck_assert(r->last.train_loss == expected_result.last.train_loss);
    ot__free(found);
}

START_TEST(interrupted_at_any_step_and_resumed_gives_the_same_bytes_at_any_number_of_threads)
{
    static const int threads[] = { 1, 2, 3, 4, 8 };
    train_whole(OT_TIER_DEFAULT);
    for (int stop = 1; stop <= STOPS; stop++) {
        session first, second;
        ot_train_result r;
        ck_ok(ot_set_threads(threads[stop % 5]));
        session_begin(&first);
        first.stop_after = stop;
        ck_status(ot_train(&first.s.opts, &r), OT_EINTERRUPTED);
        session_end(&first);
        ck_ok(ot_set_threads(threads[(stop + 2) % 5]));
        ck_ok(session_resume(&second));
        ck_ok(ot_train(&second.s.opts, &r));
        ck_assert_int_eq(second.batches, STOPS - stop +
                                             (stop % 9 > TRAIN_BATCHES ? stop % 9 - TRAIN_BATCHES
                                              : stop % 9 == 0          ? TEST_BATCHES
                                                                       : 0));
        ck_assert_str_eq(second.notes, "");
        session_end(&second);
        expect_same("stopped after batch", stop, &r);
        remove_files();
    }
    ot__free(expected);
}
END_TEST

START_TEST(interrupted_after_every_step_gives_the_same_bytes)
{
    ot_train_result r;
    ot_status status = OT_EINTERRUPTED;
    train_whole(_i ? OT_TIER_REFERENCE : OT_TIER_DEFAULT);
    for (int n = 0; status == OT_EINTERRUPTED; n++) {
        session w;
        ck_assert_int_lt(n, 3 * STOPS);
        if (n == 0)
            session_begin(&w);
        else
            ck_ok(session_resume(&w));
        w.s.opts.tier = _i ? OT_TIER_REFERENCE : OT_TIER_DEFAULT;
        w.stop_after = n % (TRAIN_BATCHES + 2) == TRAIN_BATCHES ? 0 : 1 + n % 3;
        status = ot_train(&w.s.opts, &r);
        session_end(&w);
    }
    ck_ok(status);
    expect_same("stopped again and again", 0, &r);
    ot__free(expected);
}
END_TEST

/* Compares the epochs in the journal, except for their times. */
START_TEST(the_journal_is_cut_back_and_goes_on)
{
    session first, second;
    session_begin(&first);
    first.stop_after = TRAIN_BATCHES + TEST_BATCHES + 3;
    ck_status(ot_train(&first.s.opts, NULL), OT_EINTERRUPTED);
    session_end(&first);
    size_t size = 0; /* as after a kill: no "end" line, and epochs after the checkpoint */
    char *journal = get_file(in_folder("metrics.jsonl"), &size);
    char *cut = strstr(journal, "{\"event\":\"end\""), killed[4000];
    const int n = snprintf(killed, sizeof killed, "%.*s{\"event\":\"epoch\",\"epoch\":2}\n{\"event",
                           (int)(cut - journal), journal);
    put_file(in_folder("metrics.jsonl"), killed, (size_t)n);
    ot__free(journal);
    ck_ok(session_resume(&second));
    ck_ok(ot_train(&second.s.opts, NULL));
    ck_assert_str_eq(second.notes, "");
    session_end(&second);
    journal = get_file(in_folder("metrics.jsonl"), &size);
    char order[32] = "";
    for (char *line = strtok(journal, "\n"); line; line = strtok(NULL, "\n"))
        strncat(order, strstr(line, "\"event\":\"") + 9, 2);
    ck_assert_str_eq(order, "ruepreepen");
    ot__free(journal);
}
END_TEST

START_TEST(a_damaged_journal_is_copied_and_reported)
{
    session first, second;
    session_begin(&first);
    first.stop_after = TRAIN_BATCHES + TEST_BATCHES + 3;
    ck_status(ot_train(&first.s.opts, NULL), OT_EINTERRUPTED);
    session_end(&first);
    put_file(in_folder("metrics.jsonl"), "no JSON\n", 8);
    ck_ok(session_resume(&second));
    ck_ok(ot_train(&second.s.opts, NULL));
    ck_assert_msg(strstr(second.notes, "metrics.jsonl:0: the line after epoch 0"), "%s",
                  second.notes);
    session_end(&second);
    size_t size = 0;
    char *copy = get_file(in_folder("metrics.jsonl.damaged"), &size);
    ck_assert_str_eq(copy, "no JSON\n");
    ot__free(copy);
    char *journal = get_file(in_folder("metrics.jsonl"), &size);
    ck_assert_int_eq(strncmp(journal, "{\"event\":\"run\"", 14), 0);
    ot__free(journal);
}
END_TEST

/* The damaged file is truncated, has one changed byte, or is empty. */
START_TEST(a_damaged_checkpoint_falls_back_to_the_one_before_with_a_note)
{
    session first, second;
    ot_train_result r;
    train_whole(OT_TIER_DEFAULT);
    session_begin(&first);
    first.s.opts.save_every = 2;
    first.stop_after = 6;
    ck_status(ot_train(&first.s.opts, NULL), OT_EINTERRUPTED);
    session_end(&first);
    size_t size = 0;
    char *data = get_file(in_folder("checkpoint-00000006.safetensors"), &size);
    data[size - 1] ^= _i == 1;
    put_file(in_folder("checkpoint-00000006.safetensors"), data,
             _i == 0   ? size - 1
             : _i == 1 ? size
                       : 0);
    ot__free(data);
    ck_ok(session_resume(&second));
    ck_assert_ptr_nonnull(strstr(second.checkpoint, "checkpoint-00000004."));
    ck_assert_msg(strstr(second.notes, "checkpoint-00000006.safetensors:") &&
                      strstr(second.notes, "the checkpoint before it is taken"),
                  "%s", second.notes);
    ck_ok(ot_train(&second.s.opts, &r));
    session_end(&second);
    ck_assert_int_eq(access(in_folder("checkpoint-00000006.safetensors.damaged"), F_OK), 0);
    expect_same("damaged", _i, &r);
    ot__free(expected);
}
END_TEST

START_TEST(when_no_checkpoint_is_whole_nothing_is_resumed)
{
    ot_run *run = NULL;
    char *path = NULL;
    ck_ok(ot_run_open(in_folder("."), &run));
    ck_status(ot_run_newest(run, NULL, NULL, &path), OT_ENOENT);
    put_file(in_folder("checkpoint-00000003.safetensors"), "", 0);
    put_file(in_folder("checkpoint-00000004.safetensors"), "{}", 2);
    put_file(in_folder("checkpoint-4.safetensors"), "{}", 2);
    ck_status(ot_run_newest(run, NULL, NULL, &path), OT_EFORMAT);
    ck_status(ot_run_newest(run, NULL, NULL, &path), OT_ENOENT);
    ck_assert_int_eq(access(in_folder("checkpoint-4.safetensors"), F_OK), 0);
    ot_run_close(run);
}
END_TEST

START_TEST(a_second_process_is_refused_and_temporary_files_are_removed)
{
    ot_run *run = NULL, *other = NULL;
    put_file(in_folder(".checkpoint-00000003.safetensors.abcdefgh.tmp"), "", 0);
    put_file(in_folder(".best.safetensors.abcdefgh.tmp"), "", 0);
    put_file(in_folder("another.tmpx"), "", 0);
    ck_ok(ot_run_open(in_folder("."), &run));
    ck_status(ot_run_open(in_folder("."), &other), OT_EBUSY);
    ck_assert_ptr_null(other);
    ot_run_close(run);
    ck_ok(ot_run_open(in_folder("."), &run));
    ot_run_close(run);
    ck_status(ot_run_open(in_folder("none"), &run), OT_ENOENT);
    ck_assert_int_eq(access(in_folder("another.tmpx"), F_OK), 0);
}
END_TEST

START_TEST(a_signal_to_save_saves_and_goes_on)
{
    session w;
    session_begin(&w);
    w.save_after = 3;
    w.s.opts.epochs = 1;
    w.s.opts.keep = 100;
    ck_ok(ot_train(&w.s.opts, NULL));
    ck_assert_int_eq(w.save, 0);
    session_end(&w);
    ck_assert_int_eq(access(in_folder("checkpoint-00000000.safetensors"), F_OK), 0);
    ck_assert_int_eq(access(in_folder("checkpoint-00000003.safetensors"), F_OK), 0);
    ck_assert_int_eq(access(in_folder("checkpoint-00000007.safetensors"), F_OK), 0);
    ck_assert_int_eq(access(in_folder("best.safetensors"), F_OK), 0);
}
END_TEST

START_TEST(the_newest_stay_and_the_best_is_the_one_of_the_best_epoch)
{
    session w;
    ot_train_result r;
    session_begin(&w);
    w.s.opts.epochs = 5;
    w.s.opts.save_every = 2;
    w.s.opts.keep = 3;
    ck_ok(ot_train(&w.s.opts, &r));
    for (int i = 0; i < 4; i++) {
        char *path = NULL;
        ck_status(ot_run_checkpoint(w.run, i, &path), i < 3 ? OT_OK : OT_ENOENT);
        free(path);
    }
    ck_ok(ot_params_load(w.s.params, in_folder("best.safetensors")));
    ot_eval_result e;
    ck_ok(ot_evaluate(w.s.net, w.s.params, w.s.test, SMALL_BATCH, OT_TIER_DEFAULT, &e));
    ck_assert(e.accuracy == r.best_accuracy);
    session_end(&w);
}
END_TEST

#define SPOIL(name, statement)                                                                     \
    static void name(ot_train_opts *o)                                                             \
    {                                                                                              \
        statement;                                                                                 \
    }
SPOIL(other_epochs, o->epochs = 3)
SPOIL(other_batch, o->batch = 16)
SPOIL(other_lr, o->lr = 0.0500000001)
SPOIL(other_seed, o->seed = 4)
SPOIL(other_crop, o->crop_pad = 3)
SPOIL(other_policy, o->policy = OT_POLICY_AUTOAUGMENT_TF)
SPOIL(other_cutout, o->cutout = 8)
SPOIL(other_fill, o->crop_fill = OT_CROP_MEAN)
SPOIL(other_validation, o->validation = 20)
SPOIL(other_average, o->average = 0.5)
SPOIL(other_data, o->train = o->test)
SPOIL(nothing, (void)o)
static const struct {
    void (*before)(ot_train_opts *o), (*spoil)(ot_train_opts *o);
    const char *says;
} others[] = {
    { nothing, other_epochs, "epochs 2, and is to go on with 3" },
    { nothing, other_batch, "batch 32, and is to go on with 16" },
    { nothing, other_lr, "lr 0.05" },
    { nothing, other_seed, "seed 3, and is to go on with 4" },
    { nothing, other_crop, "crop 4, and is to go on with 3" },
    { nothing, other_data, "train_data" },
    { nothing, other_policy, "augment none, and is to go on with \"autoaugment-tf\"" },
    { nothing, other_cutout, "cutout none, and is to go on with 8" },
    { nothing, other_fill, "crop-fill none, and is to go on with \"mean\"" },
    { nothing, other_validation, "validation none, and is to go on with 20" },
    { nothing, other_average, "average none, and is to go on with 0.5" },
    { other_validation, nothing, "validation 20, and is to go on with none" },
    { other_average, nothing, "average 0.5, and is to go on with none" },
    { other_policy, nothing, "augment \"autoaugment-tf\", and is to go on with none" },
    { other_cutout, nothing, "cutout 8, and is to go on with none" },
};

START_TEST(a_run_goes_on_only_with_its_own_options_and_data)
{
    session first, second;
    session_begin(&first);
    first.stop_after = 3;
    others[_i].before(&first.s.opts);
    ck_status(ot_train(&first.s.opts, NULL), OT_EINTERRUPTED);
    session_end(&first);
    ck_ok(session_resume(&second));
    others[_i].spoil(&second.s.opts);
    ck_status(ot_train(&second.s.opts, NULL), OT_EINVAL);
    ck_assert_msg(strstr(ot_message(), others[_i].says), "%s", ot_message());
    session_end(&second);
}
END_TEST

/* The reference kernels compute in double.  They load the float32 checkpoint, with a note. */
START_TEST(other_kernels_go_on_with_a_warning)
{
    session first, second;
    session_begin(&first);
    first.stop_after = 3;
    first.s.opts.tier = _i ? OT_TIER_REFERENCE : OT_TIER_PORTABLE;
    ck_status(ot_train(&first.s.opts, NULL), OT_EINTERRUPTED);
    session_end(&first);
    ck_ok(session_resume(&second));
    second.s.opts.tier = _i ? OT_TIER_PORTABLE : OT_TIER_REFERENCE;
    ck_ok(ot_train(&second.s.opts, NULL));
    ck_assert_msg(strstr(second.notes, "kernels is ") && strstr(second.notes, "bits may differ"),
                  "%s", second.notes);
    session_end(&second);
}
END_TEST

START_TEST(weights_alone_are_no_checkpoint)
{
    session w;
    session_begin(&w);
    ck_ok(ot_params_save(w.s.params, in_folder("weights"), 0, NULL));
    w.s.opts.resume = in_folder("weights");
    ck_status(ot_train(&w.s.opts, NULL), OT_EFORMAT);
    ck_assert_ptr_nonnull(strstr(ot_message(), "no checkpoint"));
    session_end(&w);
}
END_TEST

START_TEST(a_training_may_go_on_outside_of_a_directory_and_saves_nothing)
{
    session first, second;
    ot_train_result r;
    session_begin(&first);
    first.stop_after = 3;
    ck_status(ot_train(&first.s.opts, NULL), OT_EINTERRUPTED);
    session_end(&first);
    ck_ok(session_resume(&second));
    second.s.opts.run = NULL;
    ck_ok(ot_train(&second.s.opts, &r));
    ck_assert_int_eq(r.epochs, EPOCHS);
    char *path = NULL;
    ck_ok(ot_run_checkpoint(second.run, 0, &path));
    ck_assert_str_eq(path, second.checkpoint);
    free(path);
    session_end(&second);
}
END_TEST

START_TEST(a_checkpoint_that_is_gone_is_reported)
{
    session w;
    session_begin(&w);
    w.s.opts.resume = in_folder("gone");
    ck_status(ot_train(&w.s.opts, NULL), OT_ENOENT);
    ck_assert_msg(strstr(ot_message(), "/gone: "), "%s", ot_message());
    session_end(&w);
}
END_TEST

TCase *resume_case(void)
{
    TCase *c = tcase_create("resume");
    tcase_add_checked_fixture(c, make_folder, remove_folder);
    tcase_add_test(
        c, interrupted_at_any_step_and_resumed_gives_the_same_bytes_at_any_number_of_threads);
    tcase_add_loop_test(c, interrupted_after_every_step_gives_the_same_bytes, 0, 2);
    tcase_add_test(c, the_journal_is_cut_back_and_goes_on);
    tcase_add_test(c, a_damaged_journal_is_copied_and_reported);
    tcase_add_loop_test(c, a_damaged_checkpoint_falls_back_to_the_one_before_with_a_note, 0, 3);
    tcase_add_test(c, when_no_checkpoint_is_whole_nothing_is_resumed);
    tcase_add_test(c, a_second_process_is_refused_and_temporary_files_are_removed);
    tcase_add_test(c, a_signal_to_save_saves_and_goes_on);
    tcase_add_test(c, the_newest_stay_and_the_best_is_the_one_of_the_best_epoch);
    tcase_add_loop_test(c, a_run_goes_on_only_with_its_own_options_and_data, 0,
                        (int)(sizeof others / sizeof others[0]));
    tcase_add_loop_test(c, other_kernels_go_on_with_a_warning, 0, 2);
    tcase_add_test(c, weights_alone_are_no_checkpoint);
    tcase_add_test(c, a_training_may_go_on_outside_of_a_directory_and_saves_nothing);
    tcase_add_test(c, a_checkpoint_that_is_gone_is_reported);
    return c;
}
