/* SPDX-License-Identifier: BSD-3-Clause
 * Reads good and malformed sets in the CIFAR-100 binary format, with both of its labels. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "data/cases.h"

static const char *const labels[] = { "cifar100", "cifar100-coarse" };
static const int classes[] = { 100, 20 };

/* The folder as a place of the fine (0) or the coarse (1) labels. */
static const char *place(int label)
{
    static char where[sizeof folder + 40];
    snprintf(where, sizeof where, "%s:%s", labels[label], folder);
    return where;
}

static ot_dataset *open_place(const char *where, ot_split split)
{
    ot_dataset *d = NULL;
    ck_ok(ot_dataset_open(where, split, &d));
    return d;
}

START_TEST(a_record_has_two_labels_and_each_source_takes_its_own)
{
    put_records100("train.bin", 115, 7);
    put_records100("test.bin", 3, 2);
    ot_dataset *d = open_place(place(_i), OT_SPLIT_TRAIN);
    ot_dataset *test = open_place(place(_i), OT_SPLIT_TEST);
    ck_assert_int_eq(ot_dataset_count(d), 7);
    ck_assert_int_eq(ot_dataset_count(test), 2);
    ck_assert_int_eq(ot_dataset_classes(d), classes[_i]);
    ck_assert_int_eq(ot_dataset_height(d), 32);
    ck_assert_int_eq(ot_dataset_width(d), 32);
    ck_assert_int_eq(ot_dataset_channels(d), 3);
    for (int i = 0; i < 7; i++) {
        ck_assert_int_eq(ot_dataset_label(d, i), (115 + i) % classes[_i]);
        for (int k = 0; k < 3072; k++)
            ck_assert_uint_eq(ot_dataset_image(d, i)[k],
                              byte_of(115 + i, k % 3, k / 96, k / 3 % 32));
    }
    ot_dataset_free(test);
    ot_dataset_free(d);
}
END_TEST

START_TEST(a_folder_alone_is_read_with_fine_labels)
{
    put_records100("train.bin", 15, 9);
    put_records100("test.bin", 0, 1);
    ot_dataset *alone = open_place(folder, OT_SPLIT_TRAIN);
    ot_dataset *fine = open_place(place(0), OT_SPLIT_TRAIN);
    ot_dataset *coarse = open_place(place(1), OT_SPLIT_TRAIN);
    ck_assert_int_eq(ot_dataset_classes(alone), 100);
    ck_assert_str_eq(ot_dataset_fingerprint(alone), ot_dataset_fingerprint(fine));
    ck_assert_str_ne(ot_dataset_fingerprint(alone), ot_dataset_fingerprint(coarse));
    ot_dataset_free(coarse);
    ot_dataset_free(fine);
    ot_dataset_free(alone);
}
END_TEST

/* n names, each with the number of its line. */
static void put_names(const char *name, int n)
{
    char text[2000] = "";
    size_t used = 0;
    for (int i = 0; i < n; i++)
        used += (size_t)snprintf(text + used, sizeof text - used, "name %d\n", i);
    put_file(name, text, used);
}

START_TEST(class_names_are_those_of_the_folder_or_numbers)
{
    static const char *const files[] = { "fine_label_names.txt", "coarse_label_names.txt" };
    const int n = classes[_i];
    put_records100("train.bin", 0, 1);
    put_records100("test.bin", 0, 1);
    put_names(files[1 - _i], classes[1 - _i]); /* those of the other labels */
    for (int lines = n - 1; lines <= n + 1; lines++) {
        char last[32];
        put_names(files[_i], lines);
        ot_dataset *d = open_place(place(_i), OT_SPLIT_TEST);
        snprintf(last, sizeof last, lines == n ? "name %d" : "%d", n - 1);
        ck_assert_str_eq(ot_dataset_class_name(d, n - 1), last);
        ck_assert_ptr_null(ot_dataset_class_name(d, n));
        ot_dataset_free(d);
    }
    remove(in_folder(files[_i]));
    ot_dataset *d = open_place(place(_i), OT_SPLIT_TEST);
    ck_assert_str_eq(ot_dataset_class_name(d, 0), "0");
    ot_dataset_free(d);
}
END_TEST

