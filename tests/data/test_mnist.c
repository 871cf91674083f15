/* SPDX-License-Identifier: BSD-3-Clause
 * Reads the files of MNIST.  tests/hostile has the malformed ones. */
#include <string.h>

#include "data/cases.h"

START_TEST(images_and_labels_are_those_of_the_files)
{
    char where[400];
    snprintf(where, sizeof where, "mnist:%s", folder);
    put_idx(OT_SPLIT_TRAIN, 12, 5, 4);
    put_idx(OT_SPLIT_TEST, 3, 5, 4);
    for (int named = 0; named < 2; named++)
        for (int split = OT_SPLIT_TRAIN; split <= OT_SPLIT_TEST; split++) {
            ot_dataset *d = NULL;
            ck_ok(ot_dataset_open(named ? where : folder, (ot_split)split, &d));
            ck_assert_int_eq(ot_dataset_count(d), split == OT_SPLIT_TRAIN ? 12 : 3);
            ck_assert(ot_dataset_height(d) == 5 && ot_dataset_width(d) == 4 &&
                      ot_dataset_channels(d) == 1 && ot_dataset_classes(d) == 10);
            ck_assert_str_eq(ot_dataset_class_name(d, 7), "7");
            for (int i = 0; i < ot_dataset_count(d); i++) {
                ck_assert_int_eq(ot_dataset_label(d, i), i % 10);
                for (int p = 0; p < 20; p++)
                    ck_assert_int_eq(ot_dataset_image(d, i)[p], (uint8_t)(31 * i + p));
            }
            ot_dataset_free(d);
        }
}
END_TEST

static void expect_refused(ot_status expected, const char *what)
{
    ot_dataset *d = NULL;
    ck_status(ot_dataset_open(folder, OT_SPLIT_TRAIN, &d), expected);
    ck_assert_ptr_null(d);
    ck_assert_msg(strstr(ot_message(), what), "\"%s\" does not say \"%s\"", ot_message(), what);
}

START_TEST(compressed_and_missing_files_are_named)
{
    put_file("train-images-idx3-ubyte.gz", "\037\213", 2);
    expect_refused(OT_ENOENT, "train-images-idx3-ubyte: missing; decompress");
    expect_refused(OT_ENOENT, "train-images-idx3-ubyte.gz with gunzip");
    put_idx(OT_SPLIT_TRAIN, 12, 5, 4);
    expect_refused(OT_ENOENT, "t10k-images-idx3-ubyte: no such file");
    put_idx(OT_SPLIT_TEST, 12, 5, 4);
    remove(in_folder("t10k-labels-idx1-ubyte"));
    expect_refused(OT_ENOENT, "t10k-labels-idx1-ubyte: no such file");
}
END_TEST

START_TEST(files_that_are_cut_or_contradict_each_other_are_refused)
{
    static uint8_t images[400];
    put_idx(OT_SPLIT_TRAIN, 12, 5, 4);
    put_idx(OT_SPLIT_TEST, 3, 5, 4);
    const size_t size = get_file("train-images-idx3-ubyte", images, sizeof images);
    for (size_t n = 0; n < size; n++) {
        char place[60];
        put_file("train-images-idx3-ubyte", images, n);
        snprintf(place, sizeof place, "train-images-idx3-ubyte:%zu: the file", n);
        expect_refused(OT_EFORMAT, place);
    }
    put_idx(OT_SPLIT_TRAIN, 11, 5, 4);
    put_file("train-images-idx3-ubyte", images, size);
    expect_refused(OT_EFORMAT, "train-labels-idx1-ubyte:4: 11 labels;");
    put_idx(OT_SPLIT_TRAIN, 12, 5, 4);
    put_file("train-labels-idx1-ubyte", "\0\0\10\1\0\0\0\14\1\2\3\4\5\6\7\10\11\12\1\1", 20);
    expect_refused(OT_EFORMAT, "train-labels-idx1-ubyte:17: the label is 10; 0 to 9 are possible");
}
END_TEST

TCase *mnist_case(void)
{
    TCase *c = tcase_create("mnist");
    tcase_add_checked_fixture(c, make_folder, remove_folder);
    tcase_add_test(c, images_and_labels_are_those_of_the_files);
    tcase_add_test(c, compressed_and_missing_files_are_named);
    tcase_add_test(c, files_that_are_cut_or_contradict_each_other_are_refused);
    return c;
}
