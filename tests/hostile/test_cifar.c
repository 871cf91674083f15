/* SPDX-License-Identifier: BSD-3-Clause
 * Malformed files of CIFAR-10 and CIFAR-100, and a check that every source of data sets that reads
 * files has a test here. */
#include <stdio.h>
#include <string.h>

#include "data/source.h"
#include "hostile/files.h"
#include "train/fixture.h"

/* The files of a source: a split has records of `labels` labels and an image. */
static const struct format {
    const char *source, *train, *test, *names;
    int labels, classes;
} formats[] = {
    { "cifar10", "data_batch_1.bin", "test_batch.bin", "batches.meta.txt", 1, 10 },
    { "cifar100", "train.bin", "test.bin", "fine_label_names.txt", 2, 100 },
    { "cifar100-coarse", "train.bin", "test.bin", "coarse_label_names.txt", 2, 20 },
};
enum { FORMATS = sizeof formats / sizeof formats[0], MOST_RECORD = 3074 };

static const struct format *format;
static long accepted;
static const char *spoiled; /* the file that is */

static size_t record(void)
{
    return (size_t)format->labels + 3072;
}

static void read_data(const bytes *file, void *user)
{
    (void)user;
    char where[600];
    ot_dataset *d = NULL;
    put_file(in_folder(spoiled), file->data, file->size);
    snprintf(where, sizeof where, "%s:%s", format->source, in_folder("."));
    const ot_status status = ot_dataset_open(where, OT_SPLIT_TRAIN, &d);
    if (status != OT_OK) {
        ck_assert_ptr_null(d);
        expect_refusal(status, spoiled);
        return;
    }
    accepted++;
    ck_assert_int_eq(ot_dataset_classes(d), format->classes);
    for (int i = 0; i < ot_dataset_count(d); i++)
        ck_assert(ot_dataset_label(d, i) >= 0 && ot_dataset_label(d, i) < format->classes);
    if (strstr(spoiled, ".bin"))
        ck_assert_uint_eq(file->size, (size_t)ot_dataset_count(d) * record());
    for (int k = 0; k < ot_dataset_classes(d); k++)
        ck_assert_uint_gt(strlen(ot_dataset_class_name(d, k)), 0);
    ot_dataset_free(d);
}

/* Spoils the training images, then the names. */
static void spoil(void)
{
    unsigned char images[3 * MOST_RECORD];
    char names[2000] = "";
    size_t used = 0;
    for (int k = 0; k < format->classes; k++)
        used += (size_t)snprintf(names + used, sizeof names - used, "a class %d\n", k);
    for (size_t i = 0; i < sizeof images; i++)
        images[i] = i % record() < (size_t)format->labels ? (unsigned char)(i / record() * 4)
                                                          : (unsigned char)(i * 7);
    accepted = 0;
    spoiled = format->train;
    put_file(in_folder(format->names), names, used);
    put_file(in_folder(format->test), images, record());
    const subject data = {
        .good = images, .size = 3 * record(), .stride = 4, .random = 400, .read = read_data
    };
    long tried = read_variants(&data);
    put_file(in_folder(spoiled), images, 3 * record());
    spoiled = format->names;
    const subject meta = { .good = (const unsigned char *)names,
                           .size = used,
                           .stride = used < 100 ? 1 : 7,
                           .random = 400,
                           .read = read_data };
    tried += read_variants(&meta);
    report(format->source, tried, accepted);
}

START_TEST(a_malformed_data_set_is_refused_with_its_offset)
{
    format = &formats[_i];
    spoil();
}
END_TEST

static bool is_spoiled_elsewhere(const char *name)
{
    for (int k = 0; spoiled_elsewhere[k]; k++)
        if (strcmp(spoiled_elsewhere[k], name) == 0) return true;
    return false;
}

START_TEST(every_source_of_files_is_among_them)
{
    for (int i = 0; i < ot_source_count(); i++) {
        const char *const name = ot_source_at(i)->about.name;
        int k = 0;
        if (ot_source_at(i)->alone) continue; /* it computes its images */
        if (is_spoiled_elsewhere(name)) continue;
        while (k < FORMATS && strcmp(formats[k].source, name) != 0)
            k++;
        ck_assert_msg(k < FORMATS, "no files of '%s' are spoiled", name);
    }
}
END_TEST

TCase *cifar_case(void)
{
    TCase *c = tcase_create("cifar");
    tcase_set_timeout(c, 600);
    tcase_add_checked_fixture(c, make_folder, remove_folder);
    tcase_add_loop_test(c, a_malformed_data_set_is_refused_with_its_offset, 0, FORMATS);
    tcase_add_test(c, every_source_of_files_is_among_them);
    return c;
}
