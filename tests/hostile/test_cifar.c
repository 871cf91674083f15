/* SPDX-License-Identifier: BSD-3-Clause */
#include <string.h>

#include "hostile/files.h"
#include "train/fixture.h"

enum { RECORD = 3073 };

static long accepted;
static const char *spoiled; /* the file that is */

static void read_data(const bytes *file, void *user)
{
    (void)user;
    ot_dataset *d = NULL;
    put_file(in_folder(spoiled), file->data, file->size);
    const ot_status status = ot_dataset_open(in_folder("."), OT_SPLIT_TRAIN, &d);
    if (status != OT_OK) {
        ck_assert_ptr_null(d);
        expect_refusal(status, spoiled);
        return;
    }
    accepted++;
    for (int i = 0; i < ot_dataset_count(d); i++)
        ck_assert(ot_dataset_label(d, i) >= 0 && ot_dataset_label(d, i) < 10);
    if (strstr(spoiled, ".bin"))
        ck_assert_uint_eq(file->size, (size_t)ot_dataset_count(d) * RECORD);
    for (int k = 0; k < ot_dataset_classes(d); k++)
        ck_assert_uint_gt(strlen(ot_dataset_class_name(d, k)), 0);
    ot_dataset_free(d);
}

START_TEST(a_malformed_data_set_is_refused_with_its_offset)
{
    unsigned char images[3 * RECORD];
    static const char names[] =
        "circle\nsquare\ntriangle\nstar\ncross\nring\nmoon\nheart\nbar\ndot\n";
    for (size_t i = 0; i < sizeof images; i++)
        images[i] = i % RECORD == 0 ? (unsigned char)(i / RECORD * 4) : (unsigned char)(i * 7);
    accepted = 0;
    spoiled = "data_batch_1.bin";
    put_file(in_folder("batches.meta.txt"), names, sizeof names - 1);
    put_file(in_folder("test_batch.bin"), images, RECORD);
    const subject data = {
        .good = images, .size = sizeof images, .stride = 4, .random = 400, .read = read_data
    };
    long tried = read_variants(&data);
    put_file(in_folder(spoiled), images, sizeof images);
    spoiled = "batches.meta.txt";
    const subject meta = { .good = (const unsigned char *)names,
                           .size = sizeof names - 1,
                           .stride = 1,
                           .random = 400,
                           .read = read_data };
    tried += read_variants(&meta);
    report("CIFAR-10 batches", tried, accepted);
}
END_TEST

TCase *cifar_case(void)
{
    TCase *c = tcase_create("cifar");
    tcase_set_timeout(c, 600);
    tcase_add_checked_fixture(c, make_folder, remove_folder);
    tcase_add_test(c, a_malformed_data_set_is_refused_with_its_offset);
    return c;
}
