/* SPDX-License-Identifier: BSD-3-Clause */
#include "base/file.h"

#include <dirent.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cases.h"
#include "base/memory.h"

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

TCase *file_case(void)
{
    TCase *c = tcase_create("file");
    tcase_add_checked_fixture(c, make_folder, remove_folder);
    tcase_add_test(c, a_committed_file_is_read_back_whole);
    tcase_add_test(c, an_abandoned_file_leaves_the_old_one_and_no_trace);
    tcase_add_test(c, what_cannot_be_read_says_why);
    tcase_add_test(c, a_file_in_a_missing_folder_cannot_be_created);
    return c;
}
