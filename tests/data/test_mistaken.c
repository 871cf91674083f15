/* SPDX-License-Identifier: BSD-3-Clause
 * Places that are nearly those of a data set are answered with what would be right. */
#include <string.h>
#include <sys/stat.h>

#include "data/cases.h"

/* Makes an empty file, and the folders above it. */
static void touch(const char *name)
{
    char part[300];
    for (const char *slash = strchr(name, '/'); slash; slash = strchr(slash + 1, '/')) {
        snprintf(part, sizeof part, "%.*s", (int)(slash - name), name);
        mkdir(in_folder(part), 0777);
    }
    put_file(name, "", 0);
}

static const struct {
    const char *files[3]; /* that are made */
    const char *where;    /* the place, in the folder; "": the folder itself */
    const char *says[2];
} cases[] = {
    { { "data_batch_1", "batches.meta" }, "", { "the Python version of CIFAR-10", "tar -xzf" } },
    { { "sub/data_batch_1", "sub/batches.meta" }, "", { "/sub: the Python version", "binary" } },
    { { "train", "test", "meta" }, "", { "the Python version of CIFAR-100", "100-binary" } },
    { { "a/data_batch_1.bin", "a/test_batch.bin" }, "", { "a folder too high", "/a" } },
    { { "a/b/train.bin", "a/b/test.bin" }, "", { "a folder too high", "--data" } },
    { { "MNIST/raw/train-images-idx3-ubyte" }, "", { "a folder too high", "/MNIST/raw" } },
    { { "cifar-10-binary.tar.gz" }, "", { "a packed archive", "tar -xzf" } },
    { { "cifar-10-binary.tar.gz" }, "cifar-10-binary.tar.gz", { "a packed archive", "-C ." } },
    { { "cifar-100-python.tar.gz" }, "cifar-100-python.tar.gz", { "Python version of CIFAR-100" } },
    { { "x.zip" }, "", { "a packed archive", "unzip" } },
    { { "train/cat/1.png", "train/dog/1.png" }, "", { "folders of PNG files", "data import" } },
    { { "data_batch_1.bin" }, "data_batch_1.bin", { "one file of a data set", "its folder" } },
};

START_TEST(a_place_that_is_nearly_right_is_answered)
{
    ot_dataset *d = NULL;
    char where[400];
    for (int i = 0; i < 3 && cases[_i].files[i]; i++)
        touch(cases[_i].files[i]);
    snprintf(where, sizeof where, "%s%s%s", folder, *cases[_i].where ? "/" : "", cases[_i].where);
    ck_status(ot_dataset_open(where, OT_SPLIT_TRAIN, &d), OT_ENOENT);
    for (int k = 0; k < 2 && cases[_i].says[k]; k++)
        ck_assert_msg(strstr(ot_message(), cases[_i].says[k]), "\"%s\" is not in: %s",
                      cases[_i].says[k], ot_message());
}
END_TEST

START_TEST(other_places_keep_their_sentence)
{
    ot_dataset *d = NULL;
    ck_status(ot_dataset_open(folder, OT_SPLIT_TRAIN, &d), OT_ENOENT);
    ck_assert_ptr_nonnull(strstr(ot_message(), "data_batch_1.bin: no such file"));
    touch("test_batch.bin");
    touch("old.tar.gz");
    ck_status(ot_dataset_open(folder, OT_SPLIT_TRAIN, &d), OT_ENOENT);
    ck_assert_ptr_nonnull(strstr(ot_message(), "data_batch_1.bin: no such file"));
}
END_TEST

START_TEST(a_file_of_another_kind_is_named)
{
    ot_dataset *d = NULL;
    put_file("page", "<html>", 6);
    ck_status(ot_dataset_open(in_folder("page"), OT_SPLIT_TRAIN, &d), OT_ENOENT);
    ck_assert_ptr_nonnull(strstr(ot_message(), "an HTML page; a data set is expected"));
    touch("a/data_batch_1.bin");
    touch("a/test_batch.bin");
    put_file("a/data_batch_1.bin", "\x80\x04", 2);
    ck_status(ot_dataset_open(in_folder("a"), OT_SPLIT_TRAIN, &d), OT_EFORMAT);
    ck_assert_ptr_nonnull(strstr(ot_message(), "a pickle of Python"));
}
END_TEST

TCase *mistaken_case(void)
{
    TCase *c = tcase_create("mistaken");
    tcase_add_checked_fixture(c, make_folder, remove_folder);
    tcase_add_loop_test(c, a_place_that_is_nearly_right_is_answered, 0,
                        (int)(sizeof cases / sizeof cases[0]));
    tcase_add_test(c, other_places_keep_their_sentence);
    tcase_add_test(c, a_file_of_another_kind_is_named);
    return c;
}
