/* SPDX-License-Identifier: BSD-3-Clause
 * Reads the CIFAR-100 binary format (https://www.cs.toronto.edu/~kriz/cifar.html): train.bin and
 * test.bin, whose records begin with a coarse label, one of 20, and a fine one, one of 100.  A set
 * may have fewer records than CIFAR-100.  The source of this file takes the fine labels. */
#include "data/cifar100.h"

#include <limits.h>
#include <stdio.h>

#include "base/memory.h"
#include "data/records.h"

static const int most[] = { [OT_SPLIT_TRAIN] = 50000, [OT_SPLIT_TEST] = 10000 };
static const char *const files[] = { [OT_SPLIT_TRAIN] = "train.bin", [OT_SPLIT_TEST] = "test.bin" };

#define LABELS                                                                                     \
    {                                                                                              \
        { "coarse ", 20 },                                                                         \
        {                                                                                          \
            "fine ", 100                                                                           \
        }                                                                                          \
    }
static const ot__records formats[] = {
    [OT__COARSE] = { "CIFAR-100", 2, LABELS, OT__COARSE },
    [OT__FINE] = { "CIFAR-100", 2, LABELS, OT__FINE },
};
static const char *const name_files[] = {
    [OT__COARSE] = "coarse_label_names.txt", [OT__FINE] = "fine_label_names.txt"
};

/* Without a good file of names, classes are named by their numbers. */
static ot_status read_names(const char *directory, ot_dataset *d, ot__cifar100_label label)
{
    bool good = false;
    char *path = ot__format("%s/%s", directory, name_files[label]);
    if (!path) return OT_ENOMEM;
    const ot_status status = ot__class_names_read(path, d->classes, d->class_name, &good);
    ot__free(path);
    if (status == OT_OK && !good) ot__class_names_number(d);
    return status;
}

/* A folder must have both splits, because an interrupted copy may have left only one. */
static ot_status check_files(const char *directory, ot_split split, char *const path[2])
{
    const ot_split other = split == OT_SPLIT_TEST ? OT_SPLIT_TRAIN : OT_SPLIT_TEST;
    if (!ot__exists(path[split]))
        return ot__fail(OT_ENOENT, "%s: no such file; " OT__CIFAR100_FILES " is expected",
                        path[split]);
    if (!ot__exists(path[other]))
        return ot__fail(OT_ENOENT, "%s/%s: missing; a data set has training and test images",
                        directory, files[other]);
    return OT_OK;
}

static ot_status read_set(const char *directory, ot_split split, ot__cifar100_label label,
                          const char *path, ot_dataset **out)
{
    const ot__records *const format = &formats[label];
    const int n = ot__records_count(format, path, most[split]);
    OT_TRY(ot__dataset_check_memory(2 * (size_t)n * ot__record_size(format), directory));
    OT_TRY(ot__records_new(format, n, out));
    ot_status status = read_names(directory, *out, label);
    if (status == OT_OK) status = ot__records_read(format, path, n, *out);
    if (status == OT_OK) return OT_OK;
    ot_dataset_free(*out);
    *out = NULL;
    return status;
}

ot_status ot__cifar100_open(const char *directory, ot_split split, ot__cifar100_label label,
                            ot_dataset **out)
{
    char *path[2];
    for (int s = 0; s < 2; s++)
        path[s] = ot__format("%s/%s", directory, files[s]);
    ot_status status = path[0] && path[1] ? check_files(directory, split, path) : OT_ENOMEM;
    if (status == OT_OK) status = read_set(directory, split, label, path[split], out);
    for (int s = 0; s < 2; s++)
        ot__free(path[s]);
    return status;
}

static bool holds(const char *directory, const char *name)
{
    char path[PATH_MAX];
    const int n = snprintf(path, sizeof path, "%s/%s", directory, name);
    return n < (int)sizeof path && ot__exists(path);
}

ot_status ot__cifar100_has_split(const void *attributes, const char *directory, ot_split split,
                                 bool *has)
{
    (void)attributes;
    *has = holds(directory, files[split]);
    return OT_OK;
}

/* ---- the source ---- */

/* A folder that also has files of CIFAR-10 is one of CIFAR-10. */
static bool is_cifar100(const char *where)
{
    return ot__is_folder(where) && !holds(where, "data_batch_1.bin") &&
           !holds(where, "test_batch.bin") &&
           (holds(where, "train.bin") || holds(where, "test.bin"));
}

static ot_status open_fine(const void *attributes, const char *directory, ot_split split,
                           ot_dataset **out)
{
    (void)attributes;
    return ot__cifar100_open(directory, split, OT__FINE, out);
}

const ot_source_kind ot_source_cifar100 = {
    .about.name = "cifar100",
    .about.equation = "CIFAR-100's binary files, fine labels",
    .about.reference = "Krizhevsky 2009",
    .place = "cifar100:DIR or just DIR, " OT__CIFAR100_FILES " of CIFAR-100",
    .accepts = is_cifar100,
    .open = open_fine,
    .has_split = ot__cifar100_has_split,
};
