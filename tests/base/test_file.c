/* SPDX-License-Identifier: BSD-3-Clause */
#include "base/file.h"

#include <dirent.h>
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cases.h"
#include "base/memory.h"
#include "base/system.h"

static char folder[OT_TEMPORARY], path[OT_TEMPORARY + 32];

static void make_folder(void)
{
    ot_temporary(folder);
    ck_assert_ptr_nonnull(mkdtemp(folder));
    snprintf(path, sizeof path, "%s/file", folder);
}

static void remove_folder(void)
{
    unlink(path);
    ck_assert_msg(rmdir(folder) == 0, "something was left behind in %s", folder);
}

static void put(const char *text)
{
    ot__replacement r;
    ck_ok(ot__replace_begin(path, &r));
    ck_ok(ot__replace_write(&r, text, strlen(text)));
    ck_ok(ot__replace_commit(&r));
    ot__replace_abandon(&r);
}

START_TEST(a_committed_file_is_read_back_whole)
{
    char *data = NULL;
    size_t size = 0;
    put("first");
    put("second one");
    ck_ok(ot__file_read(path, 100, &data, &size));
    ck_assert_uint_eq(size, 10);
    ck_assert_str_eq(data, "second one");
    ot__free(data);
}
END_TEST

START_TEST(an_abandoned_file_leaves_the_old_one_and_no_trace)
{
    char *data = NULL;
    size_t size = 0;
    ot__replacement r;
    put("old");
    ck_ok(ot__replace_begin(path, &r));
    ck_ok(ot__replace_write(&r, "new", 3));
    ot__replace_abandon(&r);
    ck_ok(ot__file_read(path, 100, &data, &size));
    ck_assert_str_eq(data, "old");
    ot__free(data);
}
END_TEST

START_TEST(what_cannot_be_read_says_why)
{
    char *data = NULL;
    size_t size = 0;
    ck_status(ot__file_read(path, 100, &data, &size), OT_ENOENT);
    ck_assert_ptr_nonnull(strstr(ot_message(), path));
    ck_status(ot__file_read(folder, 100, &data, &size), OT_ENOENT);
    put("longer than allowed");
    ck_status(ot__file_read(path, 10, &data, &size), OT_EFORMAT);
}
END_TEST

START_TEST(a_file_in_a_missing_folder_cannot_be_created)
{
    ot__replacement r;
    char missing[sizeof folder + 32];
    snprintf(missing, sizeof missing, "%s/none/file", folder);
    ck_status(ot__replace_begin(missing, &r), OT_ECREATE);
}
END_TEST

/* The first read and what comes after it: *size is what is left of a read. */
static const struct {
    int error;
    size_t size;
    ot_status status;
    const char *says;
} reads[] = {
    { 0, 3, OT_OK, NULL },
    { EINTR, SIZE_MAX, OT_OK, NULL },
    { EIO, SIZE_MAX, OT_EIO, ":0: cannot read: Input/output error" },
    { 0, 0, OT_EIO, ":0: the file ended while it was read" },
};

static int first_read, calls;

static int before_read(const char *call, size_t *size)
{
    ck_assert_str_eq(call, "pread");
    if (calls++ > 0) return 0;
    if (*size > reads[first_read].size) *size = reads[first_read].size;
    return reads[first_read].error;
}

START_TEST(a_read_may_be_interrupted_or_short_and_says_where_it_failed)
{
    char *data = NULL, says[sizeof path + 64];
    size_t size = 0;
    put("all of it");
    calls = 0;
    first_read = _i;
    ot__watch_reads(before_read);
    const ot_status status = ot__file_read(path, 100, &data, &size);
    ot__watch_reads(NULL);
    ck_assert_int_eq(status, reads[_i].status);
    ck_assert_int_eq(calls, status == OT_OK ? 2 : 1);
    if (status == OT_OK) {
        ck_assert_str_eq(data, "all of it");
        ot__free(data);
        return;
    }
    snprintf(says, sizeof says, "%s%s", path, reads[_i].says);
    ck_assert_str_eq(ot_message(), says);
}
END_TEST

/* ---- what is on the disk, and when ---- */

static char made[200]; /* the calls that change something, in their order */
static int sync_error;

static int note_call(const char *call, size_t *size)
{
    (void)size;
    const bool sync = strcmp(call, "fsync") == 0;
    if (sync || strcmp(call, "write") == 0 || strncmp(call, "rename", 6) == 0)
        snprintf(made + strlen(made), sizeof made - strlen(made), "%s ", call);
    return sync ? sync_error : 0;
}

static ot_status write_watched(int error)
{
    made[0] = '\0';
    sync_error = error;
    ot__watch_system(note_call);
    const ot_status status = ot__file_write(path, "new", 3);
    ot__watch_system(NULL);
    return status;
}

START_TEST(a_file_is_synced_before_it_is_renamed_and_its_folder_after_that)
{
    ck_ok(write_watched(0));
    ck_assert_str_eq(made, "write fsync rename fsync ");
}
END_TEST

START_TEST(a_file_that_cannot_be_synced_is_no_file)
{
    char *data = NULL;
    size_t size = 0;
    put("old");
    ck_status(write_watched(EIO), OT_EIO);
    ck_status(write_watched(ENOSPC), OT_EIO);
    ck_ok(ot__file_read(path, 100, &data, &size));
    ck_assert_str_eq(data, "old");
    ot__free(data);
    ck_ok(write_watched(EINVAL)); /* a file system that has nothing to sync */
}
END_TEST

START_TEST(a_folder_that_cannot_be_synced_is_reported)
{
    sync_error = EIO;
    ot__watch_system(note_call);
    const ot_status status = ot__sync_folder_of(path);
    ot__watch_system(NULL);
    ck_assert_int_eq(status, OT_EIO);
}
END_TEST

START_TEST(only_a_regular_file_is_replaced)
{
    ck_assert_int_eq(mkfifo(path, 0666), 0);
    ck_status(ot__file_write(path, "new", 3), OT_ECREATE);
    ck_assert_ptr_nonnull(strstr(ot_message(), "not a regular file"));
    ck_status(ot__file_write("/dev/null", "new", 3), OT_ECREATE);
    ck_status(ot__file_write(folder, "new", 3), OT_ECREATE);
}
END_TEST

TCase *file_case(void)
{
    TCase *c = tcase_create("file");
    tcase_add_checked_fixture(c, make_folder, remove_folder);
    tcase_add_test(c, a_committed_file_is_read_back_whole);
    tcase_add_test(c, an_abandoned_file_leaves_the_old_one_and_no_trace);
    tcase_add_test(c, what_cannot_be_read_says_why);
    tcase_add_test(c, a_file_in_a_missing_folder_cannot_be_created);
    tcase_add_test(c, a_file_is_synced_before_it_is_renamed_and_its_folder_after_that);
    tcase_add_test(c, a_file_that_cannot_be_synced_is_no_file);
    tcase_add_test(c, a_folder_that_cannot_be_synced_is_reported);
    tcase_add_test(c, only_a_regular_file_is_replaced);
    tcase_add_loop_test(c, a_read_may_be_interrupted_or_short_and_says_where_it_failed, 0,
                        (int)(sizeof reads / sizeof reads[0]));
    return c;
}
