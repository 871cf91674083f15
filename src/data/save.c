/* SPDX-License-Identifier: BSD-3-Clause
 * Writes a data set in the CIFAR-10 binary format; reading it back gives the same set.  Each file
 * takes its place complete or not at all, and what would not make one set with the files already in
 * the folder is refused before anything is written. */
#include <string.h>
#include <sys/stat.h>

#include "base/file.h"
#include "base/memory.h"
#include "base/parallel.h"
#include "data/cifar.h"

static void turn_image(const ot__image *image, uint8_t *plane)
{
    for (int y = 0; y < OT__SIDE; y++)
        for (int x = 0; x < OT__SIDE; x++)
            for (int c = 0; c < OT__CHANNELS; c++)
                plane[(c * OT__SIDE + y) * OT__SIDE + x] = image->at[y][x][c];
}

/* File k of the split, made in `record`, which has room for a whole one. */
static ot_status save_file(const ot_dataset *d, const char *directory, ot_split split, int k,
                           uint8_t *record)
{
    const int from = k * OT__FILE_RECORDS;
    const int n = d->count - from < OT__FILE_RECORDS ? d->count - from : OT__FILE_RECORDS;
    OT__PARALLEL_FOR
    for (int i = 0; i < n; i++) {
        record[(size_t)i * OT__RECORD] = d->label[from + i];
        turn_image(&d->image[from + i], record + (size_t)i * OT__RECORD + 1);
    }
    char *path = ot__cifar_path(directory, split, k);
    if (!path) return OT_ENOMEM;
    const ot_status status = ot__file_write(path, record, (size_t)n * OT__RECORD);
    ot__free(path);
    return status;
}

static ot_status save_names(const ot_dataset *d, const char *directory)
{
    char text[OT__CLASSES * OT__NAME_SIZE + 1] = "";
    for (int c = 0; c < OT__CLASSES; c++)
        strcat(strcat(text, d->class_name[c]), "\n");
    char *path = ot__cifar_names_path(directory);
    if (!path) return OT_ENOMEM;
    const ot_status status = ot__file_write(path, text, strlen(text));
    ot__free(path);
    return status;
}

/* Files of another set would be read as part of this one. */
static ot_status check_folder(const ot_dataset *d, const char *directory, ot_split split, int files)
{
    struct stat st;
    if (stat(directory, &st) != 0 || !S_ISDIR(st.st_mode))
        return ot__fail(OT_ECREATE, "%s: not a folder; the set is saved into an existing one",
                        directory);
    static const ot_split splits[] = { OT_SPLIT_TRAIN, OT_SPLIT_TEST };
    bool holds_a_set = false;
    for (int s = 0; s < 2; s++) {
        int there;
        OT_TRY(ot__cifar_files(directory, splits[s], &there));
        holds_a_set |= there > 0;
        if (splits[s] == split && there > files)
            return ot__fail(OT_ECREATE,
                            "%s/data_batch_%d.bin: left from a larger set; choose an "
                            "empty folder",
                            directory, there);
    }
    char name[OT__CLASSES][OT__NAME_SIZE];
    OT_TRY(ot__cifar_names(directory, name));
    for (int c = 0; holds_a_set && c < OT__CLASSES; c++)
        if (strcmp(name[c], d->class_name[c]) != 0)
            return ot__fail(OT_ECREATE,
                            "%s: holds a set with other classes (%s, not %s); choose "
                            "an empty folder",
                            directory, name[c], d->class_name[c]);
    return OT_OK;
}

ot_status ot_dataset_save(const ot_dataset *d, const char *directory, ot_split split)
{
    const int most = split == OT_SPLIT_TEST ? 1 : OT__TRAIN_FILES;
    const int files = ot__chunks((size_t)d->count, OT__FILE_RECORDS);
    if (files > most)
        return ot__fail(OT_EINVAL, "the set has %d images; this split of the format holds %d",
                        d->count, most * OT__FILE_RECORDS);
    OT_TRY(check_folder(d, directory, split, files));
    uint8_t *record =
        ot__new(d->count < OT__FILE_RECORDS ? (size_t)d->count : OT__FILE_RECORDS, OT__RECORD);
    if (!record) return OT_ENOMEM;
    ot_status status = save_names(d, directory);
    for (int k = 0; status == OT_OK && k < files; k++)
        status = save_file(d, directory, split, k, record);
    ot__free(record);
    return status;
}
