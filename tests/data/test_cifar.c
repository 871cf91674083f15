/* SPDX-License-Identifier: BSD-3-Clause
 * Reads good and malformed sets in the CIFAR-10 binary format. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/system.h"
#include "data/cases.h"

static const char *const cifar[10] = { "airplane", "automobile", "bird",  "cat",  "deer",
                                       "dog",      "frog",       "horse", "ship", "truck" };

static void expect(ot_status status, const char *where, ot_split split, const char *say)
{
    ot_dataset *d = (ot_dataset *)folder; /* anything but NULL */
    ck_status(ot_dataset_open(where, split, &d), status);
    ck_assert_ptr_null(d);
    ck_assert_msg(strstr(ot_message(), say), "\"%s\" does not say \"%s\"", ot_message(), say);
}

START_TEST(planes_become_channels_last_images_in_the_order_of_the_files)
{
    put_records("data_batch_1.bin", 0, 7);
    put_records("data_batch_2.bin", 7, 4);
    put_records("data_batch_3.bin", 11, 1);
    put_records("test_batch.bin", 100, 3);
    ot_dataset *train = open_set(folder, OT_SPLIT_TRAIN), *test = open_set(folder, OT_SPLIT_TEST);
    ck_assert_int_eq(ot_dataset_count(train), 12);
    ck_assert_int_eq(ot_dataset_count(test), 3);
    ck_assert_int_eq(ot_dataset_classes(train), 10);
    ck_assert_uint_ge(ot_dataset_bytes(train), 12 * RECORD);
    ck_assert_uint_lt(ot_dataset_bytes(train), 13 * RECORD);
    for (int i = 0; i < 12; i++) {
        const uint8_t *v = ot_dataset_image(train, i);
        ck_assert_int_eq(ot_dataset_label(train, i), i % 10);
        for (int y = 0; y < 32; y++)
            for (int x = 0; x < 32; x++)
                for (int c = 0; c < 3; c++)
                    ck_assert_uint_eq(v[(y * 32 + x) * 3 + c], byte_of(i, c, y, x));
    }
    ck_assert_uint_eq(ot_dataset_image(test, 2)[1], byte_of(102, 1, 0, 0));
    ot_dataset_free(train);
    ot_dataset_free(test);
}
END_TEST

START_TEST(what_is_outside_the_set_is_null_or_minus_one)
{
    put_records("test_batch.bin", 0, 2);
    ot_dataset *d = open_set(folder, OT_SPLIT_TEST);
    ck_assert_ptr_null(ot_dataset_image(d, 2));
    ck_assert_ptr_null(ot_dataset_image(d, -1));
    ck_assert_int_eq(ot_dataset_label(d, 2), -1);
    ck_assert_ptr_null(ot_dataset_class_name(d, 10));
    ck_assert_ptr_null(ot_dataset_class_name(d, -1));
    ot_dataset_free(d);
    ot_dataset_free(NULL);
}
END_TEST

static const struct {
    const char *text, *first, *last;
} names[] = {
    { NULL, "airplane", "truck" },
    { "a\nb\nc\nd\ne\nf\ng\nh\ni\nj\n", "a", "j" },
    { "a\r\nb\r\nc\r\nd\r\ne\r\nf\r\ng\r\nh\r\ni\r\nhot dog\r\n\r\n", "a", "hot dog" },
    { "a\nb\nc\nd\ne\nf\ng\nh\ni\nj", "a", "j" },
    /* not ten good names */
    { "a\nb\nc\nd\ne\nf\ng\nh\ni\n", "airplane", "truck" },
    { "a\nb\nc\nd\ne\nf\ng\nh\ni\nj\nk\n", "airplane", "truck" },
    { "a\nb\n\nd\ne\nf\ng\nh\ni\nj\n", "airplane", "truck" },
    { "a\nb\nc\nd\ne\nf\ng\nh\ni\n\033[2J\n", "airplane", "truck" },
    { "a\nb\nc\nd\ne\nf\ng\nh\ni\nj2345678901234567890123456789012\n", "airplane", "truck" },
    { " a\nb\nc\nd\ne\nf\ng\nh\ni\nj\n", "airplane", "truck" },
    { "a\nb\nc\nd\ne\nf\ng\nh\ni\nj \n", "airplane", "truck" },
    { "a\nb\nc\nd\ne\nf\ng\nh\ni\nj\177\n", "airplane", "truck" },
    { "", "airplane", "truck" },
};

