/* SPDX-License-Identifier: BSD-3-Clause
 * The results of a sweep that several machines share. */
#include <stdlib.h>
#include <string.h>

#include "cli/cases.h"
#include "cli/folder.h"
#include "cli/runs/results.h"

static const struct {
    const char *text;
    int i, n; /* 0: refused */
} shards[] = {
    { "1/1", 1, 1 }, { "2/3", 2, 3 },  { "3/3", 3, 3 },  { "1024/1024", 1024, 1024 },
    { "4/3", 0, 0 }, { "0/3", 0, 0 },  { "1/0", 0, 0 },  { "1/1025", 0, 0 },
    { "2", 0, 0 },   { "2/3x", 0, 0 }, { "-1/3", 0, 0 }, { "2/ 3", 0, 0 },
};

START_TEST(a_shard_is_one_of_its_number)
{
    cli_shard s = { 0, 0 };
    ck_status(cli_shard_read(shards[_i].text, &s), shards[_i].n ? OT_OK : OT_EINVAL);
    if (!shards[_i].n) return;
    ck_assert_int_eq(s.i, shards[_i].i);
    ck_assert_int_eq(s.n, shards[_i].n);
}
END_TEST

static void make(const char *folder, const char *name)
{
    char path[400];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *const f = fopen(path, "w");
    ck_assert_ptr_nonnull(f);
    fclose(f);
}

static cli_results found_in(const char *folder)
{
    cli_results r;
    ck_ok(cli_results_open(folder, &r));
    return r;
}

START_TEST(a_shard_without_a_file_is_noted_until_all_are_there)
{
    char folder[OT_TEMPORARY];
    ot_temporary(folder);
    ck_assert_ptr_nonnull(mkdtemp(folder));
    cli_results r = found_in(folder);
    ck_assert_int_eq(r.n, 0);
    cli_results_close(&r);
    make(folder, "results-2-of-3.jsonl");
    make(folder, "results-1-of-3.jsonl");
    make(folder, "results-4-of-3.jsonl"); /* no shard */
    make(folder, "results-x.jsonl");
    r = found_in(folder);
    ck_assert_int_eq(r.n, 2);
    ck_assert_ptr_nonnull(strstr(r.path[0], "1-of-3"));
    ck_assert_ptr_nonnull(strstr(r.path[1], "2-of-3"));
    ck_assert_int_eq(r.incomplete.i, 2);
    ck_assert_int_eq(r.incomplete.n, 3);
    cli_results_close(&r);
    make(folder, "results-3-of-3.jsonl");
    r = found_in(folder);
    ck_assert_int_eq(r.n, 3);
    ck_assert_int_eq(r.incomplete.n, 0);
    cli_results_close(&r);
    folder_clear(folder);
    rmdir(folder);
}
END_TEST

START_TEST(results_of_the_whole_sweep_come_first)
{
    char folder[OT_TEMPORARY];
    ot_temporary(folder);
    ck_assert_ptr_nonnull(mkdtemp(folder));
    make(folder, "results-1-of-2.jsonl");
    make(folder, "results.jsonl");
    cli_results r = found_in(folder);
    ck_assert_int_eq(r.n, 2);
    ck_assert_ptr_nonnull(strstr(r.path[0], "/results.jsonl"));
    ck_assert_int_eq(r.incomplete.n, 0);
    cli_results_close(&r);
    folder_clear(folder);
    rmdir(folder);
}
END_TEST

TCase *shards_case(void)
{
    TCase *c = tcase_create("shards");
    tcase_add_loop_test(c, a_shard_is_one_of_its_number, 0, sizeof shards / sizeof shards[0]);
    tcase_add_test(c, a_shard_without_a_file_is_noted_until_all_are_there);
    tcase_add_test(c, results_of_the_whole_sweep_come_first);
    return c;
}
