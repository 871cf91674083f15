/* SPDX-License-Identifier: BSD-3-Clause
 * A training that is prolonged has the same bytes as one that had all epochs from the start, and
 * nothing that is past can be changed. */
#include <string.h>

#include "base/memory.h"
#include "train/cases.h"
#include "train/fixture.h"
#include "train/session.h"

static ot_int_list list(int n, int a, int b)
{
    return (ot_int_list){ n, { a, b } };
}

/* The checkpoint of a training of four epochs. */
static char *train_four(ot_int_list milestones, size_t *size)
{
    session w;
    session_begin(&w);
    w.s.opts.epochs = 4;
    w.s.opts.milestones = milestones;
    ck_ok(ot_train(&w.s.opts, NULL));
    session_end(&w);
    char *const file = newest_checkpoint(size);
    remove_files();
    return file;
}

/* Trains two epochs, or stops after some batches. */
static void train_two(ot_int_list milestones, int stop_after)
{
    session w;
    session_begin(&w);
    w.s.opts.milestones = milestones;
    w.stop_after = stop_after;
    ck_status(ot_train(&w.s.opts, NULL), stop_after ? OT_EINTERRUPTED : OT_OK);
    session_end(&w);
}

/* Resumes with more epochs. */
static ot_status prolong(int epochs, ot_int_list milestones, int stop_after)
{
    session w;
    ck_ok(session_resume(&w));
    w.s.opts.prolong = true;
    w.s.opts.epochs = epochs;
    w.s.opts.milestones = milestones;
    w.stop_after = stop_after;
    const ot_status status = ot_train(&w.s.opts, NULL);
    session_end(&w);
    return status;
}

static void expect_same(const char *expected, size_t size)
{
    size_t found_size = 0;
    char *const found = newest_checkpoint(&found_size);
    ck_assert_uint_eq(found_size, size);
    ck_assert_int_eq(memcmp(found, expected, size), 0);
    ot__free(found);
}

/* The milestones of the whole training, of the two epochs, and those that are given then. */
static const struct {
    ot_int_list whole, first, then;
} rates[] = {
    { { 1, { 1 } }, { 1, { 1 } }, { -1, { 0 } } },       /* past ones stay, the rate goes on */
    { { 2, { 1, 3 } }, { 1, { 1 } }, { 2, { 1, 3 } } },  /* a later one is added */
    { { 1, { 2 } }, { 0, { 0 } }, { 1, { 2 } } },        /* the first epoch that is left */
    { { 1, { 1 } }, { 2, { 1, 2 } }, { 1, { 1 } } },     /* one that is not past is taken back */
    { { 2, { 1, 3 } }, { 2, { 1, 3 } }, { -1, { 0 } } }, /* one after the end comes to be used */
};
enum { RATES = sizeof rates / sizeof rates[0] };

START_TEST(a_prolonged_training_has_the_bytes_of_one_with_all_epochs_from_the_start)
{
    size_t size = 0;
    char *const whole = train_four(rates[_i].whole, &size);
    train_two(rates[_i].first, 0);
    ck_ok(prolong(4, rates[_i].then, 0));
    expect_same(whole, size);
    ot__free(whole);
}
END_TEST

/* Stopped at once after it was prolonged, the checkpoint already has the new options. */
START_TEST(a_prolonged_training_resumes_like_any_other)
{
    size_t size = 0;
    session w;
    char *const whole = train_four(list(1, 1, 0), &size);
    train_two(list(1, 1, 0), _i);
    ck_status(prolong(4, list(1, 1, 0), 3), OT_EINTERRUPTED);
    ck_ok(session_resume(&w));
    w.s.opts.epochs = 4;
    w.s.opts.milestones = list(1, 1, 0);
    ck_ok(ot_train(&w.s.opts, NULL));
    session_end(&w);
    expect_same(whole, size);
    ot__free(whole);
}
END_TEST

