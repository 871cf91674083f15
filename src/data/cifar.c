/* SPDX-License-Identifier: BSD-3-Clause
 * Reads the CIFAR-10 binary format (https://www.cs.toronto.edu/~kriz/cifar.html).  Its colour
 * planes become channels-last images here.
 *
 * Everything is checked before it is used: a file is a nonzero number of whole records, at most
 * 10000; a label is below 10; training files are numbered without a gap; there is a test file.
 * Other sets may have fewer and shorter files than CIFAR-10, but a set that looks like CIFAR-10
 * itself must have all five training files. */
#include "data/cifar.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/available.h"
#include "base/file.h"
#include "base/memory.h"
#include "base/parallel.h"

#define FILES "a directory with data_batch_1.bin to data_batch_5.bin and test_batch.bin"

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

/* Returns true also for a file that cannot be read; reading it fails later with the reason. */
static bool exists(const char *path)
{
    struct stat st;
    return stat(path, &st) == 0 || errno != ENOENT;
}

ot_status ot__cifar_files(const char *directory, ot_split split, int *files)
{
    const int most = split == OT_SPLIT_TEST ? 1 : OT__TRAIN_FILES;
    int first_missing = most;
    *files = 0;
    for (int k = 0; k < most; k++) {
        char *path = ot__cifar_path(directory, split, k);
        if (!path) return OT_ENOMEM;
        const bool there = exists(path);
        ot__free(path);
        if (!there && first_missing == most) first_missing = k;
        if (there) *files = k + 1;
    }
    if (first_missing < *files)
        return ot__fail(OT_ENOENT, "%s/data_batch_%d.bin: missing, but data_batch_%d.bin is there",
                        directory, first_missing + 1, *files);
    return OT_OK;
}

/* A class name is printable, does not begin or end with a blank and is short enough. */
static bool good_name(const char *text, size_t n)
{
    if (n == 0 || n >= OT__NAME_SIZE || text[0] == ' ' || text[n - 1] == ' ') return false;
    for (size_t i = 0; i < n; i++)
        if (text[i] < ' ' || text[i] > '~') return false;
    return true;
}

/* Reads ten lines of one name each, after which only line ends may follow. */
static bool read_names(const char *text, char name[OT__CLASSES][OT__NAME_SIZE])
{
    for (int c = 0; c < OT__CLASSES; c++) {
        const size_t n = strcspn(text, "\r\n");
        if (!good_name(text, n)) return false;
        memcpy(name[c], text, n);
        name[c][n] = '\0';
        text += n;
        text += *text == '\r';
        text += *text == '\n';
    }
    return text[strspn(text, "\r\n")] == '\0';
}

ot_status ot__cifar_names(const char *directory, char name[OT__CLASSES][OT__NAME_SIZE])
{
    char *path = ot__cifar_names_path(directory), *text = NULL;
    if (!path) return OT_ENOMEM;
    size_t size = 0;
    const ot_status status = ot__file_read(path, 4096, &text, &size);
    ot__free(path);
    if (status == OT_ENOMEM) return status;
    /* Names are only printed, so a file without ten good names is no error. */
    if (status != OT_OK || strlen(text) != size || !read_names(text, name))
        for (int c = 0; c < OT__CLASSES; c++)
            snprintf(name[c], OT__NAME_SIZE, "%s", cifar_names[c]);
    ot__free(text);
    return OT_OK;
}

static bool named_as_cifar(const ot_dataset *d)
{
    for (int c = 0; c < OT__CLASSES; c++)
        if (strcmp(d->class_name[c], cifar_names[c]) != 0) return false;
    return true;
}

static ot_status check_records(const char *path, const uint8_t *data, size_t size)
{
    if (size == 0)
        return ot__fail(OT_EFORMAT, "%s:0: the file is empty; records of %d bytes are expected",
                        path, OT__RECORD);
    for (size_t at = 0; at + OT__RECORD <= size; at += OT__RECORD)
        if (data[at] >= OT__CLASSES)
            return ot__fail(OT_EFORMAT, "%s:%zu: label %d > %d (CIFAR-10 has %d classes)", path, at,
                            data[at], OT__CLASSES - 1, OT__CLASSES);
    const size_t rest = size % OT__RECORD;
    if (rest)
        return ot__fail(OT_EFORMAT,
                        "%s:%zu: the file ends within record %zu, after %zu of its %d bytes", path,
                        size, size / OT__RECORD, rest, OT__RECORD);
    return OT_OK;
}

static void turn_planes(const uint8_t *plane, ot__image *image)
{
    for (int y = 0; y < OT__SIDE; y++)
        for (int x = 0; x < OT__SIDE; x++)
            for (int c = 0; c < OT__CHANNELS; c++)
                image->at[y][x][c] = plane[(c * OT__SIDE + y) * OT__SIDE + x];
}

