/* SPDX-License-Identifier: BSD-3-Clause
 * Writes a data set in the CIFAR-10 binary format; reading it back gives the same set.  Each file
 * is replaced in one step.  A split that would not form one set with the files already in the
 * directory is refused before anything is written.
 *
 * Writing both splits is one step too.  Meanwhile the directory has a file OT__CIFAR_UNFINISHED,
 * and nobody opens a directory with this file.  Whoever writes holds the lock of the directory.  So
 * if the file is there although the lock was free, the writer was killed, and what it wrote is
 * removed. */
#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include "base/check.h"
#include "base/directory.h"
#include "base/file.h"
#include "base/memory.h"
#include "base/parallel.h"
#include "base/system.h"
#include "data/cifar.h"

/* Writes file k of the split.  `record` is memory for the records of a file. */
static ot_status save_file(const ot_dataset *d, const ot__directory *to, ot_split split, int k,
                           uint8_t *record)
{
    const int from = k * ot__file_records;
    const int n = d->count - from < ot__file_records ? d->count - from : ot__file_records;
    OT__PARALLEL_FOR
    for (int i = 0; i < n; i++) {
        const ot__image image = ot__dataset_at(d, from + i);
        record[(size_t)i * OT__RECORD] = (uint8_t)d->label[from + i];
        ot__planes_write(&image, record + (size_t)i * OT__RECORD + 1);
    }
    char *path = ot__cifar_path(to->path, split, k);
    if (!path) return OT_ENOMEM;
    const ot_status status = ot__file_write_in(to->fd, path, record, (size_t)n * OT__RECORD);
    ot__free(path);
    return status;
}

static ot_status save_names(const ot_dataset *d, const ot__directory *to)
{
    char text[OT__CLASSES * OT__NAME_SIZE + 1] = "";
    for (int c = 0; c < OT__CLASSES; c++)
        strcat(strcat(text, d->class_name[c]), "\n");
    char *path = ot__cifar_names_path(to->path);
    if (!path) return OT_ENOMEM;
    const ot_status status = ot__file_write_in(to->fd, path, text, strlen(text));
    ot__free(path);
    return status;
}

static ot_status check_is_folder(const char *directory)
{
    struct stat st;
    if (stat(directory, &st) == 0 && S_ISDIR(st.st_mode)) return OT_OK;
    return ot__fail(OT_ECREATE, "%s: not a directory; the set is saved into an existing one",
                    directory);
}

static ot_status open_folder(const char *directory, ot__directory *to)
{
    OT_TRY(ot__check_given("data set", "the directory", directory));
    OT_TRY(check_is_folder(directory));
    return ot__directory_open(directory, "another process is writing a data set here", to);
}

static int count_files(const ot_dataset *d)
{
    return ot__chunks((size_t)d->count, ot__file_records);
}

static ot_status check_form(const ot_dataset *d)
{
    if (ot__is_image32(d->height, d->width, d->channels) && d->classes == OT__CLASSES) return OT_OK;
    return ot__fail(OT_EINVAL,
                    "the set has %d classes of images of %dx%dx%d; the CIFAR-10 format holds %d "
                    "classes of %dx%dx%d",
                    d->classes, d->height, d->width, d->channels, OT__CLASSES, OT__SIDE, OT__SIDE,
                    OT__CHANNELS);
}

static ot_status check_size(const ot_dataset *d, ot_split split)
{
    OT_TRY(ot__check_given("data set", "the data set", d));
    OT_TRY(ot__check_choice("data set", "the split", (int)split, OT_SPLIT_TEST));
    OT_TRY(check_form(d));
    const int most = split == OT_SPLIT_TEST ? 1 : OT__TRAIN_FILES;
    if (count_files(d) <= most) return OT_OK;
    return ot__fail(OT_EINVAL, "the set has %d images; this split of the format holds %d", d->count,
                    most * ot__file_records);
}

static const ot_split splits[] = { OT_SPLIT_TRAIN, OT_SPLIT_TEST };

/* Checks that the directory has no files of another set, which would be read as part of this
 * one. */
static ot_status check_folder(const ot_dataset *d, const char *directory, ot_split split)
{
    bool holds_a_set = false;
    for (int s = 0; s < 2; s++) {
        int there;
        OT_TRY(ot__cifar_files(directory, splits[s], &there));
        holds_a_set |= there > 0;
        if (splits[s] == split && there > count_files(d))
            return ot__fail(OT_ECREATE,
                            "%s/data_batch_%d.bin: left from a larger set; choose an "
                            "empty directory",
                            directory, there);
    }
    char name[OT__CLASSES][OT__NAME_SIZE];
    OT_TRY(ot__cifar_names(directory, name));
    for (int c = 0; holds_a_set && c < OT__CLASSES; c++)
        if (strcmp(name[c], d->class_name[c]) != 0)
            return ot__fail(OT_ECREATE,
                            "%s: holds a set with other classes (%s, not %s); choose "
                            "an empty directory",
                            directory, name[c], d->class_name[c]);
    return OT_OK;
}

