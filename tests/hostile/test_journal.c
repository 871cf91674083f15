/* SPDX-License-Identifier: BSD-3-Clause
 * A journal is never a reason not to go on: what does not belong to the run is cut off.  Who only
 * reads it is told the line. */
#include <string.h>

#include "base/file.h"
#include "base/memory.h"
#include "hostile/files.h"
#include "train/fixture.h"
#include "store/journal.h"

#define RUN "{\"event\":\"run\",\"net\":{},\"options\":{}}\n"

static long whole;

static void read_journal(const bytes *file, void *user)
{
    const int epochs = *(const int *)user;
    ot__journal j;
    put_file(in_folder("metrics.jsonl"), file->data, file->size);
    ck_ok(ot__journal_reopen(in_folder("metrics.jsonl"), epochs, NULL, NULL, &j));
    ot__journal_close(&j);
    size_t size = 0;
    char *kept = get_file(in_folder("metrics.jsonl"), &size);
    ck_assert_uint_le(size, file->size);
    ck_assert_int_eq(memcmp(kept, file->data, size), 0);
    ck_assert(size == 0 || kept[size - 1] == '\n');
    ot__free(kept);
}

/* Whole, or refused with a line; what a resume has kept is a journal. */
static void read_history(const bytes *file, void *user)
{
    ot_history *h = NULL;
    put_file(in_folder("metrics.jsonl"), file->data, file->size);
    const ot_status status = ot_history_read(in_folder("metrics.jsonl"), &h);
    whole += status == OT_OK;
    if (status != OT_OK)
        expect_refusal(status, in_folder("metrics.jsonl"));
    else
        ck_assert(h->note != NULL || file->size == 0 || file->data[file->size - 1] == '\n');
    ot_history_free(h);
    read_journal(file, user);
    ck_ok(ot_history_read(in_folder("metrics.jsonl"), &h));
    ck_assert_int_le(h->epochs, *(const int *)user);
    ck_assert(!h->ended && !h->note);
    ot_history_free(h);
}

/* A run of three epochs. */
static void small_journal(void)
{
    ot__journal j;
    ck_ok(ot__journal_open(in_folder("metrics.jsonl"), &j));
    const ot_train_opts opts = { .tier = OT_TIER_BEST };
    ck_ok(ot__write_all(j.fd, j.path, RUN, strlen(RUN)));
    ck_ok(ot__journal_resume(&j, &opts, 0, 0, NULL, NULL));
    for (int epoch = 1; epoch <= 3; epoch++)
        ck_ok(ot__journal_epoch(&j, &(ot_epoch_result){ .epoch = epoch, .lr = 0.1 }, NULL, OT_F32));
    ot__journal_close(&j);
}

START_TEST(a_malformed_journal_is_cut_where_it_stops_being_one)
{
    small_journal();
    size_t size = 0;
    char *good = get_file(in_folder("metrics.jsonl"), &size);
    int epochs = 2;
    whole = 0;
    const subject what = { .good = (const unsigned char *)good,
                           .size = size,
                           .stride = 1,
                           .random = 400,
                           .read = read_history,
                           .user = &epochs };
    const long tried = read_variants(&what);
    report("journals", tried, whole);
    ck_assert_int_gt(whole, 100); /* parts of a line at the end are left out */
    ot__free(good);
}
END_TEST

TCase *journal_case(void)
{
    TCase *c = tcase_create("journal");
    tcase_set_timeout(c, 600);
    tcase_add_checked_fixture(c, make_folder, remove_folder);
    tcase_add_test(c, a_malformed_journal_is_cut_where_it_stops_being_one);
    return c;
}
