/* SPDX-License-Identifier: BSD-3-Clause
 * Writes image sets and reads them back.  tests/hostile has the malformed ones. */
#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

#include "data/cases.h"

enum { HEADER = 64, NAME = 32 };

/* n images of 3 x 4 x channels, with bytes and labels that depend on the seed. */
static ot_dataset *some_set(int n, int channels, int classes, int seed)
{
    static uint8_t images[1000];
    static int32_t labels[20];
    const char *names[500];
    static char text[500][12];
    ot_dataset *d = NULL;
    for (int i = 0; i < n * 12 * channels; i++)
        images[i] = (uint8_t)(i * 7 + seed);
    for (int i = 0; i < n; i++)
        labels[i] = (i * 13 + seed) % classes;
    for (int k = 0; k < classes; k++) {
        snprintf(text[k], sizeof text[k], "class %d", k);
        names[k] = text[k];
    }
    ck_ok(ot_dataset_new(&(ot_dataset_desc){ .count = n,
                                             .height = 3,
                                             .width = 4,
                                             .channels = channels,
                                             .classes = classes,
                                             .class_names = names,
                                             .images = images,
                                             .labels = labels },
                         &d));
    return d;
}

static void expect_same(const ot_dataset *d, const char *where, ot_split split)
{
    ot_dataset *read = NULL;
    ck_ok(ot_dataset_open(where, split, &read));
    ck_assert_str_eq(ot_dataset_fingerprint(read), ot_dataset_fingerprint(d));
    ck_assert_int_eq(ot_dataset_classes(read), ot_dataset_classes(d));
    ck_assert_int_eq(ot_dataset_height(read), 3);
    for (int k = 0; k < ot_dataset_classes(d); k++)
        ck_assert_str_eq(ot_dataset_class_name(read, k), ot_dataset_class_name(d, k));
    ot_normalisation n;
    ck_ok(ot_dataset_normalisation(read, &n));
    ck_assert_int_eq(n.channels, ot_dataset_channels(d));
    ot_dataset_free(read);
}

START_TEST(a_set_that_was_written_is_read_back)
{
    static const struct {
        int channels, classes;
    } forms[] = { { 1, 1 }, { 3, 7 }, { 4, 300 } };
    ot_dataset *train = some_set(11, forms[_i].channels, forms[_i].classes, 1);
    ot_dataset *test = some_set(5, forms[_i].channels, forms[_i].classes, 2);
    char where[400];
    snprintf(where, sizeof where, "images:%s/x.set", folder);
    ck_ok(ot_dataset_write(train, test, in_folder("x.set")));
    for (int named = 0; named < 2; named++) {
        const char *const place = named ? where : in_folder("x.set");
        expect_same(train, place, OT_SPLIT_TRAIN);
        expect_same(test, place, OT_SPLIT_TEST);
    }
    ck_assert_int_eq(files_in_folder(), 1);
    ot_dataset_free(train);
    ot_dataset_free(test);
}
END_TEST

static uint64_t number(const uint8_t *at, int bytes)
{
    uint64_t n = 0;
    for (int i = bytes; i-- > 0;)
        n = n << 8 | at[i];
    return n;
}

/* The layout that odetape-images(5) promises to other programs. */
START_TEST(the_file_is_as_the_manual_describes_it)
{
    static uint8_t file[4000], part[4000];
    static const uint32_t header[] = { 1, 3, 4, 2, 6, 9, 5, 0 };
    ot_dataset *set[] = { some_set(9, 2, 6, 3), some_set(5, 2, 6, 4) };
    ck_ok(ot_dataset_write(set[0], set[1], in_folder("x.set")));
    const size_t size = get_file("x.set", file, sizeof file);
    ck_assert_uint_eq(size, HEADER + 6 * NAME + (9 + 5) * (4 + 24));
    ck_assert_mem_eq(file, "\211OTSET\r\n", 8);
    for (int i = 0; i < 8; i++)
        ck_assert_uint_eq(number(file + 8 + 4 * i, 4), header[i]);
    for (int k = 0; k < 6; k++)
        ck_assert_str_eq((const char *)file + HEADER + k * NAME, ot_dataset_class_name(set[0], k));
    const uint8_t *at = file + HEADER + 6 * NAME;
    for (int s = 0; s < 2; s++) {
        const int n = ot_dataset_count(set[s]);
        ck_assert_uint_eq(number(file + 40 + 8 * s, 8), XXH3_64bits(at, (size_t)n * 28));
        for (int i = 0; i < n; i++)
            ck_assert_uint_eq(number(at + 4 * i, 4), ot_dataset_label(set[s], i));
        ck_assert_mem_eq(at + 4 * n, ot_dataset_image(set[s], 0), (size_t)n * 24);
        at += n * 28;
    }
    memcpy(part, file, 56);
    memcpy(part + 56, file + HEADER, 6 * NAME);
    ck_assert_uint_eq(number(file + 56, 8), XXH3_64bits(part, 56 + 6 * NAME));
    ot_dataset_free(set[0]);
    ot_dataset_free(set[1]);
}
END_TEST