START_TEST(class_names_come_from_the_folder_if_they_are_good)
{
    put_records("test_batch.bin", 0, 1);
    if (names[_i].text) put_file("batches.meta.txt", names[_i].text, strlen(names[_i].text));
    ot_dataset *d = open_set(folder, OT_SPLIT_TEST);
    ck_assert_str_eq(ot_dataset_class_name(d, 0), names[_i].first);
    ck_assert_str_eq(ot_dataset_class_name(d, 9), names[_i].last);
    ot_dataset_free(d);
}
END_TEST

START_TEST(class_names_with_a_zero_byte_or_without_end_are_not_taken)
{
    static char text[5000] = "a\nb\nc\nd\ne\nf\ng\nh\ni\nj\n";
    static const size_t sizes[] = { 21, sizeof text }; /* a zero byte more, and all of it */
    put_records("test_batch.bin", 0, 1);
    memset(text + 21, '\n', sizeof text - 21);
    put_file("batches.meta.txt", text, sizes[_i]);
    ot_dataset *d = open_set(folder, OT_SPLIT_TEST);
    ck_assert_str_eq(ot_dataset_class_name(d, 0), "airplane");
    ot_dataset_free(d);
}
END_TEST

/* The second file of a set: n records, then one byte changed, then cut or grown to a size. */
static const struct {
    int records;
    long at;
    int value;
    long size;
    ot_status status;
    const char *say;
} damaged[] = {
    { 3, 0, 10, -1, OT_EFORMAT, "data_batch_2.bin:0: label 10 > 9 (CIFAR-10 has 10 classes)" },
    { 3, 6146, 17, -1, OT_EFORMAT, "data_batch_2.bin:6146: label 17 > 9" },
    { 3, 3073, 255, -1, OT_EFORMAT, "data_batch_2.bin:3073: label 255 > 9" },
    { 3, 0, 0, 0, OT_EFORMAT, "data_batch_2.bin:0: the file is empty" },
    { 3, 0, 0, 1, OT_EFORMAT, "data_batch_2.bin:1: the file ends within record 0" },
    { 3, 0, 0, 3072, OT_EFORMAT, "data_batch_2.bin:3072: the file ends within record 0" },
    { 3, 0, 0, 3074, OT_EFORMAT, "data_batch_2.bin:3074: the file ends within record 1" },
    { 3, 0, 0, 9218, OT_EFORMAT,
      "data_batch_2.bin:9218: the file ends within record 2, after 3072" },
    { 3, 0, 0, 9220, OT_EFORMAT, "data_batch_2.bin:9220: the file ends within record 3, after 1 " },
    { 3, 0, 0, 10001L * RECORD, OT_EFORMAT, "data_batch_2.bin:30730000: the file has 30733073" },
    { 3, 0, 0, 30730001, OT_EFORMAT, "data_batch_2.bin:30730000: the file has 30730001 bytes" },
    { 3, 0, 0, 1L << 40, OT_EFORMAT, "data_batch_2.bin:30730000: the file has 1099511627776" },
};

START_TEST(a_damaged_file_is_refused_with_its_name_and_offset)
{
    put_records("data_batch_1.bin", 0, 2);
    put_records("data_batch_2.bin", 0, damaged[_i].records);
    FILE *f = fopen(in_folder("data_batch_2.bin"), "r+b");
    ck_assert_int_eq(fseek(f, damaged[_i].at, SEEK_SET), 0);
    fputc(damaged[_i].value, f);
    fclose(f);
    if (damaged[_i].size >= 0)
        ck_assert_int_eq(truncate(in_folder("data_batch_2.bin"), damaged[_i].size), 0);
    expect(damaged[_i].status, folder, OT_SPLIT_TRAIN, damaged[_i].say);
}
END_TEST

