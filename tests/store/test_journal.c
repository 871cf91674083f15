/* SPDX-License-Identifier: BSD-3-Clause
 * Tests the writer of journals, and how a journal is cut back when a run is resumed. */
#include <errno.h>
#include <jansson.h>
#include <math.h>
#include <string.h>
#include <unistd.h>

#include "base/memory.h"
#include "base/system.h"
#include "store/cases.h"
#include "train/fixture.h"
#include "store/journal.h"

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
    ck_ok(ot__journal_epoch(&j, &epoch, NULL, OT_F32));
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
    ck_ok(ot__journal_epoch(&j, &epoch, NULL, OT_F32));
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
    ck_ok(ot__journal_epoch(&j, &epoch, NULL, OT_F32));
    ot__journal_close(&j);
}
END_TEST

START_TEST(a_journal_that_cannot_be_written_says_so)
{
    ot__journal j;
    ck_status(ot__journal_open(in_folder("none/journal"), &j), OT_ECREATE);
    ck_assert_ptr_nonnull(strstr(ot_message(), "none/journal"));
    ck_ok(ot__journal_open("/dev/full", &j));
    ck_status(ot__journal_epoch(&j, &epoch, NULL, OT_F32), OT_EIO);
    ot__journal_close(&j);
}
END_TEST

/* ---- reopening ---- */

#define RUN "{\"event\":\"run\"}\n"
#define EPOCH(n) "{\"event\":\"epoch\",\"epoch\":" #n "}\n"
#define RESUME(n) "{\"event\":\"resume\",\"epochs\":" #n "}\n"
#define BYTES(text) text, sizeof(text) - 1
#define NEXT "{\"event\":\"epoch\",\"epoch\":3,"

static char notes[2000];

static void on_note(const char *sentence, void *user)
{
    (void)user;
    strcat(notes, sentence);
}

/* Journals that are reopened after two epochs, what is kept of them, and the note about the
 * rest. */
static const struct {
    const char *text; /* NULL: there is no journal */
    const char *kept, *note;
} reopened[] = {
    { NULL, "", NULL },
    { "", "", ":0: the line after epoch 0 is not the next epoch" },
    { RUN EPOCH(1) EPOCH(2), RUN EPOCH(1) EPOCH(2), NULL },
    { RUN EPOCH(1) EPOCH(2) EPOCH(3), RUN EPOCH(1) EPOCH(2), NULL },
    { RUN EPOCH(1) EPOCH(2) "{\"event\":\"end\"}\n", RUN EPOCH(1) EPOCH(2), NULL },
    { RUN EPOCH(1) EPOCH(2) "{\"event\":\"resume\"}\n" EPOCH(2),
      RUN EPOCH(1) EPOCH(2) "{\"event\":\"resume\"}\n", NULL },
    { RUN EPOCH(1) "{\"event\":\"ep", RUN EPOCH(1), ":44: the line after epoch 1" },
    { RUN EPOCH(1) EPOCH(3), RUN EPOCH(1), ":44: the line after epoch 1" },
    { RUN "{\"event\":\"epoch\",\"epoch\":1.0}\n", RUN, ":16: the line after epoch 0" },
    { RUN "{\"event\":\"epoch\"}\n", RUN, ":16: the line after epoch 0" },
    { RUN "{\"event\":7}\n", RUN, ":16: the line after epoch 0" },
    { RUN "[]\n", RUN, ":16: the line after epoch 0" },
    { RUN RESUME(2) EPOCH(3), RUN RESUME(2), NULL },
    { RUN EPOCH(1) RESUME(3) EPOCH(4), RUN EPOCH(1), ":44: the line after epoch 1" },
};

/* Bytes after the last whole line are cut off with a note, but without a copy. */
static const struct {
    const char *text;
    size_t size;
} torn[] = {
    { BYTES(RUN EPOCH(1) EPOCH(2) "{\"event\":\"ep") },
    { BYTES(RUN EPOCH(1) EPOCH(2) "\0\0\0\0") },
    { BYTES(RUN RESUME(2) "{") },
};

START_TEST(what_is_kept_of_a_journal_goes_on_and_what_is_lost_is_reported)
{
    const char *const text = reopened[_i].text, *const kept = reopened[_i].kept;
    ot__journal j;
    size_t size = 0;
    if (text) put_file(in_folder("journal"), text, strlen(text));
    ck_ok(ot__journal_reopen(in_folder("journal"), 2, on_note, NULL, &j));
    ck_assert_int_eq(j.empty, *kept == 0);
    ck_ok(ot__journal_epoch(&j, &epoch, NULL, OT_F32));
    ot__journal_close(&j);
    char *data = get_file(in_folder("journal"), &size);
    ck_assert_msg(strncmp(data, kept, strlen(kept)) == 0, "%s", data);
    ck_assert_msg(strncmp(data + strlen(kept), NEXT, strlen(NEXT)) == 0, "%s", data);
    ot__free(data);
    if (!reopened[_i].note) {
        ck_assert_str_eq(notes, "");
        ck_assert_int_ne(access(in_folder("journal.damaged"), F_OK), 0);
        return;
    }
    ck_assert_msg(strstr(notes, reopened[_i].note), "%s", notes);
    data = get_file(in_folder("journal.damaged"), &size);
    ck_assert_str_eq(data, text);
    ot__free(data);
}
END_TEST