START_TEST(a_file_that_is_cut_anywhere_is_refused)
{
    static uint8_t file[4000];
    ot_dataset *set = some_set(4, 1, 2, 3), *d = NULL;
    char where[400];
    ck_ok(ot_dataset_write(set, set, in_folder("x.set")));
    const size_t size = get_file("x.set", file, sizeof file);
    snprintf(where, sizeof where, "images:%s/cut", folder);
    for (size_t n = 0; n < size; n++) {
        put_file("cut", file, n);
        ck_status(ot_dataset_open(where, OT_SPLIT_TEST, &d), OT_EFORMAT);
        ck_assert_ptr_null(d);
    }
    ot_dataset_free(set);
}
END_TEST

/* A byte of a split is noticed by whoever reads it, one of the header by everybody. */
START_TEST(no_byte_can_change_unnoticed)
{
    static uint8_t file[4000];
    ot_dataset *set = some_set(4, 1, 2, 3);
    char where[400];
    ck_ok(ot_dataset_write(set, set, in_folder("x.set")));
    const size_t size = get_file("x.set", file, sizeof file);
    snprintf(where, sizeof where, "images:%s/changed", folder);
    for (size_t i = 0; i < size; i++) {
        int refused = 0;
        file[i] ^= 1;
        put_file("changed", file, size);
        file[i] ^= 1;
        for (int split = OT_SPLIT_TRAIN; split <= OT_SPLIT_TEST; split++) {
            ot_dataset *d = NULL;
            refused += ot_dataset_open(where, (ot_split)split, &d) == OT_EFORMAT;
            ot_dataset_free(d);
        }
        ck_assert_msg(refused == (i >= HEADER + 2 * NAME ? 1 : 2), "byte %zu: %d refusals", i,
                      refused);
    }
    ot_dataset_free(set);
}
END_TEST

START_TEST(sets_that_do_not_fit_together_are_refused)
{
    ot_dataset *one = some_set(4, 1, 2, 3), *three = some_set(4, 3, 2, 3);
    ot_dataset *more = some_set(4, 1, 5, 3), *shapes = small_set(4);
    ot_dataset *ten = empty_set(1);
    ck_status(ot_dataset_write(one, three, in_folder("x.set")), OT_EINVAL);
    ck_status(ot_dataset_write(one, more, in_folder("x.set")), OT_EINVAL);
    ck_status(ot_dataset_write(shapes, ten, in_folder("x.set")), OT_EINVAL); /* other names */
    ck_assert_int_eq(files_in_folder(), 0);
    ot_dataset_free(one);
    ot_dataset_free(three);
    ot_dataset_free(more);
    ot_dataset_free(shapes);
    ot_dataset_free(ten);
}
END_TEST

START_TEST(a_set_that_cannot_be_written_leaves_the_old_file)
{
    uint8_t kept[8];
    ot_dataset *set = small_set(20);
    ck_status(ot_dataset_write(set, set, in_folder("none/x.set")), OT_ECREATE);
    put_file("x.set", "old", 3);
    limit_files(1000);
    ck_status(ot_dataset_write(set, set, in_folder("x.set")), OT_EIO);
    ck_assert_uint_eq(get_file("x.set", kept, sizeof kept), 3);
    ck_assert_int_eq(files_in_folder(), 1);
    ot_dataset_free(set);
}
END_TEST

TCase *images_case(void)
{
    TCase *c = tcase_create("images");
    tcase_add_checked_fixture(c, make_folder, remove_folder);
    tcase_add_loop_test(c, a_set_that_was_written_is_read_back, 0, 3);
    tcase_add_test(c, the_file_is_as_the_manual_describes_it);
    tcase_add_test(c, a_file_that_is_cut_anywhere_is_refused);
    tcase_add_test(c, no_byte_can_change_unnoticed);
    tcase_add_test(c, sets_that_do_not_fit_together_are_refused);
    tcase_add_test(c, a_set_that_cannot_be_written_leaves_the_old_file);
    return c;
}