START_TEST(a_gap_in_the_training_files_is_refused)
{
    put_records("data_batch_1.bin", 0, 1);
    put_records("data_batch_3.bin", 0, 1);
    expect(OT_ENOENT, folder, OT_SPLIT_TRAIN, "data_batch_2.bin: missing, but data_batch_3.bin");
    remove(in_folder("data_batch_1.bin"));
    expect(OT_ENOENT, folder, OT_SPLIT_TRAIN, "data_batch_1.bin: missing, but data_batch_3.bin");
}
END_TEST

START_TEST(half_a_set_is_refused_whichever_half_is_asked_for)
{
    ot_dataset *d = NULL;
    put_records("data_batch_1.bin", 0, 2);
    expect(OT_ENOENT, folder, OT_SPLIT_TRAIN,
           "test_batch.bin: missing; a data set has training and test images");
    put_records("test_batch.bin", 0, 1);
    ck_ok(ot_dataset_open(folder, OT_SPLIT_TRAIN, &d));
    ot_dataset_free(d);
    remove(in_folder("data_batch_1.bin"));
    expect(OT_ENOENT, folder, OT_SPLIT_TEST,
           "data_batch_1.bin: missing; a data set has training and test images");
    put_records("data_batch_2.bin", 0, 2);
    expect(OT_ENOENT, folder, OT_SPLIT_TEST, "data_batch_1.bin: missing, but data_batch_2.bin");
}
END_TEST

START_TEST(a_copy_of_cifar_that_stopped_half_way_is_refused)
{
    put_records("data_batch_1.bin", 0, 10000);
    expect(OT_ENOENT, folder, OT_SPLIT_TRAIN, "data_batch_2.bin: missing; CIFAR-10 has 5");
    put_file("batches.meta.txt", "a\nb\nc\nd\ne\nf\ng\nh\ni\nj\n", 20);
    ot_dataset *d = open_set(folder, OT_SPLIT_TRAIN);
    ck_assert_int_eq(ot_dataset_count(d), 10000);
    ot_dataset_free(d);
}
END_TEST

START_TEST(five_small_files_are_a_whole_set_under_the_names_of_cifar)
{
    char name[32];
    for (int k = 1; k <= 5; k++) {
        snprintf(name, sizeof name, "data_batch_%d.bin", k);
        put_records(name, k, k);
    }
    ot_dataset *d = open_set(folder, OT_SPLIT_TRAIN);
    ck_assert_int_eq(ot_dataset_count(d), 1 + 2 + 3 + 4 + 5);
    ck_assert_str_eq(ot_dataset_class_name(d, 9), "truck");
    ot_dataset_free(d);
}
END_TEST

/* A link to itself exists, but stat fails for it. */
START_TEST(a_file_that_cannot_be_examined_is_named)
{
    ck_assert_int_eq(symlink("data_batch_1.bin", in_folder("data_batch_1.bin")), 0);
    expect(OT_ENOENT, folder, OT_SPLIT_TRAIN,
           "data_batch_1.bin: Too many levels of symbolic links");
}
END_TEST

START_TEST(what_is_not_there_is_named_with_what_is_expected)
{
    expect(OT_ENOENT, folder, OT_SPLIT_TRAIN, "data_batch_1.bin: no such file; a directory with");
    expect(OT_ENOENT, folder, OT_SPLIT_TEST, "test_batch.bin: no such file; a directory with");
    expect(OT_ENOENT, in_folder("none"), OT_SPLIT_TRAIN,
           "No such file or directory; \"builtin\" or");
    put_records("test_batch.bin", 0, 1);
    expect(OT_ENOENT, in_folder("test_batch.bin"), OT_SPLIT_TEST,
           "one file of a data set; give its folder: ");
    expect(OT_ENOENT, "", OT_SPLIT_TEST, "is expected");
}
END_TEST

