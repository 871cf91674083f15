/* SPDX-License-Identifier: BSD-3-Clause
 * Temporary files: nothing that somebody else has laid out under such a name is written to, and of
 * what is left behind exactly the files that no process is writing are removed. */
#include "base/temporary.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/cases.h"
#include "base/file.h"
#include "base/memory.h"
#include "base/system.h"

static char before[OT_TEMPORARY], folder[OT_TEMPORARY];

static void make_folder(void)
{
    ot_temporary(folder);
    ck_assert_ptr_nonnull(mkdtemp(folder));
    ck_assert_ptr_nonnull(getcwd(before, sizeof before));
    ck_assert_int_eq(chdir(folder), 0);
}

static void remove_folder(void)
{
    ck_assert_int_eq(chdir(before), 0);
    ck_assert_msg(rmdir(folder) == 0, "something was left behind in %s", folder);
}

static void put(const char *name, const char *text)
{
    FILE *const f = fopen(name, "w");
    ck_assert_ptr_nonnull(f);
    fputs(text, f);
    fclose(f);
}

static bool is_there(const char *name)
{
    struct stat st;
    return lstat(name, &st) == 0;
}

static bool holds(const char *name, const char *text)
{
    char *data = NULL;
    size_t size = 0;
    ck_ok(ot__file_read(name, 100, &data, &size));
    const bool same = size == strlen(text) && memcmp(data, text, size) == 0;
    ot__free(data);
    return same;
}

/* What a killed process has left: the file, without its lock. */
static void leave_behind(const char *name, char *temporary)
{
    const int fd = ot__temporary_create(AT_FDCWD, name, temporary);
    ck_assert_int_ge(fd, 0);
    close(fd);
}

START_TEST(names_are_random_and_beside_the_file)
{
    char one[64], other[64];
    leave_behind("file", one);
    leave_behind("file", other);
    ck_assert_str_ne(one, other);
    ck_assert_int_eq(strncmp(one, ".file.", 6), 0);
    ck_assert_str_eq(one + strlen(one) - 4, ".tmp");
    ck_assert_uint_eq(strlen(one), strlen("file") + OT__TEMPORARY_EXTRA);
    ck_ok(ot__file_write("file", "new", 3));
    ck_assert(!is_there(one) && !is_there(other) && holds("file", "new"));
    unlink("file");
}
END_TEST

START_TEST(what_another_process_is_writing_stays)
{
    ot__replacement slow;
    ck_ok(ot__replace_begin("file", &slow));
    ck_ok(ot__replace_write(&slow, "slow", 4));
    ck_ok(ot__file_write("file", "quick", 5)); /* cleans up first */
    ck_assert(holds("file", "quick"));
    ck_assert(is_there(slow.temporary));
    ck_ok(ot__replace_commit(&slow));
    ot__replace_abandon(&slow);
    ck_assert(holds("file", "slow"));
    unlink("file");
}
END_TEST

START_TEST(what_a_killed_process_was_writing_goes_with_the_next_write)
{
    int status, ready[2];
    char byte = 0;
    ck_assert_int_eq(pipe(ready), 0);
    const pid_t child = fork();
    if (child == 0) {
        ot__replacement r;
        if (ot__replace_begin("file", &r) != OT_OK || write(ready[1], "x", 1) != 1) _exit(1);
        for (;;)
            pause();
    }
    ck_assert_int_eq(read(ready[0], &byte, 1), 1);
    ck_assert_int_eq(kill(child, SIGKILL), 0);
    ck_assert_int_eq(waitpid(child, &status, 0), child);
    ck_ok(ot__file_write("file", "new", 3));
    unlink("file"); /* the directory is empty now */
    close(ready[0]);
    close(ready[1]);
}
END_TEST

START_TEST(only_files_of_exactly_such_a_name_are_removed)
{
    static const char *const others[] = {
        ".file.abcdefgh.tm",   ".file.abcdefgh.tmpx", ".file.abcdefg.tmp", ".file.abcdefghi.tmp",
        ".file.abcdefg1.tmp",  ".file.ABCDEFGH.tmp",  "file.abcdefgh.tmp", ".other.abcdefgh.tmp",
        ".fileabcdefgh.tmp",   "..abcdefgh.tmp",      ".abcdefgh.tmp",     ".file.abcdefgh.tmp.tmp",
        ".files.abcdefgh.tmp", ".file.4711.tmp",      "file.4711.tmp",
    };
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++)
        put(others[i], "");
    put(".file.abcd2345.tmp", "");
    ck_ok(ot__file_write("file", "new", 3));
    ck_assert(!is_there(".file.abcd2345.tmp"));
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
        ck_assert_msg(is_there(others[i]), "%s", others[i]);
        unlink(others[i]);
    }
    unlink("file");
}
END_TEST

START_TEST(what_is_no_file_stays_and_nothing_is_written_through_it)
{
    put("victim", "precious");
    ck_assert_int_eq(symlink("victim", ".file.aaaaaaaa.tmp"), 0);
    ck_assert_int_eq(mkfifo(".file.bbbbbbbb.tmp", 0666), 0);
    ck_assert_int_eq(mkdir(".file.cccccccc.tmp", 0777), 0);
    ck_ok(ot__file_write("file", "new", 3));
    ck_assert(holds("victim", "precious"));
    ck_assert_int_eq(unlink(".file.aaaaaaaa.tmp"), 0);
    ck_assert_int_eq(unlink(".file.bbbbbbbb.tmp"), 0);
    ck_assert_int_eq(rmdir(".file.cccccccc.tmp"), 0);
    unlink("file");
    unlink("victim");
}
END_TEST

