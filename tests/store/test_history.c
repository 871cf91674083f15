/* SPDX-License-Identifier: BSD-3-Clause
 * Tests the reader of journals: which lines it accepts, and what it makes of missing ones. */
#include <math.h>
#include <string.h>
#include <sys/stat.h>

#include "base/memory.h"
#include "store/cases.h"
#include "train/fixture.h"
#include "store/history.h"
#include "train/small.h"

#define RUN "{\"event\":\"run\",\"net\":{}}\n"
#define EPOCH(n) "{\"event\":\"epoch\",\"epoch\":" #n ",\"test_accuracy\":0.25}\n"
#define RESUME(n) "{\"event\":\"resume\",\"epochs\":" #n "}\n"
#define END "{\"event\":\"end\",\"status\":\"success\",\"measured_bytes\":7}\n"

static ot_status read_text(const char *text, ot_history **h)
{
    put_file(in_folder("journal"), text, strlen(text));
    return ot_history_read(in_folder("journal"), h);
}

/* One character per epoch: 'x' if its line is there, '-' if it is lost. */
static const struct {
    const char *text, *epochs;
    bool ended, cut;
} good[] = {
    { "", "", false, false },
    { RUN, "", false, false },
    { RUN EPOCH(1) EPOCH(2), "xx", false, false },
    { RUN EPOCH(1) END, "x", true, false },
    { RUN EPOCH(1) END RESUME(1) EPOCH(2), "xx", false, false },
    { RUN EPOCH(1) EPOCH(2) RESUME(1) EPOCH(2) EPOCH(3), "xxx", false, false },
    { RUN RESUME(2) EPOCH(3), "--x", false, false },
    { RUN EPOCH(1) RESUME(3) EPOCH(4) RESUME(5), "x--x-", false, false },
    { RUN "{\"event\":\"resume\"}\n" EPOCH(1), "x", false, false },
    { RUN EPOCH(1) "{\"event\"", "x", false, true },
};

START_TEST(whole_lines_are_a_history)
{
    ot_history *h;
    ck_ok(read_text(good[_i].text, &h));
    ck_assert_int_eq(h->start != NULL, *good[_i].text != 0);
    ck_assert_int_eq(h->epochs, (int)strlen(good[_i].epochs));
    for (int i = 0; i < h->epochs; i++) {
        const bool there = good[_i].epochs[i] == 'x';
        ck_assert_int_eq(h->epoch[i].epoch, there ? i + 1 : 0);
        ck_assert(there ? h->epoch[i].test_accuracy == 0.25 : isnan(h->epoch[i].test_accuracy));
        ck_assert(isnan(h->epoch[i].train_accuracy) && isnan(h->epoch[i].seconds));
    }
    ck_assert_int_eq(h->ended, good[_i].ended);
    if (h->ended) ck_assert_int_eq(h->status, OT_OK);
    if (h->ended) ck_assert_uint_eq(h->measured_bytes, 7);
    ck_assert_int_eq(h->note != NULL, good[_i].cut);
    ot_history_free(h);
}
END_TEST

static const struct {
    const char *text, *place;
} bad[] = {
    { EPOCH(1), ":1: no training began" },
    { END, ":1: no training began" },
    { RUN RUN, ":2: a training begins only once" },
    { RUN EPOCH(2), ":2: it is not the next epoch" },
    { RUN EPOCH(1) EPOCH(1), ":3: it is not the next epoch" },
    { RUN EPOCH(1.0), ":2: it is not the next epoch" },
    { RUN RESUME(2) EPOCH(2), ":3: it is not the next epoch" },
    { RUN RESUME(-1), ":2: it resumes after an impossible epoch" },
    { RUN RESUME(1000000001), ":2: it resumes after an impossible epoch" },
    { RUN "{\"event\":\"pause\"}\n", ":2: it is not a line of a training" },
    { RUN "[]\n", ":2: it is not a line of a training" },
    { "{\n", ":1: it is not JSON" },
    { RUN "{\"event\":\"epoch\",\"epoch\":1,\"test_accuracy\":1.5}\n", ":2: a number" },
    { RUN "{\"event\":\"epoch\",\"epoch\":1,\"train_accuracy\":-1}\n", ":2: a number" },
    { RUN "{\"event\":\"epoch\",\"epoch\":1,\"seconds\":-1}\n", ":2: a number" },
    { RUN "{\"event\":\"epoch\",\"epoch\":1,\"lr\":\"0.1\"}\n", ":2: a number" },
};