static const struct {
    int stop_after; /* of the two epochs with the milestones 1 and 2; 0: never */
    int epochs;
    ot_int_list milestones;
    const char *says;
} refused[] = {
    { 0,
      1,
      { 2, { 1, 2 } },
      "was trained with epochs 2, and is to go on with 1; it can be prolonged" },
    { 0, 4, { 0, { 0 } }, "with the milestones [1], and the new ones that are past are []" },
    { 0, 4, { 2, { 0, 2 } }, "with the milestones [1], and the new ones that are past are [0]" },
    { 0, 4, { 2, { 1, 1 } }, "with the milestones [1], and the new ones that are past are [1,1]" },
    /* An epoch that has begun is past. */
    { 10, 4, { 0, { 0 } }, "its 2 epochs were trained with the milestones [1]" },
};

START_TEST(what_is_past_cannot_be_changed)
{
    train_two(list(2, 1, 2), refused[_i].stop_after);
    ck_status(prolong(refused[_i].epochs, refused[_i].milestones, 0), OT_EINVAL);
    ck_assert_msg(strstr(ot_message(), refused[_i].says), "%s", ot_message());
}
END_TEST

START_TEST(other_epochs_are_refused_unless_prolonging_is_asked_for)
{
    session w;
    train_two(list(0, 0, 0), 0);
    ck_ok(session_resume(&w));
    w.s.opts.epochs = 4;
    ck_status(ot_train(&w.s.opts, NULL), OT_EINVAL);
    ck_assert_msg(strstr(ot_message(), "epochs 2, and is to go on with 4"), "%s", ot_message());
    session_end(&w);
}
END_TEST

/* Trains with a cosine and goes on to this epoch. */
static ot_status prolong_cosine(int epochs)
{
    session w;
    session_begin(&w);
    w.s.opts.schedule = "cosine";
    w.s.opts.milestones = list(0, 0, 0);
    ck_ok(ot_train(&w.s.opts, NULL));
    session_end(&w);
    ck_ok(session_resume(&w));
    w.s.opts.schedule = "cosine";
    w.s.opts.prolong = true;
    w.s.opts.epochs = epochs;
    const ot_status status = ot_train(&w.s.opts, NULL);
    session_end(&w);
    return status;
}

START_TEST(a_cosine_cannot_be_prolonged)
{
    ck_status(prolong_cosine(4), OT_EINVAL);
    ck_assert_msg(strstr(ot_message(), "its schedule depends on the number of epochs") &&
                      strstr(ot_message(), "--schedule step"),
                  "%s", ot_message());
    remove_files();
    ck_ok(prolong_cosine(2)); /* as many epochs as it has */
}
END_TEST

START_TEST(the_journal_says_that_it_was_prolonged)
{
    ot_history *h = NULL;
    train_two(list(1, 1, 0), 0);
    ck_ok(prolong(3, list(2, 1, 2), 0));
    ck_ok(ot_history_read(in_folder("metrics.jsonl"), &h));
    ck_assert_int_eq(h->epochs, 3);
    ck_assert(h->epoch[2].lr < h->epoch[1].lr);
    ck_assert_msg(strstr(h->start, "\"epochs\":3") && strstr(h->start, "\"milestones\":[1,2]"),
                  "%s", h->start);
    ot_history_free(h);
    size_t size = 0;
    char *const journal = get_file(in_folder("metrics.jsonl"), &size);
    ck_assert(strstr(journal, "\"prolonged\":{\"epochs\":3,\"milestones\":[1,2]}"));
    ot__free(journal);
}
END_TEST

TCase *prolong_case(void)
{
    TCase *c = tcase_create("prolong");
    tcase_add_checked_fixture(c, make_folder, remove_folder);
    tcase_add_loop_test(c, a_prolonged_training_has_the_bytes_of_one_with_all_epochs_from_the_start,
                        0, RATES);
    tcase_add_loop_test(c, a_prolonged_training_resumes_like_any_other, 0, 12);
    tcase_add_loop_test(c, what_is_past_cannot_be_changed, 0, sizeof refused / sizeof refused[0]);
    tcase_add_test(c, other_epochs_are_refused_unless_prolonging_is_asked_for);
    tcase_add_test(c, a_cosine_cannot_be_prolonged);
    tcase_add_test(c, the_journal_says_that_it_was_prolonged);
    return c;
}
