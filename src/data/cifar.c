/* SPDX-License-Identifier: BSD-3-Clause
 * Reads the CIFAR-10 binary format (https://www.cs.toronto.edu/~kriz/cifar.html).
 *
 * Everything is checked before it is used: a file has at most 10000 records; training files are
 * numbered without a gap; there is a test file.  Other sets may have fewer and shorter files than
 * CIFAR-10, but a set that looks like CIFAR-10 itself must have all five training files. */
#include "data/cifar.h"

#include <stdio.h>
#include <string.h>

#include "base/memory.h"

int ot__file_records = 10000;

#define FILES "a directory with data_batch_1.bin to data_batch_5.bin and test_batch.bin"

static const ot__records format = { "CIFAR-10", 1, { { "", OT__CLASSES } }, 0 };

static const char *const cifar_names[OT__CLASSES] = { "airplane", "automobile", "bird", "cat",
                                                      "deer",     "dog",        "frog", "horse",
                                                      "ship",     "truck" };

char *ot__cifar_path(const char *directory, ot_split split, int k)
{
    return split == OT_SPLIT_TEST ? ot__format("%s/test_batch.bin", directory)
                                  : ot__format("%s/data_batch_%d.bin", directory, k + 1);
}

char *ot__cifar_names_path(const char *directory)
{
    return ot__format("%s/batches.meta.txt", directory);
}

ot_status ot__cifar_files(const char *directory, ot_split split, int *files)
{
    const int most = split == OT_SPLIT_TEST ? 1 : OT__TRAIN_FILES;
    int first_missing = most;
    *files = 0;
    for (int k = 0; k < most; k++) {
        char *path = ot__cifar_path(directory, split, k);
        if (!path) return OT_ENOMEM;
        const bool there = ot__exists(path);
        ot__free(path);
        if (!there && first_missing == most) first_missing = k;
        if (there) *files = k + 1;
    }
    if (first_missing < *files)
        return ot__fail(OT_ENOENT, "%s/data_batch_%d.bin: missing, but data_batch_%d.bin is there",
                        directory, first_missing + 1, *files);
    return OT_OK;
}

ot_status ot__cifar_names(const char *directory, char name[OT__CLASSES][OT__NAME_SIZE])
{
    bool good = false;
    char *path = ot__cifar_names_path(directory);
    if (!path) return OT_ENOMEM;
    const ot_status status = ot__class_names_read(path, OT__CLASSES, name, &good);
    ot__free(path);
    if (status != OT_OK) return status;
    for (int c = 0; !good && c < OT__CLASSES; c++)
        snprintf(name[c], OT__NAME_SIZE, "%s", cifar_names[c]);
    return OT_OK;
}

static bool named_as_cifar(const ot_dataset *d)
{
    for (int c = 0; c < OT__CLASSES; c++)
        if (strcmp(d->class_name[c], cifar_names[c]) != 0) return false;
    return true;
}

/* Counts the records of all files, and those of the largest file. */
static ot_status count_records(const char *directory, ot_split split, int files, int *records,
                               int *largest)
{
    *records = *largest = 0;
    for (int k = 0; k < files; k++) {
        char *path = ot__cifar_path(directory, split, k);
        if (!path) return OT_ENOMEM;
        const int n = ot__records_count(&format, path, ot__file_records);
        *records += n;
        if (n > *largest) *largest = n;
        ot__free(path);
    }
    return OT_OK;
}

/* Reads all files into a set with memory for `most` records.  A file that has grown since its
 * records were counted is refused. */
static ot_status read_set(const char *directory, ot_split split, int files, int most, ot_dataset *d)
{
    OT_TRY(ot__cifar_names(directory, d->class_name));
    for (int k = 0; k < files; k++) {
        char *path = ot__cifar_path(directory, split, k);
        if (!path) return OT_ENOMEM;
        const int left = most - d->count;
        const ot_status status =
            ot__records_read(&format, path, left < ot__file_records ? left : ot__file_records, d);
        ot__free(path);
        OT_TRY(status);
    }
    /* Full files with CIFAR-10's class names, but not all five: an interrupted copy. */
    if (split == OT_SPLIT_TRAIN && files < OT__TRAIN_FILES &&
        d->count == files * ot__file_records && named_as_cifar(d))
        return ot__fail(OT_ENOENT,
                        "%s/data_batch_%d.bin: missing; CIFAR-10 has %d training files of %d "
                        "records (a smaller set of its own names its classes in batches.meta.txt)",
                        directory, files + 1, OT__TRAIN_FILES, ot__file_records);
    return OT_OK;
}

/* A writer that was killed, or is still writing, has left the file OT__CIFAR_UNFINISHED. */
static ot_status check_finished(const char *directory)
{
    char *path = ot__format("%s/" OT__CIFAR_UNFINISHED, directory);
    if (!path) return OT_ENOMEM;
    const bool unfinished = ot__exists(path);
    ot__free(path);
    if (!unfinished) return OT_OK;
    return ot__fail(OT_ENOENT,
                    "%s: odetape data make has not finished this data set; wait for it, or run it "
                    "again",
                    directory);
}

/* A directory must have both splits, because an interrupted copy may have left only one. */
static ot_status check_other_split(const char *directory, ot_split split)
{
    const ot_split other = split == OT_SPLIT_TEST ? OT_SPLIT_TRAIN : OT_SPLIT_TEST;
    int files;
    OT_TRY(ot__cifar_files(directory, other, &files));
    if (files > 0) return OT_OK;
    return ot__fail(OT_ENOENT, "%s/%s: missing; a data set has training and test images", directory,
                    other == OT_SPLIT_TEST ? "test_batch.bin" : "data_batch_1.bin");
}

/* Memory must hold all images and the bytes of one file. */
static ot_status open_split(const char *directory, ot_split split, int files, ot_dataset **out)
{
    int records, largest;
    OT_TRY(count_records(directory, split, files, &records, &largest));
    OT_TRY(ot__dataset_check_memory(((size_t)records + (size_t)largest) * OT__RECORD, directory));
    OT_TRY(ot__records_new(&format, records, out));
    ot_status status = read_set(directory, split, files, records, *out);
    if (status == OT_OK) status = check_other_split(directory, split);
    if (status == OT_OK) return OT_OK;
    ot_dataset_free(*out);
    *out = NULL;
    return status;
}

/* ---- the source ---- */

static ot_status open_folder(const void *attributes, const char *directory, ot_split split,
                             ot_dataset **out)
{
    (void)attributes;
    int files;
    OT_TRY(check_finished(directory));
    OT_TRY(ot__cifar_files(directory, split, &files));
    if (files == 0)
        return ot__fail(OT_ENOENT, "%s/%s: no such file; " FILES " is expected", directory,
                        split == OT_SPLIT_TEST ? "test_batch.bin" : "data_batch_1.bin");
    return open_split(directory, split, files, out);
}

static ot_status has_files(const void *attributes, const char *directory, ot_split split, bool *has)
{
    (void)attributes;
    int files;
    OT_TRY(ot__cifar_files(directory, split, &files));
    *has = files > 0;
    return OT_OK;
}

const ot_source_kind ot_source_cifar = {
    .about.name = "cifar10",
    .about.equation = "CIFAR-10's binary files",
    .about.reference = "Krizhevsky 2009",
    .place = "cifar10:DIR or just DIR, " FILES " of CIFAR-10",
    .accepts = ot__is_folder,
    .open = open_folder,
    .has_split = has_files,
};