START_TEST(a_line_that_does_not_belong_there_is_refused_with_its_place)
{
    ot_history *h;
    ck_status(read_text(bad[_i].text, &h), OT_EFORMAT);
    ck_assert_ptr_null(h);
    ck_assert_msg(strstr(ot_message(), bad[_i].place), "%s", ot_message());
}
END_TEST

START_TEST(how_a_training_ended_is_one_of_the_statuses)
{
    for (int status = OT_OK; status <= OT_EBUG + 1; status++) {
        char text[400];
        ot_history *h;
        snprintf(text, sizeof text, RUN "{\"event\":\"end\",\"status\":\"%s\"}\n",
                 status <= OT_EBUG ? ot_strerror((ot_status)status) : "well");
        ck_ok(read_text(text, &h));
        ck_assert_int_eq(h->status, status <= OT_EBUG ? status : OT_EBUG);
        ot_history_free(h);
    }
}
END_TEST

/* What a training has written is read back exactly. */
START_TEST(a_training_has_the_history_that_it_reported)
{
    ot_train_result r;
    ot_history *h;
    small s = small_new();
    s.opts.journal = in_folder("journal");
    ck_ok(ot_train(&s.opts, &r));
    ck_ok(ot_history_read(in_folder("journal"), &h));
    ck_assert_int_eq(h->epochs, r.epochs);
    const ot_epoch_result *last = &h->epoch[h->epochs - 1];
    ck_assert(last->lr == r.last.lr && last->train_loss == r.last.train_loss &&
              last->train_accuracy == r.last.train_accuracy &&
              last->test_loss == r.last.test_loss && last->test_accuracy == r.last.test_accuracy &&
              last->seconds == r.last.seconds &&
              last->images_per_second == r.last.images_per_second);
    ck_assert(h->ended && h->status == OT_OK && h->measured_bytes == r.measured_bytes);
    ot_history_free(h);
    small_free(&s);
}
END_TEST

START_TEST(each_allocation_may_fail)
{
    ot_history *h;
    long n = 1;
    for (;; n++) {
        put_file(in_folder("journal"), RUN EPOCH(1) "{", strlen(RUN EPOCH(1) "{"));
        ot__fail_allocation(n, _i);
        const ot_status status = ot_history_read(in_folder("journal"), &h);
        if (ot__fail_allocation(0, 0) < n) break;
        ck_status(status, OT_ENOMEM);
        ck_assert_ptr_null(h);
    }
    ck_assert_int_ge(n, 4);
    ck_assert_ptr_nonnull(h->note);
    ot_history_free(h);
}
END_TEST

TCase *history_case(void)
{
    TCase *c = tcase_create("history");
    tcase_add_checked_fixture(c, make_folder, remove_folder);
    tcase_add_loop_test(c, whole_lines_are_a_history, 0, (int)(sizeof good / sizeof good[0]));
    tcase_add_loop_test(c, a_line_that_does_not_belong_there_is_refused_with_its_place, 0,
                        (int)(sizeof bad / sizeof bad[0]));
    tcase_add_test(c, how_a_training_ended_is_one_of_the_statuses);
    tcase_add_test(c, a_training_has_the_history_that_it_reported);
    tcase_add_loop_test(c, each_allocation_may_fail, 0, 2);
    return c;
}