/* train.bin: three records, then one byte changed, then cut or grown to a size. */
static const struct {
    long at;
    int value;
    long size;
    const char *say;
} damaged[] = {
    { 0, 20, -1, "train.bin:0: coarse label 20 > 19 (CIFAR-100 has 20 coarse classes)" },
    { 3074, 255, -1, "train.bin:3074: coarse label 255 > 19" },
    { 1, 100, -1, "train.bin:1: fine label 100 > 99 (CIFAR-100 has 100 fine classes)" },
    { 6149, 200, -1, "train.bin:6149: fine label 200 > 99" },
    { 0, 0, 0, "train.bin:0: the file is empty; records of 3074 bytes are expected" },
    { 0, 0, 1, "train.bin:1: the file ends within record 0, after 1 of its 3074 bytes" },
    { 0, 0, 3073, "train.bin:3073: the file ends within record 0, after 3073" },
    { 0, 0, 9221, "train.bin:9221: the file ends within record 2, after 3073" },
    { 0, 0, 9223, "train.bin:9223: the file ends within record 3, after 1 " },
    { 0, 0, 50001L * RECORD100, "train.bin:153700000: the file has 153703074 bytes" },
};

START_TEST(a_damaged_file_is_refused_with_its_name_and_offset)
{
    const int k = _i / 2;
    ot_dataset *d = NULL;
    put_records100("test.bin", 0, 1);
    put_records100("train.bin", 0, 3);
    FILE *f = fopen(in_folder("train.bin"), "r+b");
    ck_assert_int_eq(fseek(f, damaged[k].at, SEEK_SET), 0);
    fputc(damaged[k].value, f);
    fclose(f);
    if (damaged[k].size >= 0)
        ck_assert_int_eq(truncate(in_folder("train.bin"), damaged[k].size), 0);
    ck_status(ot_dataset_open(place(_i % 2), OT_SPLIT_TRAIN, &d), OT_EFORMAT);
    ck_assert_ptr_null(d);
    ck_assert_msg(strstr(ot_message(), damaged[k].say), "\"%s\" does not say \"%s\"", ot_message(),
                  damaged[k].say);
}
END_TEST

static void expect_missing(const char *where, ot_split split, const char *say)
{
    ot_dataset *d = NULL;
    ck_status(ot_dataset_open(where, split, &d), OT_ENOENT);
    ck_assert_ptr_null(d);
    ck_assert_msg(strstr(ot_message(), say), "\"%s\" does not say \"%s\"", ot_message(), say);
}

START_TEST(what_is_missing_is_named)
{
    expect_missing(place(_i), OT_SPLIT_TRAIN,
                   "train.bin: no such file; a folder with train.bin and test.bin is expected");
    put_records100("train.bin", 0, 1);
    expect_missing(place(_i), OT_SPLIT_TRAIN, "test.bin: missing; a data set has training and");
    expect_missing(folder, OT_SPLIT_TRAIN, "test.bin: missing; a data set has training and");
    expect_missing(folder, OT_SPLIT_TEST, "test.bin: no such file");
    remove(in_folder("train.bin"));
    put_records100("test.bin", 0, 1);
    expect_missing(folder, OT_SPLIT_TEST, "train.bin: missing; a data set has training and");
}
END_TEST

TCase *cifar100_case(void)
{
    TCase *c = tcase_create("cifar100");
    tcase_add_checked_fixture(c, make_folder, remove_folder);
    tcase_add_loop_test(c, a_record_has_two_labels_and_each_source_takes_its_own, 0, 2);
    tcase_add_test(c, a_folder_alone_is_read_with_fine_labels);
    tcase_add_loop_test(c, class_names_are_those_of_the_folder_or_numbers, 0, 2);
    tcase_add_loop_test(c, a_damaged_file_is_refused_with_its_name_and_offset, 0,
                        2 * sizeof damaged / sizeof damaged[0]);
    tcase_add_loop_test(c, what_is_missing_is_named, 0, 2);
    return c;
}
