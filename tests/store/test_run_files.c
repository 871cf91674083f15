/* SPDX-License-Identifier: BSD-3-Clause
 * Tests the names of the files of a run, and the list of them that any program can make without the
 * lock. */
#include "store/run_files.h"

#include <string.h>

#include "base/memory.h"
#include "store/cases.h"
#include "train/fixture.h"

#define C3 "checkpoint-00000003.safetensors"
#define C100 "checkpoint-00000100.safetensors"
#define LARGE "checkpoint-100000000.safetensors"

static void put(const char *name)
{
    put_file(in_folder(name), "", 0);
}

static void put_all(void)
{
    for (int i = 0; i < OT_RUN_FILES; i++)
        put(ot_run_file_name((ot_run_file)i));
}

static ot_run_files *list(void)
{
    ot_run_files *files = NULL;
    ck_ok(ot_run_list(in_folder(""), &files));
    return files;
}

START_TEST(every_file_has_a_name_of_its_own)
{
    for (int i = 0; i < OT_RUN_FILES; i++) {
        const char *const name = ot_run_file_name((ot_run_file)i);
        ck_assert_ptr_nonnull(name);
        ck_assert(ot__run_is_written(name, NULL));
        for (int j = 0; j < i; j++)
            ck_assert_str_ne(name, ot_run_file_name((ot_run_file)j));
    }
    ck_assert_ptr_null(ot_run_file_name(OT_RUN_FILES));
    ck_assert_ptr_null(ot_run_file_name((ot_run_file)-1));
}
END_TEST

START_TEST(a_new_run_replaces_what_belongs_to_one_training)
{
    static const char *const replaced[] = { "metrics.jsonl", "best.safetensors",
                                            "final.safetensors", "average.safetensors", C3 };
    static const char *const kept[] = { "results.jsonl",         "train.log",
                                        "report.html",           C3 ".damaged",
                                        "metrics.jsonl.damaged", "mine" };
    for (size_t i = 0; i < sizeof replaced / sizeof replaced[0]; i++)
        ck_assert_msg(ot__run_is_replaced(replaced[i]), "%s", replaced[i]);
    for (size_t i = 0; i < sizeof kept / sizeof kept[0]; i++)
        ck_assert_msg(!ot__run_is_replaced(kept[i]), "%s", kept[i]);
}
END_TEST

START_TEST(slashes_after_the_directory_are_left_out_of_a_path)
{
    static const struct {
        const char *directory, *path;
    } cases[] = { { "runs/a", "runs/a/metrics.jsonl" },
                  { "runs/a///", "runs/a/metrics.jsonl" },
                  { ".", "./metrics.jsonl" },
                  { "/", "/metrics.jsonl" } };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char *path = NULL;
        ck_ok(ot_run_path(cases[i].directory, OT_RUN_JOURNAL, &path));
        ck_assert_str_eq(path, cases[i].path);
        free(path);
    }
}
END_TEST

START_TEST(an_empty_directory_has_no_files)
{
    ot_run_files *const files = list();
    ck_assert_int_eq(files->checkpoints, 0);
    for (int i = 0; i < OT_RUN_FILES; i++)
        ck_assert_ptr_null(files->path[i]);
    ck_assert_ptr_null(ot_run_weights(files));
    ot_run_files_free(files);
}
END_TEST

/* Only one file exists at a time, so a path at the wrong place would be noticed. */
START_TEST(each_file_is_listed_where_it_belongs)
{
    const char *const name = ot_run_file_name((ot_run_file)_i);
    put(name);
    ot_run_files *const files = list();
    for (int i = 0; i < OT_RUN_FILES; i++)
        ck_assert_msg((files->path[i] != NULL) == (i == _i), "%s: %d", name, i);
    ck_assert_str_eq(files->path[_i], in_folder(name));
    ck_assert_int_eq(files->checkpoints, 0);
    ot_run_files_free(files);
}
END_TEST

START_TEST(checkpoints_are_listed_from_the_newest_on)
{
    static const char *const names[] = { LARGE, C100, C3 };
    static const long long steps[] = { 100000000, 100, 3 };
    put(C100);
    put(C3);
    put(C3 ".damaged");
    put("checkpoint-4.safetensors");
    put(LARGE);
    ot_run_files *const files = list();
    ck_assert_int_eq(files->checkpoints, 3);
    for (int i = 0; i < 3; i++) {
        ck_assert_str_eq(files->checkpoint[i], in_folder(names[i]));
        ck_assert(files->steps[i] == steps[i]);
    }
    ck_assert_ptr_eq(ot_run_weights(files), files->checkpoint[0]);
    ot_run_files_free(files);
}
END_TEST

START_TEST(the_final_weights_are_the_last_ones)
{
    put(C100);
    put("best.safetensors");
    put("final.safetensors");
    ot_run_files *const files = list();
    ck_assert_str_eq(ot_run_weights(files), in_folder("final.safetensors"));
    ot_run_files_free(files);
}
END_TEST

START_TEST(a_run_is_listed_while_it_is_locked)
{
    ot_run *run = NULL;
    put(C3);
    ck_ok(ot_run_open(in_folder("."), &run));
    ot_run_files *const files = list();
    ck_assert_int_eq(files->checkpoints, 1);
    ot_run_files_free(files);
    ot_run_close(run);
}
END_TEST

START_TEST(a_directory_that_cannot_be_opened_is_no_empty_one)
{
    ot_run_files *files = NULL;
    put("file");
    ck_status(ot_run_list(in_folder("missing"), &files), OT_ENOENT);
    ck_assert_ptr_nonnull(strstr(ot_message(), "missing: the directory cannot be opened: No such"));
    ck_status(ot_run_list(in_folder("file"), &files), OT_ENOENT);
    ck_assert_ptr_null(files);
}
END_TEST

START_TEST(each_allocation_may_fail_while_a_run_is_listed)
{
    ot_run_files *files = NULL;
    put_all();
    put(C3);
    put(C100);
    long n = 1;
    for (;; n++) {
        ot__fail_allocation(n, _i);
        const ot_status status = ot_run_list(in_folder("."), &files);
        if (ot__fail_allocation(0, 0) < n) break;
        ck_status(status, OT_ENOMEM);
        ck_assert_ptr_null(files);
    }
    ck_assert_int_gt(n, OT_RUN_FILES);
    ck_assert_int_eq(files->checkpoints, 2);
    ot_run_files_free(files);
}
END_TEST

TCase *run_files_case(void)
{
    TCase *c = tcase_create("run_files");
    tcase_add_checked_fixture(c, make_folder, remove_folder);
    tcase_add_test(c, every_file_has_a_name_of_its_own);
    tcase_add_test(c, a_new_run_replaces_what_belongs_to_one_training);
    tcase_add_test(c, slashes_after_the_directory_are_left_out_of_a_path);
    tcase_add_test(c, an_empty_directory_has_no_files);
    tcase_add_loop_test(c, each_file_is_listed_where_it_belongs, 0, OT_RUN_FILES);
    tcase_add_test(c, checkpoints_are_listed_from_the_newest_on);
    tcase_add_test(c, the_final_weights_are_the_last_ones);
    tcase_add_test(c, a_run_is_listed_while_it_is_locked);
    tcase_add_test(c, a_directory_that_cannot_be_opened_is_no_empty_one);
    tcase_add_loop_test(c, each_allocation_may_fail_while_a_run_is_listed, 0, 2);
    return c;
}
