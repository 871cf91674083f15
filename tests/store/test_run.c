/* SPDX-License-Identifier: BSD-3-Clause
 * Tests the directory of a run: which names are checkpoints, which files are removed, what happens
 * to damaged checkpoints, and failures of the disk or of memory. */
#include "store/run.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/memory.h"
#include "base/system.h"
#include "store/cases.h"
#include "train/fixture.h"

#define C3 "checkpoint-00000003.safetensors"
#define C4 "checkpoint-00000004.safetensors"

static ot_run *run;
static char notes[2000];

static void set_up(void)
{
    make_folder();
    ck_ok(ot_run_open(in_folder("."), &run));
}

static void tear_down(void)
{
    ot_run_close(run);
    remove_folder();
}

static void put(const char *name)
{
    put_file(in_folder(name), "", 0);
}

static bool is_there(const char *name)
{
    return access(in_folder(name), F_OK) == 0;
}

static void on_note(const char *sentence, void *user)
{
    ck_assert_ptr_eq(user, &run);
    strcat(notes, sentence);
}

static ot_status newest(char **path)
{
    notes[0] = 0;
    return ot_run_newest(run, on_note, &run, path);
}

static void expect_checkpoint(int i, const char *name)
{
    char *path = NULL;
    ck_ok(ot_run_checkpoint(run, i, &path));
    ck_assert_str_eq(strrchr(path, '/') + 1, name);
    free(path);
}

static void expect_message(const char *says)
{
    ck_assert_msg(strstr(ot_message(), says) != NULL, "\"%s\" is not in: %s", says, ot_message());
}

/* ---- names ---- */

START_TEST(only_the_names_that_we_write_are_checkpoints)
{
    static const char *const others[] = {
        "checkpoint-000000003.safetensors",        /* nine digits, of which the first is 0 */
        "checkpoint-0000003.safetensors",          /* seven */
        "checkpoint-1000000000000000.safetensors", /* sixteen */
        "checkpoint-.safetensors",
        "checkpoint-0000000x.safetensors",
        "checkpoint-00000005.safetensor",
        "checkpoint-00000005.safetensors.damaged",
        "checkpoint--0000005.safetensors",
        "Checkpoint-00000005.safetensors",
        "best.safetensors",
    };
    static const int outside[] = { 4, -1, INT_MAX, INT_MIN };
    char *path = NULL;
    put(C3);
    put("checkpoint-99999999.safetensors");
    put("checkpoint-100000000.safetensors");
    put("checkpoint-999999999999999.safetensors");
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++)
        put(others[i]);
    expect_checkpoint(0, "checkpoint-999999999999999.safetensors");
    expect_checkpoint(1, "checkpoint-100000000.safetensors");
    expect_checkpoint(2, "checkpoint-99999999.safetensors");
    expect_checkpoint(3, C3);
    for (size_t i = 0; i < sizeof outside / sizeof outside[0]; i++) {
        ck_status(ot_run_checkpoint(run, outside[i], &path), OT_ENOENT);
        ck_assert_ptr_null(path);
        expect_message(": it has 4 checkpoints");
    }
}
END_TEST

START_TEST(what_a_killed_process_was_writing_goes_and_nothing_else)
{
    static const char *const ours[] = { ".checkpoint-00000003.safetensors.abcdefgh.tmp",
                                        ".best.safetensors.abcdefgh.tmp",
                                        ".final.safetensors.abcdefgh.tmp",
                                        ".metrics.jsonl.abcdefgh.tmp",
                                        ".results.jsonl.abcdefgh.tmp" };
    static const char *const others[] = { ".mine.abcdefgh.tmp",
                                          "metrics.jsonl",
                                          "metrics.jsonl.abcdefgh.tmp",
                                          ".checkpoint-3.safetensors.abcdefgh.tmp",
                                          ".my-metrics.jsonl.abcdefgh.tmp",
                                          ".metrics.jsonl.abcdefgh.tmpx",
                                          ".metrics.jsonl.4711.tmp",
                                          C3 };
    char name[64];
    ot_run_close(run);
    for (int i = 0; i < OT_RUN_FILES; i++) {
        snprintf(name, sizeof name, ".%s.abcdefgh.tmp", ot_run_file_name((ot_run_file)i));
        put(name);
    }
    for (size_t i = 0; i < sizeof ours / sizeof ours[0]; i++)
        put(ours[i]);
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++)
        put(others[i]);
    ck_ok(ot_run_open(in_folder("."), &run));
    for (int i = 0; i < OT_RUN_FILES; i++) {
        snprintf(name, sizeof name, ".%s.abcdefgh.tmp", ot_run_file_name((ot_run_file)i));
        ck_assert_msg(!is_there(name), "%s", name);
    }
    for (size_t i = 0; i < sizeof ours / sizeof ours[0]; i++)
        ck_assert_msg(!is_there(ours[i]), "%s", ours[i]);
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
        ck_assert_msg(is_there(others[i]), "%s", others[i]);
        unlink(in_folder(others[i]));
    }
}
END_TEST

