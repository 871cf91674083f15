/* SPDX-License-Identifier: BSD-3-Clause
 * Finds test images that are training images too. */
#include <string.h>

#include "data/cases.h"

START_TEST(test_images_that_are_training_images_are_found_with_their_first_places)
{
    ot_dataset *train = small_set(40), *test = small_set(60);
    ot_duplicate found[3];
    int n = -1;
    for (int i = 0; i < 60; i++) /* all others differ in one byte */
        images_of(test)[i].at[31][31][2] ^= 1;
    images_of(test)[7] = images_of(train)[12];
    images_of(train)[30] = images_of(train)[12];
    images_of(test)[59] = images_of(train)[0];
    test->label[59] = 5; /* labels do not matter */
    for (int most = 0; most <= 3; most++) {
        memset(found, 0xff, sizeof found);
        ck_ok(ot_dataset_duplicates(train, test, most, found, &n));
        ck_assert_int_eq(n, 2);
        ck_assert_int_eq(found[0].test, most > 0 ? 7 : -1);
        ck_assert_int_eq(found[0].train, most > 0 ? 12 : -1);
        ck_assert_int_eq(found[1].test, most > 1 ? 59 : -1);
        ck_assert_int_eq(found[1].train, most > 1 ? 0 : -1);
        ck_assert_int_eq(found[2].test, -1);
    }
    ot_dataset_free(train);
    ot_dataset_free(test);
}
END_TEST

START_TEST(the_built_in_set_has_none)
{
    ot_dataset *train = open_set("builtin", OT_SPLIT_TRAIN);
    ot_dataset *test = open_set("builtin", OT_SPLIT_TEST);
    int n = -1;
    ck_ok(ot_dataset_duplicates(train, test, 0, NULL, &n));
    ck_assert_int_eq(n, 0);
    ot_dataset_free(train);
    ot_dataset_free(test);
}
END_TEST

TCase *duplicates_case(void)
{
    TCase *c = tcase_create("duplicates");
    tcase_add_test(c, test_images_that_are_training_images_are_found_with_their_first_places);
    tcase_add_test(c, the_built_in_set_has_none);
    return c;
}
