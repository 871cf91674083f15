/* SPDX-License-Identifier: BSD-3-Clause
 * Says what is wrong with a place that no source can open.  A folder is searched for the files by
 * which sets are known, two folders deep: torchvision keeps MNIST in MNIST/raw. */
#include "data/mistaken.h"

#include <stdio.h>
#include <string.h>

#include "base/file.h"
#include "base/kind.h"
#include "base/memory.h"
#include "data/png.h"
#include "data/records.h"
#include "data/tree.h"

enum { DEEPEST = 2, MOST_NAMES = 1000 }; /* of a folder that are looked at */

#define GET(archive) "curl -O https://www.cs.toronto.edu/~kriz/" archive " && tar -xzf " archive

/* The files by which a folder is known, and what it then is. */
typedef struct mark {
    const char *file, *and; /* `and` must also be there, unless it is NULL */
    const char *python;     /* the set whose Python version it is; NULL: a source opens it */
    const char *get, *folder;
} mark;

#define CIFAR10 "CIFAR-10", GET("cifar-10-binary.tar.gz"), "cifar-10-batches-bin"
#define CIFAR100 "CIFAR-100", GET("cifar-100-binary.tar.gz"), "cifar-100-binary"

static const mark marks[] = {
    { .file = "data_batch_1.bin" },
    { .file = "test_batch.bin" },
    { .file = "train.bin", .and = "test.bin" },
    { .file = "train-images-idx3-ubyte" },
    { .file = "train-images-idx3-ubyte.gz" },
    { "data_batch_1", NULL, CIFAR10 },
    { "batches.meta", NULL, CIFAR10 },
    { "train", "meta", CIFAR100 },
};

static const struct {
    const char *end, *unpack, *into;
} archives[] = {
    { ".tar.gz", "tar -xzf", "-C" }, { ".tgz", "tar -xzf", "-C" },     { ".tar", "tar -xf", "-C" },
    { ".tar.xz", "tar -xJf", "-C" }, { ".tar.bz2", "tar -xjf", "-C" }, { ".zip", "unzip", "-d" },
};
enum { ARCHIVES = sizeof archives / sizeof archives[0] };

static bool holds(const char *folder, const char *name)
{
    char *const path = ot__format("%s/%s", folder, name);
    const bool there = path && ot__exists(path) && !ot__is_folder(path);
    ot__free(path);
    return there;
}

/* The length of a path without slashes at its end. */
static int without_slash(const char *path)
{
    int n = (int)strlen(path);
    while (n > 1 && path[n - 1] == '/')
        n--;
    return n;
}

/* The mark of a folder; NULL if it has none. */
static const mark *mark_of(const char *folder)
{
    for (size_t i = 0; i < sizeof marks / sizeof marks[0]; i++)
        if (holds(folder, marks[i].file) && (!marks[i].and || holds(folder, marks[i].and)))
            return &marks[i];
    return NULL;
}

/* Which archive a name is that of; ARCHIVES if it is none. */
static int archive_of(const char *name)
{
    const size_t n = strlen(name);
    int i = 0;
    for (; i < ARCHIVES; i++) {
        const size_t end = strlen(archives[i].end);
        if (n > end && strcmp(name + n - end, archives[i].end) == 0) break;
    }
    return i;
}

static ot_status refuse_python(const char *path, const mark *m)
{
    return ot__fail(OT_ENOENT,
                    "%s: the Python version of %s; its binary version is read: %s, then --data %s",
                    path, m->python, m->get, m->folder);
}

static ot_status refuse_archive(const char *path, const char *folder)
{
    const int i = archive_of(path);
    for (size_t k = 0; k < sizeof marks / sizeof marks[0]; k++) {
        const bool hundred = strstr(ot__name_in(path), "100") != NULL;
        if (marks[k].python && strstr(ot__name_in(path), "python") &&
            hundred == (strcmp(marks[k].python, "CIFAR-100") == 0))
            return refuse_python(path, &marks[k]);
    }
    if (i == ARCHIVES) return OT_OK;
    return ot__fail(OT_ENOENT,
                    "%s: a packed archive; %s %s %s %s unpacks it, and the folder that is in it "
                    "is the data set",
                    path, archives[i].unpack, path, archives[i].into, folder);
}

/* What is looked for below a place.  Each returns a refusal and sets *found if `path` is it. */
typedef ot_status seek(const char *place, const char *path, int depth, bool *found);

static ot_status seek_set(const char *place, const char *path, int depth, bool *found)
{
    (void)depth;
    const mark *const m = ot__is_folder(path) ? mark_of(path) : NULL;
    if (!m) return OT_OK;
    *found = true;
    if (m->python) return refuse_python(path, m);
    return ot__fail(OT_ENOENT, "%s: a folder too high; %s is in %s: give --data %s", place, m->file,
                    path, path);
}

static ot_status seek_archive(const char *place, const char *path, int depth, bool *found)
{
    *found = depth == 0 && archive_of(path) < ARCHIVES && !ot__is_folder(path);
    return *found ? refuse_archive(path, place) : OT_OK;
}

static ot_status seek_png(const char *place, const char *path, int depth, bool *found)
{
    *found = depth > 0 && ot__png_named(path);
    if (!*found) return OT_OK;
    return ot__fail(
        OT_ENOENT,
        "%s: folders of PNG files; odetape data import %s --out SET --size SIZE makes a "
        "data set of them",
        place, place);
}

static ot_status walk(const char *place, const char *folder, int depth, seek *what, bool *found)
{
    ot__listing l;
    ot_status status = OT_OK;
    if (ot__listing_read(folder, &l) != OT_OK) return OT_OK;
    for (size_t i = 0; i < l.count && i < MOST_NAMES && !*found; i++) {
        char *const path = ot__format("%.*s/%s", without_slash(folder), folder, l.name[i]);
        if (path) status = what(place, path, depth, found);
        if (path && !*found && depth < DEEPEST && ot__is_folder(path))
            status = walk(place, path, depth + 1, what, found);
        ot__free(path);
    }
    ot__listing_free(&l);
    return status;
}

/* A file that is given as a place: one of a set, an archive, or of another kind. */
static ot_status refuse_file(ot_status status, const char *place)
{
    const char *const name = ot__name_in(place);
    for (size_t i = 0; i < sizeof marks / sizeof marks[0]; i++)
        if (!marks[i].python && strcmp(marks[i].file, name) == 0)
            return ot__fail(status, "%s: one file of a data set; give its folder: --data %.*s.",
                            place, (int)(name - place), place);
    if (archive_of(name) < ARCHIVES) return refuse_archive(place, ".");
    return ot__name_kind(status, place, OT__EXPECT_IMAGES);
}

ot_status ot__place_mistaken(ot_status status, const char *place)
{
    bool found = false;
    if (status != OT_ENOENT || !ot__exists(place)) return status;
    if (!ot__is_folder(place)) return refuse_file(status, place);
    const mark *const m = mark_of(place);
    if (m) return m->python ? refuse_python(place, m) : status;
    char *const before = ot__strdup(ot_message());
    if (!before) return OT_ENOMEM;
    static seek *const order[] = { seek_set, seek_archive, seek_png };
    ot_status why = OT_OK;
    for (size_t i = 0; i < sizeof order / sizeof order[0] && !found; i++)
        why = walk(place, place, 0, order[i], &found);
    if (!found) status = ot__fail(status, "%s", before);
    ot__free(before);
    return found ? why : status;
}