/* ---- failures ---- */

static const char *watched;
static int error;

static int before_call(const char *call, size_t *size)
{
    (void)size;
    return strcmp(call, watched) == 0 ? error : 0;
}

static void fail_each(const char *call, int why)
{
    watched = call;
    error = why;
    ot__watch_system(before_call);
}

START_TEST(a_directory_that_cannot_be_locked_is_reported)
{
    static const struct {
        int error;
        ot_status status;
    } cases[] = { { EACCES, OT_ECREATE }, { ENOENT, OT_ENOENT }, { ENOTDIR, OT_ENOENT } };
    ot_run *other = run;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        fail_each("open", cases[i].error);
        const ot_status status = ot_run_open(in_folder("."), &other);
        ot__watch_system(NULL);
        ck_assert_int_eq(status, cases[i].status);
        ck_assert_ptr_null(other);
        expect_message(": cannot be locked: ");
        expect_message(strerror(cases[i].error));
    }
    put("file");
    ck_status(ot_run_open(in_folder("file"), &other), OT_ENOENT);
    ot_run_close(NULL);
}
END_TEST

START_TEST(a_directory_that_cannot_be_listed_is_not_an_empty_one)
{
    char *path = NULL;
    ot_run *gone = NULL;
    ck_assert_int_eq(mkdir(in_folder("gone"), 0777), 0);
    ck_ok(ot_run_open(in_folder("gone"), &gone));
    unlink(in_folder("gone/.lock"));
    ck_assert_int_eq(rmdir(in_folder("gone")), 0);
    const int file = open("/dev/null", O_RDONLY);
    ck_assert_int_eq(dup2(file, ot__run_folder(gone)), ot__run_folder(gone));
    close(file);
    ck_status(ot_run_checkpoint(gone, 0, &path), OT_EIO);
    expect_message("gone: cannot be listed: ");
    ck_status(ot_run_newest(gone, NULL, NULL, &path), OT_EIO);
    expect_message("gone: cannot be listed: ");
    ck_status(ot__run_prune(gone, 1), OT_EIO);
    ck_assert_ptr_null(path);
    ot_run_close(gone);
}
END_TEST

START_TEST(old_checkpoints_that_cannot_be_removed_are_reported)
{
    put(C3);
    put(C4);
    ck_ok(ot__run_prune(run, 3));
    ck_ok(ot__run_prune(run, 2));
    fail_each("unlink", EROFS);
    ck_status(ot__run_prune(run, 1), OT_EIO);
    expect_message(C3 ": cannot be removed: Read-only file system");
    ck_status(ot__run_prune(run, 0), OT_EIO);
    expect_message(C4 ": cannot be removed"); /* and none after the first */
    fail_each("unlink", ENOENT);
    ck_ok(ot__run_prune(run, 1)); /* another process has removed them */
    ot__watch_system(NULL);
    ck_ok(ot__run_prune(run, 1));
    ck_assert(!is_there(C3) && is_there(C4));
}
END_TEST

START_TEST(each_allocation_may_fail_while_a_directory_is_opened_and_pruned)
{
    ot_run_close(run);
    run = NULL;
    long n = 1;
    for (;; n++) {
        put(C3);
        put(C4);
        ot__fail_allocation(n, _i);
        ot_status status = ot_run_open(in_folder("."), &run);
        if (status == OT_OK) status = ot__run_prune(run, 1);
        if (ot__fail_allocation(0, 0) < n) break;
        ck_status(status, OT_ENOMEM);
        ck_assert(is_there(C3) && is_there(C4));
        ot_run_close(run);
    }
    ck_assert_int_gt(n, 4);
    ck_assert(!is_there(C3) && is_there(C4));
}
END_TEST

/* ---- damaged checkpoints ---- */

/* Each writes a file: a correct checkpoint after 3 steps, or something else under the name of one
 * after 4 steps. */
