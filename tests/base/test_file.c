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

TCase *file_case(void)
{
    TCase *c = tcase_create("file");
    tcase_add_checked_fixture(c, make_folder, remove_folder);
    tcase_add_test(c, a_committed_file_is_read_back_whole);
    tcase_add_test(c, an_abandoned_file_leaves_the_old_one_and_no_trace);
    tcase_add_test(c, what_cannot_be_read_says_why);
    tcase_add_test(c, a_file_in_a_missing_folder_cannot_be_created);
    tcase_add_loop_test(c, a_read_may_be_interrupted_or_short_and_says_where_it_failed, 0,
                        (int)(sizeof reads / sizeof reads[0]));
    return c;
}