/* Appends the records of one file.  The file may have at most `most` records. */
static ot_status read_file(const char *path, int most, ot_dataset *d)
{
    char *data = NULL;
    size_t size = 0;
    OT_TRY(ot__file_read(path, (size_t)most * OT__RECORD, &data, &size));
    const uint8_t *record = (const uint8_t *)data;
    const ot_status status = check_records(path, record, size);
    if (status == OT_OK) {
        const int n = (int)(size / OT__RECORD);
        OT__PARALLEL_FOR
        for (int i = 0; i < n; i++) {
            d->label[d->count + i] = record[(size_t)i * OT__RECORD];
            turn_planes(record + (size_t)i * OT__RECORD + 1, &d->image[d->count + i]);
        }
        d->count += n;
    }
    ot__free(data);
    return status;
}

/* The number of records by the size of a file, including an incomplete one.  0 if the size cannot
 * be read; reading the file fails later with the reason. */
static int records_in(const char *path)
{
    struct stat st;
    if (stat(path, &st) != 0) return 0;
    const intmax_t records = ((intmax_t)st.st_size + OT__RECORD - 1) / OT__RECORD;
    return records < OT__FILE_RECORDS ? (int)records : OT__FILE_RECORDS;
}

/* Counts the records of all files, and those of the largest file. */
static ot_status count_records(const char *directory, ot_split split, int files, int *records,
                               int *largest)
{
    *records = *largest = 0;
    for (int k = 0; k < files; k++) {
        char *path = ot__cifar_path(directory, split, k);
        if (!path) return OT_ENOMEM;
        const int n = records_in(path);
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
            read_file(path, left < OT__FILE_RECORDS ? left : OT__FILE_RECORDS, d);
        ot__free(path);
        OT_TRY(status);
    }
    /* Full files with CIFAR-10's class names, but not all five: an interrupted copy. */
    if (split == OT_SPLIT_TRAIN && files < OT__TRAIN_FILES &&
        d->count == files * OT__FILE_RECORDS && named_as_cifar(d))
        return ot__fail(OT_ENOENT,
                        "%s/data_batch_%d.bin: missing; CIFAR-10 has %d training files of %d "
                        "records (a smaller set of its own names its classes in batches.meta.txt)",
                        directory, files + 1, OT__TRAIN_FILES, OT__FILE_RECORDS);
    return OT_OK;
}

/* A writer that was killed, or is still writing, has left the file OT__CIFAR_UNFINISHED. */
static ot_status check_finished(const char *directory)
{
    char *path = ot__format("%s/" OT__CIFAR_UNFINISHED, directory);
    if (!path) return OT_ENOMEM;
    const bool unfinished = exists(path);
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

/* Checks, before anything is read, that memory holds all images and the bytes of one file. */
static ot_status check_fit(const char *directory, int records, int largest)
{
    char *what = ot__format("the data set %.300s", directory);
    if (!what) return OT_ENOMEM;
    const ot_status status =
        ot__check_memory(((size_t)records + (size_t)largest) * OT__RECORD, what);
    ot__free(what);
    return status;
}

static ot_status open_split(const char *directory, ot_split split, int files, ot_dataset **out)
{
    int records, largest;
    OT_TRY(count_records(directory, split, files, &records, &largest));
    OT_TRY(check_fit(directory, records, largest));
    OT_TRY(ot__dataset_new(records, out));
    ot_status status = read_set(directory, split, files, records, *out);
    if (status == OT_OK) status = check_other_split(directory, split);
    if (status == OT_OK) return OT_OK;
    ot_dataset_free(*out);
    *out = NULL;
    return status;
}

/* ---- the source ---- */

static bool is_folder(const char *where)
{
    struct stat st;
    return stat(where, &st) == 0 && S_ISDIR(st.st_mode);
}

static ot_status open_folder(const char *directory, ot_split split, ot_dataset **out)
{
    int files;
    OT_TRY(check_finished(directory));
    OT_TRY(ot__cifar_files(directory, split, &files));
    if (files == 0)
        return ot__fail(OT_ENOENT, "%s/%s: no such file; " FILES " is expected", directory,
                        split == OT_SPLIT_TEST ? "test_batch.bin" : "data_batch_1.bin");
    return open_split(directory, split, files, out);
}

static ot_status has_files(const char *directory, ot_split split, bool *has)
{
    int files;
    OT_TRY(ot__cifar_files(directory, split, &files));
    *has = files > 0;
    return OT_OK;
}

const ot__source ot__source_cifar = {
    .place = FILES " of CIFAR-10",
    .accepts = is_folder,
    .open = open_folder,
    .has_split = has_files,
};