START_TEST(a_folder_or_a_pipe_in_place_of_a_file_is_refused)
{
    ck_assert_int_eq(mkdir(in_folder("data_batch_1.bin"), 0777), 0);
    expect(OT_ENOENT, folder, OT_SPLIT_TRAIN, "data_batch_1.bin: not a regular file");
    ck_assert_int_eq(mkfifo(in_folder("test_batch.bin"), 0666), 0);
    expect(OT_ENOENT, folder, OT_SPLIT_TEST, "test_batch.bin: not a regular file");
}
END_TEST

START_TEST(the_ten_names_are_those_of_cifar)
{
    put_records("test_batch.bin", 0, 1);
    ot_dataset *d = open_set(folder, OT_SPLIT_TEST);
    for (int c = 0; c < 10; c++)
        ck_assert_str_eq(ot_dataset_class_name(d, c), cifar[c]);
    ot_dataset_free(d);
}
END_TEST

#ifndef OT_SANITIZED
static int reads;

static int count_read(const char *call, size_t *size)
{
    (void)call, (void)size;
    reads++;
    return 0;
}

/* Zeros are records too, and take no room on the disk. */
static void put_full_files(void)
{
    static const char *const batch[] = { "data_batch_1.bin", "data_batch_2.bin", "data_batch_3.bin",
                                         "data_batch_4.bin", "data_batch_5.bin", "test_batch.bin" };
    for (size_t i = 0; i < sizeof batch / sizeof batch[0]; i++) {
        put_file(batch[i], "", 0);
        ck_assert_int_eq(truncate(in_folder(batch[i]), (off_t)RECORD * 10000), 0);
    }
}

static bool leave_addresses(size_t bytes)
{
    size_t pages = 0;
    FILE *const f = fopen("/proc/self/statm", "r");
    ck_assert(f && fscanf(f, "%zu", &pages) == 1);
    fclose(f);
    return ot_limit_addresses(pages * (size_t)sysconf(_SC_PAGESIZE) + bytes);
}
#endif

START_TEST(a_set_that_memory_does_not_hold_is_refused_before_it_is_read)
{
#ifndef OT_SANITIZED
    const char *fork = getenv("CK_FORK");
    if (ot_in_valgrind() || (fork && strcmp(fork, "no") == 0)) return;
    put_full_files();
    ot_dataset_free(open_set(folder, OT_SPLIT_TEST)); /* threads are there, and their stacks */
    if (!leave_addresses((size_t)100 << 20)) return;
    ot__watch_reads(count_read);
    expect(OT_ENOMEM, folder, OT_SPLIT_TRAIN, " needs 176 MiB and ");
    ot__watch_reads(NULL);
    ck_assert_int_eq(reads, 0);
#endif
}
END_TEST

TCase *cifar_case(void)
{
    TCase *c = tcase_create("cifar");
    tcase_add_checked_fixture(c, make_folder, remove_folder);
    tcase_add_test(c, planes_become_channels_last_images_in_the_order_of_the_files);
    tcase_add_test(c, what_is_outside_the_set_is_null_or_minus_one);
    tcase_add_loop_test(c, class_names_come_from_the_folder_if_they_are_good, 0,
                        sizeof names / sizeof names[0]);
    tcase_add_loop_test(c, class_names_with_a_zero_byte_or_without_end_are_not_taken, 0, 2);
    tcase_add_loop_test(c, a_damaged_file_is_refused_with_its_name_and_offset, 0,
                        sizeof damaged / sizeof damaged[0]);
    tcase_add_test(c, a_gap_in_the_training_files_is_refused);
    tcase_add_test(c, half_a_set_is_refused_whichever_half_is_asked_for);
    tcase_add_test(c, a_copy_of_cifar_that_stopped_half_way_is_refused);
    tcase_add_test(c, five_small_files_are_a_whole_set_under_the_names_of_cifar);
    tcase_add_test(c, a_file_that_cannot_be_examined_is_named);
    tcase_add_test(c, what_is_not_there_is_named_with_what_is_expected);
    tcase_add_test(c, a_folder_or_a_pipe_in_place_of_a_file_is_refused);
    tcase_add_test(c, a_set_that_memory_does_not_hold_is_refused_before_it_is_read);
    tcase_add_test(c, the_ten_names_are_those_of_cifar);
    return c;
}
