/* SPDX-License-Identifier: BSD-3-Clause
 * A journal is never a reason not to go on: what does not belong to the run is cut off. */
#include <string.h>

#include "base/memory.h"
#include "hostile/files.h"
#include "train/fixture.h"
#include "store/journal.h"

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
    whole += size == file->size;
    ot__free(kept);
}

/* A run of three epochs. */
static void small_journal(void)
{
    ot__journal j;
    ck_ok(ot__journal_open(in_folder("metrics.jsonl"), &j));
    const ot_train_opts opts = { .tier = OT_TIER_BEST };
    ck_ok(ot__journal_resume(&j, &opts, 0, 0)); /* a line of an event that may come first */
    for (int epoch = 1; epoch <= 3; epoch++)
        ck_ok(ot__journal_epoch(&j, &(ot_epoch_result){ .epoch = epoch, .lr = 0.1 }));
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
                           .read = read_journal,
                           .user = &epochs };
    report("journals", read_variants(&what), whole);
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