static void put_good(void)
{
    few f = few_new(1);
    ck_ok(ot_params_save(f.params, in_folder(C3), 0, NULL));
    few_free(f);
}

static void put_without_checksums(void)
{
    put_file(in_folder(C4), "\2\0\0\0\0\0\0\0{}", 10);
}

static void put_folder(void)
{
    ck_assert_int_eq(mkdir(in_folder(C4), 0777), 0);
}

static void put_truncated(void)
{
    put_file(in_folder(C4), "{}", 2);
}

static const struct {
    void (*put)(void);
    const char *says;
} damaged[] = {
    { put_without_checksums, C4 ":8: it has no checksums: it is no checkpoint; it is now " },
    { put_folder, C4 ": not a regular file; it is now " },
    { put_truncated, C4 ":2: the file ends before the header's length (8 bytes); it is now " },
};

START_TEST(what_is_no_checkpoint_is_renamed_and_reported)
{
    char *path = NULL;
    put_good();
    damaged[_i].put();
    ck_ok(newest(&path));
    ck_assert_str_eq(path, in_folder("./" C3));
    ck_assert_msg(strstr(notes, damaged[_i].says), "%s", notes);
    ck_assert_msg(strstr(notes, C4 ".damaged, and the checkpoint before it is taken"), "%s", notes);
    ck_assert(!is_there(C4) && is_there(C4 ".damaged"));
    free(path);
    rmdir(in_folder(C4 ".damaged"));
}
END_TEST

START_TEST(a_checkpoint_that_cannot_be_read_is_renamed)
{
    char *path = NULL;
    put_good();
    watched = "pread";
    error = EIO;
    ot__watch_reads(before_call);
    ck_status(newest(&path), OT_EFORMAT);
    ot__watch_reads(NULL);
    expect_message(": none of its checkpoints is whole");
    ck_assert_ptr_null(path);
    ck_assert_msg(strstr(notes, C3 ":0: cannot read: Input/output error; it is now "), "%s", notes);
    ck_assert(is_there(C3 ".damaged"));
}
END_TEST

START_TEST(a_damaged_checkpoint_that_keeps_its_name_ends_the_search_and_nothing_else_is_reported)
{
    char *path = NULL;
    put_good();
    put_truncated();
    fail_each("rename", EROFS);
    ck_status(newest(&path), OT_EIO);
    ot__watch_system(NULL);
    expect_message(C4 ": cannot be renamed: Read-only file system");
    ck_assert_ptr_null(path);
    ck_assert_str_eq(notes, "");
    ck_assert(is_there(C4));
}
END_TEST

START_TEST(each_allocation_may_fail_while_the_newest_is_looked_for)
{
    char *path = NULL;
    put_good();
    long n = 1;
    for (;; n++) {
        put_truncated();
        ot__fail_allocation(n, _i);
        const ot_status status = newest(&path);
        if (ot__fail_allocation(0, 0) < n) break;
        ck_status(status, OT_ENOMEM);
        ck_assert_ptr_null(path);
        ck_assert(is_there(C3) && is_there(C4) == !notes[0]);
    }
    ck_assert_int_gt(n, 10);
    ck_assert_str_eq(path, in_folder("./" C3));
    free(path);
}
END_TEST

TCase *run_case(void)
{
    TCase *c = tcase_create("run");
    tcase_add_checked_fixture(c, set_up, tear_down);
    tcase_add_test(c, only_the_names_that_we_write_are_checkpoints);
    tcase_add_test(c, what_a_killed_process_was_writing_goes_and_nothing_else);
    tcase_add_test(c, a_directory_that_cannot_be_locked_is_reported);
    tcase_add_test(c, a_directory_that_cannot_be_listed_is_not_an_empty_one);
    tcase_add_test(c, old_checkpoints_that_cannot_be_removed_are_reported);
    tcase_add_loop_test(c, each_allocation_may_fail_while_a_directory_is_opened_and_pruned, 0, 2);
    tcase_add_loop_test(c, what_is_no_checkpoint_is_renamed_and_reported, 0,
                        (int)(sizeof damaged / sizeof damaged[0]));
    tcase_add_test(c, a_checkpoint_that_cannot_be_read_is_renamed);
    tcase_add_test(
        c, a_damaged_checkpoint_that_keeps_its_name_ends_the_search_and_nothing_else_is_reported);
    tcase_add_loop_test(c, each_allocation_may_fail_while_the_newest_is_looked_for, 0, 2);
    return c;
}
