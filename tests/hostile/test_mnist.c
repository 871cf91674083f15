/* SPDX-License-Identifier: BSD-3-Clause
 * Malformed files of MNIST. */
#include <string.h>

#include "hostile/files.h"
#include "train/fixture.h"

static const char *const names[] = { "train-images-idx3-ubyte", "train-labels-idx1-ubyte",
                                     "t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte" };
/* Six images of 3 x 2, and their labels. */
static const char images[16 + 36] = "\0\0\10\3\0\0\0\6\0\0\0\3\0\0\0\2";
static const char labels[8 + 6] = "\0\0\10\1\0\0\0\6\1\2\3\4\5\6";

static long accepted;

static void read_files(const bytes *file, void *user)
{
    char where[600];
    ot_dataset *d = NULL;
    const char *const spoiled = user;
    put_file(in_folder(spoiled), file->data, file->size);
    snprintf(where, sizeof where, "mnist:%s", in_folder("."));
    const ot_status status = ot_dataset_open(where, OT_SPLIT_TRAIN, &d);
    if (status != OT_OK) {
        ck_assert_ptr_null(d);
        /* Another count in the file of images is refused at that of the labels. */
        expect_refusal(status, strstr(ot_message(), " labels; ") ? names[1] : spoiled);
        return;
    }
    accepted++;
    ck_assert_int_eq(ot_dataset_count(d), 6);
    for (int i = 0; i < 6; i++)
        ck_assert(ot_dataset_label(d, i) >= 0 && ot_dataset_label(d, i) < 10);
    ot_dataset_free(d);
}

START_TEST(malformed_files_of_mnist_are_refused_with_their_offset)
{
    char spoiled[40];
    const char *const good = _i ? labels : images;
    const size_t size = _i ? sizeof labels : sizeof images;
    for (int k = 0; k < 4; k++)
        put_file(in_folder(names[k]), k % 2 ? labels : images,
                 k % 2 ? sizeof labels : sizeof images);
    snprintf(spoiled, sizeof spoiled, "%s", names[_i]);
    accepted = 0;
    const subject s = { .good = (const unsigned char *)good,
                        .size = size,
                        .stride = 1,
                        .random = 2000,
                        .read = read_files,
                        .user = spoiled };
    const long tried = read_variants(&s);
    report(spoiled, tried, accepted);
}
END_TEST

TCase *mnist_case(void)
{
    TCase *c = tcase_create("mnist");
    tcase_set_timeout(c, 600);
    tcase_add_checked_fixture(c, make_folder, remove_folder);
    tcase_add_loop_test(c, malformed_files_of_mnist_are_refused_with_their_offset, 0, 2);
    return c;
}