START_TEST(what_ends_in_no_whole_line_is_cut_with_a_note)
{
    ot__journal j;
    size_t size = 0;
    put_file(in_folder("journal"), torn[_i].text, torn[_i].size);
    ck_ok(ot__journal_reopen(in_folder("journal"), 2, on_note, NULL, &j));
    ot__journal_close(&j);
    ck_assert_msg(strstr(notes, "bytes are not a whole line; they are cut off"), "%s", notes);
    ck_assert_int_ne(access(in_folder("journal.damaged"), F_OK), 0);
    char *data = get_file(in_folder("journal"), &size);
    ck_assert(size > 0 && size < torn[_i].size && data[size - 1] == '\n');
    ck_assert_int_eq(memcmp(data, torn[_i].text, size), 0);
    ot__free(data);
}
END_TEST

static void expect_journal(const char *text)
{
    size_t size = 0;
    char *data = get_file(in_folder("journal"), &size);
    ck_assert_str_eq(data, text);
    ot__free(data);
}

START_TEST(a_damaged_journal_is_copied_also_without_a_note)
{
    ot__journal j;
    put_file(in_folder("journal"), "torn", 4);
    ck_ok(ot__journal_reopen(in_folder("journal"), 1, NULL, NULL, &j));
    ot__journal_close(&j);
    expect_journal("");
    ck_assert_int_eq(access(in_folder("journal.damaged"), F_OK), 0);
}
END_TEST

static int calls, fail_at;

static int before_open(const char *call, size_t *size)
{
    (void)size;
    return strcmp(call, "open") == 0 && ++calls == fail_at ? EACCES : 0;
}

/* Files are opened in this order: the directory, which may fail to open for reading, and the copy
 * in it; the same two for the journal; and the journal itself. */
START_TEST(a_journal_that_cannot_be_opened_or_replaced_is_reported)
{
    static const ot_status expected[] = { OT_OK, OT_ECREATE, OT_OK, OT_ECREATE, OT_ECREATE };
    ot__journal j;
    for (fail_at = 1; fail_at <= 5; fail_at++) {
        put_file(in_folder("journal"), RUN "torn", strlen(RUN "torn"));
        calls = 0;
        ot__watch_system(before_open);
        const ot_status status = ot__journal_reopen(in_folder("journal"), 1, NULL, NULL, &j);
        ot__watch_system(NULL);
        ck_assert_msg(status == expected[fail_at - 1], "open %d: %s", fail_at, ot_message());
        ot__journal_close(&j);
        expect_journal(fail_at == 2 || fail_at == 4 ? RUN "torn" : RUN);
    }
    ck_status(ot__journal_reopen(in_folder("journal/journal"), 1, NULL, NULL, &j), OT_ENOENT);
    ck_assert_ptr_nonnull(strstr(ot_message(), "journal/journal: Not a directory"));
}
END_TEST

START_TEST(each_allocation_may_fail_while_a_journal_is_reopened)
{
    ot__journal j;
    long n = 1;
    for (;; n++) {
        put_file(in_folder("journal"), RUN "torn", strlen(RUN "torn"));
        ot__fail_allocation(n, _i);
        const ot_status status = ot__journal_reopen(in_folder("journal"), 1, on_note, NULL, &j);
        ot__journal_close(&j);
        if (ot__fail_allocation(0, 0) < n) break;
        ck_status(status, OT_ENOMEM);
        expect_journal(RUN "torn");
    }
    ck_assert_int_gt(n, 8);
    expect_journal(RUN);
}
END_TEST

static void *none(size_t size)
{
    (void)size;
    return NULL;
}

START_TEST(a_line_that_there_is_no_memory_for_is_not_torn)
{
    ot__journal j;
    put_file(in_folder("journal"), RUN EPOCH(1), strlen(RUN EPOCH(1)));
    json_set_alloc_funcs(none, free);
    const ot_status status = ot__journal_reopen(in_folder("journal"), 1, on_note, NULL, &j);
    json_set_alloc_funcs(malloc, free);
    ck_assert_int_eq(status, OT_ENOMEM);
    ck_assert_str_eq(notes, "");
    expect_journal(RUN EPOCH(1));
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
    tcase_add_loop_test(c, what_is_kept_of_a_journal_goes_on_and_what_is_lost_is_reported, 0,
                        (int)(sizeof reopened / sizeof reopened[0]));
    tcase_add_loop_test(c, what_ends_in_no_whole_line_is_cut_with_a_note, 0,
                        (int)(sizeof torn / sizeof torn[0]));
    tcase_add_test(c, a_damaged_journal_is_copied_also_without_a_note);
    tcase_add_test(c, a_journal_that_cannot_be_opened_or_replaced_is_reported);
    tcase_add_loop_test(c, each_allocation_may_fail_while_a_journal_is_reopened, 0, 2);
    tcase_add_test(c, a_line_that_there_is_no_memory_for_is_not_torn);
    return c;
}