START_TEST(a_link_is_replaced_and_what_it_leads_to_stays)
{
    struct stat st;
    put("victim", "precious");
    ck_assert_int_eq(symlink("victim", "file"), 0);
    ck_ok(ot__file_write("file", "new", 3));
    ck_assert(holds("victim", "precious") && holds("file", "new"));
    ck_assert(lstat("file", &st) == 0 && S_ISREG(st.st_mode));
    unlink("file");
    unlink("victim");
}
END_TEST

START_TEST(what_is_no_file_is_not_replaced)
{
    static const char *const paths[] = { "pipe", "folder", "folder/", ".", "" };
    ck_assert_int_eq(mkfifo("pipe", 0666), 0);
    ck_assert_int_eq(mkdir("folder", 0777), 0);
    for (size_t i = 0; i < sizeof paths / sizeof paths[0]; i++) {
        ck_status(ot__file_write(paths[i], "new", 3), OT_ECREATE);
        ck_assert_ptr_nonnull(strstr(ot_message(), "not a regular file"));
    }
    ck_assert_int_eq(unlink("pipe"), 0);
    ck_assert_int_eq(rmdir("folder"), 0);
}
END_TEST

/* ---- a cleaner meets a writer, and file systems without locks ---- */

static int locks, unlocked;

/* A cleaner that comes when a file is created and not locked: it removes the first of them. */
static int clean_before_lock(const char *call, size_t *size)
{
    (void)size;
    if (strcmp(call, "flock") != 0 || locks++ > 0) return 0;
    return system("rm .file.*.tmp") == 0 ? 0 : EIO;
}

static int refuse_locks(const char *call, size_t *size)
{
    (void)size;
    if (strcmp(call, "flock") != 0) return 0;
    locks++;
    return unlocked;
}

START_TEST(a_file_that_a_cleaner_took_before_it_was_locked_is_made_again)
{
    locks = 0;
    ot__watch_system(clean_before_lock);
    ck_ok(ot__file_write("file", "new", 3));
    ot__watch_system(NULL);
    ck_assert_int_eq(locks, 2);
    ck_assert(holds("file", "new"));
    unlink("file");
}
END_TEST

START_TEST(without_locks_files_are_written_and_none_is_taken_for_left_behind)
{
    char temporary[64];
    leave_behind("file", temporary);
    unlocked = ENOLCK;
    locks = 0;
    ot__watch_system(refuse_locks);
    ck_ok(ot__file_write("file", "new", 3));
    ot__watch_system(NULL);
    ck_assert_int_eq(locks, 2);
    ck_assert(is_there(temporary) && holds("file", "new"));
    unlink(temporary);
    unlink("file");
}
END_TEST

START_TEST(a_file_that_is_always_locked_by_somebody_else_is_told)
{
    unlocked = EWOULDBLOCK;
    ot__watch_system(refuse_locks);
    ck_status(ot__file_write("file", "new", 3), OT_ECREATE);
    ot__watch_system(NULL);
    ck_assert(!is_there("file"));
    ck_ok(ot__file_write("file", "new", 3)); /* removes what the attempts left */
    unlink("file");
}
END_TEST

static ot_status fill(FILE *to, void *user)
{
    fputs("some text", to);
    return *(ot_status *)user == OT_OK ? OT_OK : ot__fail(*(ot_status *)user, "why");
}

START_TEST(a_stream_becomes_a_file_or_nothing)
{
    ot_status wanted = OT_OK;
    ck_ok(ot__file_fill("file", fill, &wanted));
    ck_assert(holds("file", "some text"));
    put("file", "old");
    wanted = OT_EFORMAT;
    ck_status(ot__file_fill("file", fill, &wanted), OT_EFORMAT);
    ck_assert_str_eq(ot_message(), "why");
    ck_assert(holds("file", "old"));
    unlink("file");
}
END_TEST

TCase *temporary_case(void)
{
    TCase *c = tcase_create("temporary");
    tcase_add_checked_fixture(c, make_folder, remove_folder);
    tcase_add_test(c, names_are_random_and_beside_the_file);
    tcase_add_test(c, what_another_process_is_writing_stays);
    tcase_add_test(c, what_a_killed_process_was_writing_goes_with_the_next_write);
    tcase_add_test(c, only_files_of_exactly_such_a_name_are_removed);
    tcase_add_test(c, what_is_no_file_stays_and_nothing_is_written_through_it);
    tcase_add_test(c, a_link_is_replaced_and_what_it_leads_to_stays);
    tcase_add_test(c, what_is_no_file_is_not_replaced);
    tcase_add_test(c, a_file_that_a_cleaner_took_before_it_was_locked_is_made_again);
    tcase_add_test(c, without_locks_files_are_written_and_none_is_taken_for_left_behind);
    tcase_add_test(c, a_file_that_is_always_locked_by_somebody_else_is_told);
    tcase_add_test(c, a_stream_becomes_a_file_or_nothing);
    return c;
}
