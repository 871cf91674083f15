/* SPDX-License-Identifier: BSD-3-Clause */
#include <jansson.h>
#include <math.h>
#include <string.h>

#include "base/memory.h"
#include "train/cases.h"
#include "train/fixture.h"
#include "train/journal.h"

static const ot_epoch_result epoch = { .epoch = 3,
                                       .lr = 0.1,
                                       .train_loss = 1.0 / 3.0,
                                       .train_accuracy = 0.5,
                                       .test_loss = INFINITY,
                                       .test_accuracy = 0.25,
                                       .seconds = 1234.5,
                                       .images_per_second = 800.0 };

/* The line-th line (from 0) as an object. */
static json_t *line_of(const char *path, int line)
{
    size_t size = 0;
    char *data = get_file(path, &size), *from = data;
    for (int i = 0; i < line; i++)
        from = strchr(from, '\n') + 1;
    json_t *object = json_loadb(from, (size_t)(strchr(from, '\n') - from), 0, NULL);
    ck_assert_ptr_nonnull(object);
    ot__free(data);
    return object;
}

static double real(const json_t *object, const char *key)
{
    return json_real_value(json_object_get(object, key));
}

START_TEST(an_epoch_can_be_read_back_exactly_as_soon_as_it_is_written)
{
    ot__journal j;
    ck_ok(ot__journal_open(in_folder("journal"), &j));
    ck_ok(ot__journal_epoch(&j, &epoch));
    json_t *e = line_of(in_folder("journal"), 0);
    ck_assert_str_eq(json_string_value(json_object_get(e, "event")), "epoch");
    ck_assert_int_eq(json_integer_value(json_object_get(e, "epoch")), 3);
    ck_assert(real(e, "train_loss") == epoch.train_loss);
    ck_assert(real(e, "test_accuracy") == 0.25);
    ck_assert(json_is_null(json_object_get(e, "test_loss")));
    json_decref(e);
    ot__journal_close(&j);
}
END_TEST

START_TEST(the_end_says_how_it_ended)
{
    const ot_train_result r = { .epochs = 3, .best_accuracy = 0.75, .best_epoch = 2 };
    ot__journal j;
    ck_ok(ot__journal_open(in_folder("journal"), &j));
    ck_ok(ot__journal_epoch(&j, &epoch));
    ck_ok(ot__journal_end(&j, &r, OT_ENUMERIC, "the loss \"\n\xff"));
    ck_ok(ot__journal_end(&j, &r, OT_ENUMERIC, "the loss \"\n"));
    json_t *e = line_of(in_folder("journal"), 2);
    ck_assert_str_eq(json_string_value(json_object_get(e, "status")), ot_strerror(OT_ENUMERIC));
    ck_assert_str_eq(json_string_value(json_object_get(e, "message")), "the loss \"\n");
    ck_assert(real(e, "best_accuracy") == 0.75);
    json_decref(e);
    ot__journal_close(&j);
}
END_TEST

START_TEST(without_a_path_nothing_is_written_and_nothing_fails)
{
    ot__journal j;
    ck_ok(ot__journal_open(NULL, &j));
    ck_ok(ot__journal_epoch(&j, &epoch));
    ot__journal_close(&j);
}
END_TEST

START_TEST(a_journal_that_cannot_be_written_says_so)
{
    ot__journal j;
    ck_status(ot__journal_open(in_folder("none/journal"), &j), OT_ECREATE);
    ck_assert_ptr_nonnull(strstr(ot_message(), "none/journal"));
    ck_ok(ot__journal_open("/dev/full", &j));
    ck_status(ot__journal_epoch(&j, &epoch), OT_EIO);
    ot__journal_close(&j);
}
END_TEST

TCase *journal_case(void)
{
    TCase *c = tcase_create("journal");
    tcase_add_checked_fixture(c, make_folder, remove_folder);
    tcase_add_test(c, an_epoch_can_be_read_back_exactly_as_soon_as_it_is_written);
    tcase_add_test(c, the_end_says_how_it_ended);
    tcase_add_test(c, without_a_path_nothing_is_written_and_nothing_fails);
    tcase_add_test(c, a_journal_that_cannot_be_written_says_so);
    return c;
}
