/* SPDX-License-Identifier: BSD-3-Clause
 * Directories that are locked, moved, replaced and removed meanwhile, and made. */
#include "base/directory.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cases.h"
#include "base/file.h"
#include "base/system.h"

static char before[OT_TEMPORARY], folder[OT_TEMPORARY];

static void make_folder(void)
{
    ot_temporary(folder);
    ck_assert_ptr_nonnull(mkdtemp(folder));
    ck_assert_ptr_nonnull(getcwd(before, sizeof before));
    ck_assert_int_eq(chdir(folder), 0);
    ck_assert_int_eq(mkdir("a", 0777), 0);
}

static void remove_folder(void)
{
    unlink("a/.lock");
    rmdir("a");
    ck_assert_int_eq(chdir(before), 0);
    ck_assert_msg(rmdir(folder) == 0, "something was left behind in %s", folder);
}

static void expect_message(const char *says)
{
    ck_assert_msg(strstr(ot_message(), says) != NULL, "\"%s\" is not in: %s", says, ot_message());
}

START_TEST(one_at_a_time_has_a_directory)
{
    ot__directory d, other;
    ck_ok(ot__directory_open("a", "another process is busy", &d));
    ck_status(ot__directory_open("a", "another process is busy", &other), OT_EBUSY);
    ck_assert_str_eq(ot_message(),
                     "a: another process is busy; wait for it, or choose another directory");
    ck_assert_int_eq(other.fd, -1);
    ot__directory_close(&other);
    ot__directory_close(&d);
    ck_ok(ot__directory_open("a", "another process is busy", &d));
    ot__directory_close(&d);
    ot__directory_close(&d);
}
END_TEST

START_TEST(what_is_no_directory_is_not_locked)
{
    ot__directory d;
    ck_status(ot__directory_open("none", "", &d), OT_ENOENT);
    ck_ok(ot__file_write("file", "", 0));
    ck_status(ot__directory_open("file", "", &d), OT_ENOENT);
    expect_message("file: cannot be locked: Not a directory");
    ck_assert_int_eq(symlink("../file", "a/.lock"), 0);
    ck_status(ot__directory_open("a", "", &d), OT_ECREATE);
    unlink("file");
}
END_TEST

START_TEST(files_follow_the_directory_that_was_opened)
{
    ot__directory d;
    struct stat st;
    ck_ok(ot__directory_open("a", "", &d));
    ck_ok(ot__directory_check(&d));
    ck_assert_int_eq(rename("a", "moved"), 0);
    ck_status(ot__directory_check(&d), OT_EIO);
    ck_assert_int_eq(mkdir("a", 0777), 0);
    ck_status(ot__directory_check(&d), OT_EIO);
    expect_message("a: the directory was moved, replaced or removed meanwhile");
    ck_ok(ot__file_write_in(d.fd, "a/file", "x", 1));
    ck_assert(stat("moved/file", &st) == 0 && stat("a/file", &st) != 0);
    ot__directory_close(&d);
    unlink("moved/file");
    unlink("moved/.lock");
    rmdir("moved");
}
END_TEST

/* Between opening and locking the file. */
static int remove_before_lock(const char *call, size_t *size)
{
    (void)size;
    if (strcmp(call, "flock") == 0) unlink("a/.lock");
    return 0;
}

START_TEST(a_lock_that_was_removed_before_it_was_taken_does_not_count)
{
    ot__directory d;
    ot__watch_system(remove_before_lock);
    ck_status(ot__directory_open("a", "it is being removed", &d), OT_EBUSY);
    ot__watch_system(NULL);
    ck_ok(ot__directory_open("a", "", &d));
    ot__directory_close(&d);
}
END_TEST

static int error;

static int refuse_lock(const char *call, size_t *size)
{
    (void)size;
    return strcmp(call, "flock") == 0 ? error : 0;
}

START_TEST(a_file_system_that_cannot_lock_is_told)
{
    static const int errors[] = { ENOLCK, EBADF, EINVAL, EOPNOTSUPP };
    for (size_t i = 0; i < sizeof errors / sizeof errors[0]; i++) {
        ot__directory d;
        error = errors[i];
        ot__watch_system(refuse_lock);
        ck_status(ot__directory_open("a", "", &d), OT_EIO);
        ot__watch_system(NULL);
        expect_message("a: cannot be locked: ");
        expect_message(strerror(error));
    }
}
END_TEST

START_TEST(missing_directories_are_made)
{
    static const char *const paths[] = { "a", "a/", "a/b/c", "./a/b/c/", "a//b//c", "/", "." };
    struct stat st;
    for (size_t i = 0; i < sizeof paths / sizeof paths[0]; i++) {
        ck_ok(ot__make_directories(paths[i]));
        ck_assert(stat(paths[i], &st) == 0 && S_ISDIR(st.st_mode));
    }
    ck_ok(ot__file_write("a/b/file", "", 0));
    ck_status(ot__make_directories("a/b/file"), OT_ECREATE);
    expect_message("the directory 'a/b/file' cannot be created: Not a directory");
    ck_status(ot__make_directories("a/b/file/c"), OT_ECREATE);
    ck_status(ot__make_directories(""), OT_ECREATE);
    ck_assert(ot__make_directory("a/b") == -1 && errno == EEXIST);
    unlink("a/b/file");
    rmdir("a/b/c");
    rmdir("a/b");
}
END_TEST

TCase *directory_case(void)
{
    TCase *c = tcase_create("directory");
    tcase_add_checked_fixture(c, make_folder, remove_folder);
    tcase_add_test(c, one_at_a_time_has_a_directory);
    tcase_add_test(c, what_is_no_directory_is_not_locked);
    tcase_add_test(c, files_follow_the_directory_that_was_opened);
    tcase_add_test(c, a_lock_that_was_removed_before_it_was_taken_does_not_count);
    tcase_add_test(c, a_file_system_that_cannot_lock_is_told);
    tcase_add_test(c, missing_directories_are_made);
    return c;
}
