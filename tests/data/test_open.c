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
        for (int i = 0; i < ot_source_count(); i++)
            ck_assert_msg(strstr(ot_message(), ot_source_at(i)->place),
                          "\"%s\" does not name \"%s\"", ot_message(), ot_source_at(i)->place);
    }
    ck_assert_ptr_null(ot_source_at(-1));
    ck_assert_ptr_null(ot_source_at(ot_source_count()));
}
END_TEST

/* The table of the source that opens a place; NULL if there is none. */
static const ot_source_kind *find(const char *where)
{
    ot__part source;
    const char *place;
    ck_ok(ot__source_find(where, &source, &place));
    const ot_about *const about = source.about;
    ot__part_free(&source);
    return (const ot_source_kind *)about;
}

/* Opens a place and returns the number of the source that did. */
static int source_of(const char *where, ot_split split)
{
    ot_dataset *d = NULL;
    ck_ok(ot_dataset_open(where, split, &d));
    const ot_source_kind *const kind = (const ot_source_kind *)ot__dataset_source(d);
    int i = 0;
    while (ot_source_at(i) != kind)
        i++;
    bool has = true;
    ck_assert_ptr_eq(find(where), kind);
    if (kind->has_split) {
        has = false;
        ck_ok(kind->has_split(NULL, d->place, split, &has));
    }
    ck_assert(has);
    ck_assert_str_eq(ot_dataset_where(d), where);
    ck_assert_uint_eq(strlen(ot_dataset_fingerprint(d)), 32);
    ot_dataset_free(d);
    return i;
}

/* Whether a source opens a place that does not name it. */
static bool accepts(int source, const char *where)
{
    const ot_source_kind *const kind = ot_source_at(source);
    return (kind->alone && strcmp(kind->about.name, where) == 0) ||
           (kind->accepts && kind->accepts(where));
}

static void move_into_digits(int i)
{
    static const char *const files[] = { "train-images-idx3-ubyte", "train-labels-idx1-ubyte",
                                         "t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte" };
    char to[60];
    snprintf(to, sizeof to, "digits/%s", files[i]);
    ck_assert_int_eq(rename(in_folder(files[i]), in_folder(to)), 0);
}

static void put_set(const char *name)
{
    ot_dataset *const d = small_set(3);
    ck_ok(ot_dataset_write(d, d, in_folder(name)));
    ot_dataset_free(d);
}

START_TEST(the_first_source_that_accepts_a_place_opens_it)
{
    enum { PLACES = 6, ACCEPTED = 5 };
    char other[sizeof folder + 8], digits[sizeof folder + 8], set[sizeof folder + 8];
    char coarse[sizeof folder + 40];
    snprintf(other, sizeof other, "%s/other", folder);
    snprintf(digits, sizeof digits, "%s/digits", folder);
    snprintf(set, sizeof set, "%s/a.set", folder);
    snprintf(coarse, sizeof coarse, "cifar100-coarse:%s", other);
    const char *const places[PLACES] = { "builtin", folder, other, digits, set, coarse };
    bool used[8] = { 0 };
    put_records("data_batch_1.bin", 0, 2);
    put_records("test_batch.bin", 0, 2);
    ck_assert_int_eq(mkdir(other, 0777), 0);
    put_records100("other/train.bin", 0, 2);
    put_records100("other/test.bin", 0, 2);
    put_idx(OT_SPLIT_TRAIN, 3, 4, 4);
    put_idx(OT_SPLIT_TEST, 3, 4, 4);
    ck_assert_int_eq(mkdir(digits, 0777), 0);
    for (int i = 0; i < 4; i++)
        move_into_digits(i);
    put_set("a.set");
    for (int k = 0; k < PLACES; k++)
        for (int split = OT_SPLIT_TRAIN; split <= OT_SPLIT_TEST; split++) {
            const int source = source_of(places[k], (ot_split)split);
            for (int i = 0; i <= source; i++)
                ck_assert_int_eq(accepts(i, places[k]), i == source && k < ACCEPTED);
            used[source] = true;
        }
    for (int i = 0; i < ot_source_count(); i++)
        ck_assert_msg(used[i], "no place here is opened by source %d (%s)", i,
                      ot_source_at(i)->place);
}
END_TEST

/* The source with the name in front reads the folder, whatever is in it; and the set remembers all
 * of what it was opened by. */
START_TEST(the_name_of_a_source_chooses_it)
{
    char where[sizeof folder + 40];
    int named = 0;
    put_idx(OT_SPLIT_TRAIN, 3, 4, 4);
    put_idx(OT_SPLIT_TEST, 3, 4, 4);
    put_set("a.set");
    put_records("data_batch_1.bin", 0, 2);
    put_records("test_batch.bin", 0, 2);
    put_records100("train.bin", 0, 2);
    put_records100("test.bin", 0, 2);
    for (int i = 0; i < ot_source_count(); i++) {
        const char *const name = ot_source_at(i)->about.name;
        if (ot_source_at(i)->alone) continue;
        named++;
        const bool is_file = strcmp(name, "images") == 0;
        snprintf(where, sizeof where, "%s:%s%s", name, folder, is_file ? "/a.set" : "");
        ck_assert_int_eq(source_of(where, OT_SPLIT_TEST), i);
        snprintf(where, sizeof where, "%s:", name);
        ck_assert_ptr_null(find(where));
        ck_assert_ptr_null(find(name));
        snprintf(where, sizeof where, "%sx:%s", name, folder);
        ck_assert_ptr_null(find(where));
    }
    ck_assert_int_ge(named, 5);
}
END_TEST

START_TEST(builtin_is_the_built_in_set_even_if_a_folder_has_that_name)
{
    ck_assert_int_eq(chdir(folder), 0);
    ck_assert_int_eq(mkdir("builtin", 0777), 0);
    ot_dataset *d = open_set("builtin", OT_SPLIT_TEST);
    ck_assert_str_eq(ot_dataset_class_name(d, 0), "disc");
    ot_dataset_free(d);
    ck_status(ot_dataset_open("builtin:here", OT_SPLIT_TEST, &d), OT_ENOENT);
    ck_assert_ptr_nonnull(strstr(ot_message(), "builtin:here: builtin has no places"));
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