/* Writes the last file first.  If writing ends early, the numbers of the files have a gap, so that
 * nobody takes them for a set. */
static ot_status save_split(const ot_dataset *d, const ot__directory *to, ot_split split)
{
    uint8_t *record =
        ot__new((size_t)(d->count < ot__file_records ? d->count : ot__file_records), OT__RECORD);
    if (!record) return OT_ENOMEM;
    ot_status status = save_names(d, to);
    for (int k = count_files(d) - 1; status == OT_OK && k >= 0; k--)
        status = save_file(d, to, split, k, record);
    ot__free(record);
    return status;
}

ot_status ot_dataset_save(const ot_dataset *d, const char *directory, ot_split split)
{
    ot__directory to;
    OT_TRY(check_size(d, split));
    OT_TRY(open_folder(directory, &to));
    ot_status status = check_folder(d, directory, split);
    if (status == OT_OK) status = save_split(d, &to, split);
    ot__directory_close(&to);
    return status;
}

/* ---- a whole set ---- */

/* Calls `visit` with the path of every file that a set can have. */
static ot_status each_file(const ot__directory *to,
                           ot_status (*visit)(const ot__directory *to, const char *path))
{
    char *path = ot__cifar_names_path(to->path);
    ot_status status = path ? visit(to, path) : OT_ENOMEM;
    ot__free(path);
    for (int s = 0; s < 2; s++)
        for (int k = 0; status == OT_OK && k < (s == 0 ? OT__TRAIN_FILES : 1); k++) {
            path = ot__cifar_path(to->path, splits[s], k);
            status = path ? visit(to, path) : OT_ENOMEM;
            ot__free(path);
        }
    return status;
}

static ot_status remove_file(const ot__directory *to, const char *path)
{
    if (ot__sys_unlinkat(to->fd, ot__name_in(path), 0) == 0 || errno == ENOENT) return OT_OK;
    return ot__fail(OT_EIO, "%s: cannot be removed: %s", path, strerror(errno));
}

/* Removes the files of a set, and OT__CIFAR_UNFINISHED last: it must stay if the process is killed
 * in between. */
static ot_status remove_all(const ot__directory *to)
{
    OT_TRY(each_file(to, remove_file));
    OT_TRY(ot__sync(to->fd, to->path));
    return remove_file(to, OT__CIFAR_UNFINISHED);
}

static ot_status refuse_set(const ot__directory *to)
{
    for (int s = 0; s < 2; s++) {
        int there;
        OT_TRY(ot__cifar_files(to->path, splits[s], &there));
        if (there > 0)
            return ot__fail(OT_ECREATE, "%s: holds a data set already; choose another directory",
                            to->path);
    }
    return OT_OK;
}

/* Makes sure that there is no set, and creates OT__CIFAR_UNFINISHED. */
static ot_status begin(const ot__directory *to)
{
    struct stat st;
    const bool unfinished = fstatat(to->fd, OT__CIFAR_UNFINISHED, &st, 0) == 0;
    OT_TRY(unfinished ? each_file(to, remove_file) : refuse_set(to));
    char *path = ot__format("%s/" OT__CIFAR_UNFINISHED, to->path);
    if (!path) return OT_ENOMEM;
    static const char text[] =
        "odetape data make writes here; if it was interrupted, run it again\n";
    const ot_status status = ot__file_write_in(to->fd, path, text, sizeof text - 1);
    ot__free(path);
    return status;
}

/* Removes what was written of a set that cannot be written, and keeps the message that says why. */
static ot_status give_up(const ot__directory *to, ot_status status)
{
    char message[512];
    snprintf(message, sizeof message, "%s", ot_message());
    const bool removed = remove_all(to) == OT_OK;
    return ot__fail(status, "%s%s", message,
                    removed ? "" : "; what was written could not be removed: run it again");
}

static ot_status save_both(const ot_dataset *train, const ot_dataset *test, const ot__directory *to)
{
    OT_TRY(begin(to));
    ot_status status = save_split(train, to, OT_SPLIT_TRAIN);
    if (status == OT_OK) status = save_split(test, to, OT_SPLIT_TEST);
    if (status == OT_OK) status = remove_file(to, OT__CIFAR_UNFINISHED);
    return status == OT_OK ? ot__sync(to->fd, to->path) : give_up(to, status);
}

ot_status ot_dataset_save_all(const ot_dataset *train, const ot_dataset *test,
                              const char *directory)
{
    ot__directory to;
    OT_TRY(check_size(train, OT_SPLIT_TRAIN));
    OT_TRY(check_size(test, OT_SPLIT_TEST));
    OT_TRY(open_folder(directory, &to));
    const ot_status status = save_both(train, test, &to);
    ot__directory_close(&to);
    return status;
}
