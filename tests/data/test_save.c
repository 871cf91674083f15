/* SPDX-License-Identifier: BSD-3-Clause
 * Writes sets, also when system calls fail or the process is killed. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/directory.h"
#include "base/system.h"
#include "data/cases.h"
#include "data/cifar.h"

START_TEST(a_saved_set_is_read_back_the_same)
{
    ot_dataset *d = small_set(123);
    ck_ok(ot_dataset_save(d, folder, OT_SPLIT_TRAIN));
    ck_ok(ot_dataset_save(d, folder, OT_SPLIT_TEST));
    ck_assert_int_eq(files_in_folder(), 3);
    ot_dataset *train = open_set(folder, OT_SPLIT_TRAIN), *test = open_set(folder, OT_SPLIT_TEST);
    ck_assert(same_sets(d, train));
    ck_assert(same_sets(d, test));
    ot_dataset_free(d);
    ot_dataset_free(train);
    ot_dataset_free(test);
}
END_TEST

START_TEST(files_of_the_real_format_are_written_back_byte_for_byte)
{
    static uint8_t before[20 * RECORD], after[20 * RECORD];
    put_records("data_batch_1.bin", 5, 19);
    ck_assert_uint_eq(get_file("data_batch_1.bin", before, sizeof before), 19 * RECORD);
    ot_dataset *d = open_set(folder, OT_SPLIT_TRAIN);
    remove(in_folder("data_batch_1.bin"));
    ck_ok(ot_dataset_save(d, folder, OT_SPLIT_TRAIN));
    ck_assert_uint_eq(get_file("data_batch_1.bin", after, sizeof after), 19 * RECORD);
    ck_assert_mem_eq(before, after, 19 * RECORD);
    ck_assert_uint_eq(get_file("batches.meta.txt", after, sizeof after), 60);
    ck_assert_mem_eq(after, "airplane\nautomobile\nbird\n", 25);
    ot_dataset_free(d);
}
END_TEST

START_TEST(more_than_ten_thousand_images_go_into_several_files)
{
    ot_dataset *d = small_set(10003);
    ck_ok(ot_dataset_save(d, folder, OT_SPLIT_TRAIN));
    struct stat st;
    ck_assert_int_eq(stat(in_folder("data_batch_2.bin"), &st), 0);
    ck_assert_int_eq(st.st_size, 3 * RECORD);
    ot_dataset *back = open_set(folder, OT_SPLIT_TRAIN);
    ck_assert(same_sets(d, back));
    ck_status(ot_dataset_save(d, folder, OT_SPLIT_TEST), OT_EINVAL);
    ot_dataset_free(d);
    ot_dataset_free(back);
}
END_TEST

START_TEST(a_set_is_not_mixed_with_another)
{
    ot_dataset *shapes = small_set(4);
    put_records("test_batch.bin", 0, 2);
    ck_status(ot_dataset_save(shapes, folder, OT_SPLIT_TRAIN), OT_ECREATE);
    ck_assert_ptr_nonnull(strstr(ot_message(), "other classes (airplane, not disc)"));
    put_records("data_batch_1.bin", 0, 2);
    put_records("data_batch_2.bin", 2, 2);
    ot_dataset *d = open_set(folder, OT_SPLIT_TEST);
    ck_status(ot_dataset_save(d, folder, OT_SPLIT_TRAIN), OT_ECREATE);
    ck_assert_ptr_nonnull(strstr(ot_message(), "data_batch_2.bin: left from a larger set"));
    ck_assert_int_eq(files_in_folder(), 3);
    ot_dataset_free(shapes);
    ot_dataset_free(d);
}
END_TEST

START_TEST(a_folder_that_is_missing_or_read_only_is_refused)
{
    ot_dataset *d = small_set(4);
    ck_status(ot_dataset_save(d, in_folder("none"), OT_SPLIT_TRAIN), OT_ECREATE);
    ck_assert_int_eq(chmod(folder, 0555), 0);
    if (geteuid() == 0) ck_assert_int_eq(seteuid(65534), 0); /* root may write anywhere */
    ck_status(ot_dataset_save(d, folder, OT_SPLIT_TRAIN), OT_ECREATE);
    if (getuid() == 0) ck_assert_int_eq(seteuid(0), 0);
    ck_assert_int_eq(chmod(folder, 0777), 0);
    ck_assert_int_eq(files_in_folder(), 0);
    ot_dataset_free(d);
}
END_TEST

START_TEST(a_full_disk_leaves_the_old_set_whole)
{
    ot_dataset *old = small_set(2), *larger = small_set(40), *back;
    ck_ok(ot_dataset_save(old, folder, OT_SPLIT_TRAIN));
    limit_files(5 * RECORD + 100);
    ck_status(ot_dataset_save(larger, folder, OT_SPLIT_TRAIN), OT_EIO);
    ck_assert_ptr_nonnull(strstr(ot_message(), "data_batch_1.bin: cannot write"));
    ck_assert_int_eq(files_in_folder(), 2);
    back = open_set(folder, OT_SPLIT_TRAIN);
    ck_assert(same_sets(old, back));
    ot_dataset_free(old);
    ot_dataset_free(larger);
    ot_dataset_free(back);
}
END_TEST

