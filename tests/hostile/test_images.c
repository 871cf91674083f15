/* SPDX-License-Identifier: BSD-3-Clause
 * Malformed image sets, with the checksums they had and, so that the reader gets deeper, with
 * checksums that fit. */
#include <string.h>

#include "data/dataset.h"
#include "hostile/files.h"
#include "hostile/seal.h"
#include "train/fixture.h"

enum { NUMBERS = 8 };

static long accepted;
static bytes good;

static void open_both(const char *path)
{
    char where[600];
    snprintf(where, sizeof where, "images:%s", path);
    for (int split = OT_SPLIT_TRAIN; split <= OT_SPLIT_TEST; split++) {
        ot_dataset *d = NULL;
        const ot_status status = ot_dataset_open(where, (ot_split)split, &d);
        if (status != OT_OK) {
            ck_assert_ptr_null(d);
            expect_refusal(status, path);
            continue;
        }
        accepted++;
        for (int i = 0; i < ot_dataset_count(d); i++)
            ck_assert_ptr_nonnull(ot_dataset_class_name(d, ot_dataset_label(d, i)));
        ot_dataset_free(d);
    }
}

static void read_set(const bytes *file, void *user)
{
    const char *const path = in_folder("x.set");
    const bool *const sealed = user;
    if (*sealed && file->size >= SEAL_HEADER) seal(file->data, file->size);
    put_file(path, file->data, file->size);
    open_both(path);
}

static void make_good(void)
{
    static const uint8_t images[7 * 12];
    static const int32_t labels[7] = { 0, 1, 2, 0, 1, 2, 0 };
    static const char *const names[] = { "a", "class", "of three" };
    ot_dataset *d = NULL;
    ck_ok(ot_dataset_new(&(ot_dataset_desc){ .count = 7,
                                             .height = 2,
                                             .width = 2,
                                             .channels = 3,
                                             .classes = 3,
                                             .class_names = names,
                                             .images = images,
                                             .labels = labels },
                         &d));
    ck_ok(ot_dataset_write(d, d, in_folder("good.set")));
    good.data = (unsigned char *)get_file(in_folder("good.set"), &good.size);
    ot_dataset_free(d);
}

START_TEST(a_malformed_image_set_is_refused_with_its_offset)
{
    bool sealed = _i;
    make_good();
    accepted = 0;
    const subject s = { .good = good.data,
                        .size = good.size,
                        .stride = 1,
                        .random = 800,
                        .read = read_set,
                        .user = &sealed };
    const long tried = read_variants(&s);
    report(sealed ? "image sets with good checksums" : "image sets", 2 * tried, accepted);
    ot__free(good.data);
}
END_TEST

/* Each number of the header at its edges.  Sizes beyond that of the file are refused before memory
 * is allocated. */
START_TEST(numbers_out_of_range_are_refused)
{
    static const uint32_t edges[] = { 0, 1, 2, 255, 16384, 16385, 100001, 0x7fffffff, 0xffffffff };
    const char *const path = in_folder("edge.set");
    make_good();
    accepted = 0;
    for (int k = 0; k < NUMBERS; k++)
        for (size_t e = 0; e < sizeof edges / sizeof edges[0]; e++) {
            uint8_t *const file = good.data, kept[4];
            memcpy(kept, file + 8 + 4 * k, 4);
            for (int i = 0; i < 4; i++)
                file[8 + 4 * k + i] = (uint8_t)(edges[e] >> 8 * i);
            seal(file, good.size);
            put_file(path, file, good.size);
            open_both(path);
            memcpy(file + 8 + 4 * k, kept, 4);
            seal(file, good.size);
        }
    ck_assert_int_ge(accepted, 2); /* those that leave a number as it is */
    ot__free(good.data);
}
END_TEST

TCase *images_case(void)
{
    TCase *c = tcase_create("images");
    tcase_set_timeout(c, 600);
    tcase_add_checked_fixture(c, make_folder, remove_folder);
    tcase_add_loop_test(c, a_malformed_image_set_is_refused_with_its_offset, 0, 2);
    tcase_add_test(c, numbers_out_of_range_are_refused);
    return c;
}
