/* SPDX-License-Identifier: BSD-3-Clause
 * Every system call by which a file is replaced fails in turn, with every error that the callers
 * tell apart: the old file or the new one is there, whole, and nothing beside it. */
#include "base/system.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cases.h"
#include "base/file.h"
#include "base/memory.h"

static const int errors[] = { ENOSPC, EDQUOT, EFBIG, EIO, EINVAL, EOPNOTSUPP, EINTR, EACCES };
enum { ERRORS = sizeof errors / sizeof errors[0] };

static char folder[OT_TEMPORARY], path[OT_TEMPORARY + 32];
static int calls, fail_at, error;

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

static int fail_once(const char *call, size_t *size)
{
    (void)call, (void)size;
    return ++calls == fail_at ? error : 0;
}

static ot_status put(const char *text)
{
    ot__replacement r;
    OT_TRY(ot__replace_begin(path, &r));
    ot_status status = ot__replace_reserve(&r, strlen(text));
    if (status == OT_OK) status = ot__replace_write(&r, text, strlen(text));
    if (status == OT_OK) status = ot__replace_commit(&r);
    ot__replace_abandon(&r);
    return status;
}

static bool holds(const char *text)
{
    char *data = NULL;
    size_t size = 0;
    ck_ok(ot__file_read(path, 100, &data, &size));
    const bool same = size == strlen(text) && memcmp(data, text, size) == 0;
    ot__free(data);
    return same;
}

START_TEST(each_call_that_replaces_a_file_may_fail)
{
    error = errors[_i];
    for (fail_at = 1;; fail_at++) {
        ck_ok(put("the old text"));
        calls = 0;
        ot__watch_system(fail_once);
        const ot_status status = put("new");
        ot__watch_system(NULL);
        if (calls < fail_at) break;
        ck_assert_msg(holds("new") || (status != OT_OK && holds("the old text")), "call %d: %s: %s",
                      fail_at, strerror(error), ot_message());
        if (error == EINTR) ck_assert_int_eq(status, OT_OK);
    }
    ck_assert_int_gt(fail_at, 6);
    ck_ok(put("last")); /* removes what is left where removing it failed */
}
END_TEST

START_TEST(a_file_is_replaced_in_the_working_folder)
{
    ck_assert_int_eq(chdir(folder), 0);
    ot__replacement r;
    ck_ok(ot__replace_begin("file", &r));
    ck_ok(ot__replace_reserve(&r, 0));
    ck_ok(ot__replace_write(&r, "new", 3));
    ck_ok(ot__replace_commit(&r));
    ot__replace_abandon(&r);
    ck_assert(holds("new"));
    ck_assert_int_eq(chdir("/"), 0);
}
END_TEST

/* The test would hang otherwise. */
START_TEST(opening_does_not_wait_for_the_other_end_of_a_pipe)
{
    char text[2];
    ck_assert_int_eq(mkfifo(path, 0600), 0);
    ck_assert_int_lt(ot__sys_open(path, O_WRONLY), 0);
    ck_assert_int_eq(errno, ENXIO);
    const int from = ot__sys_open(path, O_RDONLY);
    ck_assert_int_ge(from, 0);
    const int to = ot__sys_open(path, O_WRONLY | O_APPEND);
    ck_assert_int_ge(to, 0);
    /* Reading and writing wait. */
    ck_assert_int_eq(fcntl(from, F_GETFL) & O_NONBLOCK, 0);
    ck_assert_int_eq(fcntl(to, F_GETFL) & (O_NONBLOCK | O_APPEND), O_APPEND);
    ck_assert_int_eq(ot__sys_write(to, "ab", 2), 2);
    ck_assert_int_eq(read(from, text, 2), 2);
    close(to);
    close(from);
}
END_TEST

TCase *system_case(void)
{
    TCase *c = tcase_create("system");
    tcase_add_checked_fixture(c, make_folder, remove_folder);
    tcase_add_loop_test(c, each_call_that_replaces_a_file_may_fail, 0, ERRORS);
    tcase_add_test(c, a_file_is_replaced_in_the_working_folder);
    tcase_add_test(c, opening_does_not_wait_for_the_other_end_of_a_pipe);
    return c;
}