/* ---- both splits in one step ---- */

static int calls, fail_at, error;

static int fail_one(const char *call, size_t *size)
{
    (void)call, (void)size;
    return ++calls == fail_at ? error : 0;
}

/* A set that is saved into two files, for which ten thousand images are not needed here. */
static ot_dataset *two_files(void)
{
    ot__file_records = 100;
    return small_set(103);
}

/* Which set can be opened in the directory, if any.  It is never half of one. */
static bool opens_as(const ot_dataset *train, const ot_dataset *test)
{
    ot_dataset *a = NULL, *b = NULL;
    const ot_status status = ot_dataset_open(folder, OT_SPLIT_TRAIN, &a);
    ck_assert_int_eq(ot_dataset_open(folder, OT_SPLIT_TEST, &b), status);
    const bool whole = status == OT_OK;
    if (whole) ck_assert(same_sets(a, train) && same_sets(b, test));
    ot_dataset_free(a);
    ot_dataset_free(b);
    return whole;
}

START_TEST(a_set_is_saved_whole_or_not_at_all_whatever_fails)
{
    ot_dataset *train = two_files(), *test = small_set(7);
    error = _i == 0 ? ENOSPC : EIO;
    for (fail_at = 1;; fail_at++) {
        calls = 0;
        ot__watch_system(fail_one);
        const ot_status status = ot_dataset_save_all(train, test, folder);
        ot__watch_system(NULL);
        const bool whole = opens_as(train, test);
        ck_assert_msg(whole || status != OT_OK, "call %d", fail_at);
        if (calls < fail_at) break;
        if (!whole) ck_ok(ot_dataset_save_all(train, test, folder)); /* the same command */
        ck_assert(opens_as(train, test));
        ck_assert_int_eq(files_in_folder(), 4);
        empty_folder();
    }
    ck_assert_int_gt(fail_at, 30);
    ot_dataset_free(train);
    ot_dataset_free(test);
}
END_TEST

static int kill_one(const char *call, size_t *size)
{
    (void)call, (void)size;
    if (++calls == fail_at) _exit(0);
    return 0;
}

START_TEST(a_writer_that_is_killed_leaves_a_whole_set_or_none_and_the_next_one_begins_anew)
{
    ck_ok(ot_set_threads(1)); /* more would not survive the fork */
    ot_dataset *train = two_files(), *test = small_set(7);
    int killed = 0, status;
    for (fail_at = 1;; fail_at++, killed++) {
        const pid_t child = fork();
        if (child == 0) {
            ot__watch_system(kill_one);
            _exit(ot_dataset_save_all(train, test, folder) == OT_OK ? 1 : 2);
        }
        ck_assert_int_eq(waitpid(child, &status, 0), child);
        ck_assert(WIFEXITED(status) && WEXITSTATUS(status) < 2);
        if (!opens_as(train, test)) ck_ok(ot_dataset_save_all(train, test, folder));
        ck_assert(opens_as(train, test));
        ck_assert_int_eq(files_in_folder(), 4);
        empty_folder();
        if (WEXITSTATUS(status) == 1) break;
    }
    ck_assert_int_gt(killed, 30);
    ot_dataset_free(train);
    ot_dataset_free(test);
}
END_TEST

START_TEST(a_set_is_not_saved_over_another_or_beside_another_writer)
{
    ot_dataset *d = small_set(4);
    ot__directory other;
    ck_ok(ot__directory_open(folder, "somebody is here", &other));
    ck_status(ot_dataset_save_all(d, d, folder), OT_EBUSY);
    ck_status(ot_dataset_save(d, folder, OT_SPLIT_TEST), OT_EBUSY);
    ot__directory_close(&other);
    put_records("test_batch.bin", 0, 2);
    ck_status(ot_dataset_save_all(d, d, folder), OT_ECREATE);
    ck_assert_ptr_nonnull(strstr(ot_message(), "holds a data set already"));
    ck_assert_int_eq(files_in_folder(), 1);
    ck_status(ot_dataset_save_all(d, d, in_folder("none")), OT_ECREATE);
    ot_dataset_free(d);
}
END_TEST

TCase *save_case(void)
{
    TCase *c = tcase_create("save");
    tcase_add_checked_fixture(c, make_folder, remove_folder);
    tcase_add_test(c, a_saved_set_is_read_back_the_same);
    tcase_add_test(c, files_of_the_real_format_are_written_back_byte_for_byte);
    tcase_add_test(c, more_than_ten_thousand_images_go_into_several_files);
    tcase_add_test(c, a_set_is_not_mixed_with_another);
    tcase_add_test(c, a_folder_that_is_missing_or_read_only_is_refused);
    tcase_add_test(c, a_full_disk_leaves_the_old_set_whole);
    tcase_add_loop_test(c, a_set_is_saved_whole_or_not_at_all_whatever_fails, 0, 2);
    tcase_add_test(c,
                   a_writer_that_is_killed_leaves_a_whole_set_or_none_and_the_next_one_begins_anew);
    tcase_add_test(c, a_set_is_not_saved_over_another_or_beside_another_writer);
    return c;
}
