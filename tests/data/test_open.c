/* SPDX-License-Identifier: BSD-3-Clause
 * Opens places of every source, and places that no source accepts. */
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "data/cases.h"
#include "data/source.h"

START_TEST(a_place_that_no_source_accepts_is_refused_with_all_that_are_accepted)
{
    ot_dataset *d = NULL;
    put_file("file", "", 0);
    const char *const bad[] = { in_folder("none"), in_folder("file"), "" };
    for (size_t k = 0; k < sizeof bad / sizeof bad[0]; k++) {
        ck_status(ot_dataset_open(bad[k], OT_SPLIT_TRAIN, &d), OT_ENOENT);
        ck_assert_ptr_null(d);
        for (int i = 0; i < ot__source_count(); i++)
            ck_assert_msg(strstr(ot_message(), ot__source_at(i)->place),
                          "\"%s\" does not name \"%s\"", ot_message(), ot__source_at(i)->place);
    }
    ck_assert_ptr_null(ot__source_at(-1));
    ck_assert_ptr_null(ot__source_at(ot__source_count()));
}
END_TEST

/* Opens a place and returns the number of the source that did. */
static int source_of(const char *where, ot_split split)
{
    ot_dataset *d = NULL;
    const char *place;
    int i = 0;
    ck_ok(ot_dataset_open(where, split, &d));
    while (ot__source_at(i) != d->source)
        i++;
    bool has = false;
    ck_assert_ptr_eq(ot__source_find(where, &place), d->source);
    ck_assert_str_eq(place, d->place);
    ck_ok(d->source->has_split(place, split, &has));
    ck_assert(has);
    ck_assert_str_eq(ot_dataset_where(d), where);
    ck_assert_uint_eq(strlen(ot_dataset_fingerprint(d)), 32);
    ot_dataset_free(d);
    return i;
}

static bool accepts(int source, const char *where)
{
    return ot__source_at(source)->accepts && ot__source_at(source)->accepts(where);
}

START_TEST(the_first_source_that_accepts_a_place_opens_it)
{
    char other[sizeof folder + 8], coarse[sizeof folder + 40];
    snprintf(other, sizeof other, "%s/other", folder);
    snprintf(coarse, sizeof coarse, "cifar100-coarse:%s", other);
    const char *const places[] = { "builtin", folder, other, coarse };
    bool used[8] = { 0 };
    put_records("data_batch_1.bin", 0, 2);
    put_records("test_batch.bin", 0, 2);
    ck_assert_int_eq(mkdir(other, 0777), 0);
    put_records100("other/train.bin", 0, 2);
    put_records100("other/test.bin", 0, 2);
    for (int k = 0; k < 4; k++)
        for (int split = OT_SPLIT_TRAIN; split <= OT_SPLIT_TEST; split++) {
            const int source = source_of(places[k], (ot_split)split);
            for (int i = 0; i <= source; i++)
                ck_assert_int_eq(accepts(i, places[k]), i == source && k < 3);
            used[source] = true;
        }
    remove(in_folder("other/train.bin"));
    remove(in_folder("other/test.bin"));
    for (int i = 0; i < ot__source_count(); i++)
        ck_assert_msg(used[i], "no place here is opened by source %d (%s)", i,
                      ot__source_at(i)->place);
}
END_TEST

/* The source with the name in front reads the folder, whatever is in it; and the set remembers all
 * of what it was opened by. */
START_TEST(the_name_of_a_source_chooses_it)
{
    char where[sizeof folder + 40];
    const char *place;
    int named = 0;
    put_records("data_batch_1.bin", 0, 2);
    put_records("test_batch.bin", 0, 2);
    put_records100("train.bin", 0, 2);
    put_records100("test.bin", 0, 2);
    for (int i = 0; i < ot__source_count(); i++) {
        const ot__source *const source = ot__source_at(i);
        if (!source->name) continue;
        named++;
        snprintf(where, sizeof where, "%s:%s", source->name, folder);
        ck_assert_int_eq(source_of(where, OT_SPLIT_TEST), i);
        ck_assert_str_eq(ot_source_place(i), source->place);
        snprintf(where, sizeof where, "%s:", source->name);
        ck_assert_ptr_null(ot__source_find(where, &place));
        snprintf(where, sizeof where, "%sx:%s", source->name, folder);
        ck_assert_ptr_null(ot__source_find(where, &place));
    }
    ck_assert_int_ge(named, 3);
    ck_assert_ptr_null(ot_source_place(-1));
    ck_assert_ptr_null(ot_source_place(ot__source_count()));
}
END_TEST

START_TEST(builtin_is_the_built_in_set_even_if_a_folder_has_that_name)
{
    ck_assert_int_eq(chdir(folder), 0);
    ck_assert_int_eq(mkdir("builtin", 0777), 0);
    ot_dataset *d = open_set("builtin", OT_SPLIT_TEST);
    ck_assert_str_eq(ot_dataset_class_name(d, 0), "disc");
    ot_dataset_free(d);
}
END_TEST

TCase *open_case(void)
{
    TCase *c = tcase_create("open");
    tcase_add_checked_fixture(c, make_folder, remove_folder);
    tcase_add_test(c, a_place_that_no_source_accepts_is_refused_with_all_that_are_accepted);
    tcase_add_test(c, the_first_source_that_accepts_a_place_opens_it);
    tcase_add_test(c, the_name_of_a_source_chooses_it);
    tcase_add_test(c, builtin_is_the_built_in_set_even_if_a_folder_has_that_name);
    return c;
}
