/* SPDX-License-Identifier: BSD-3-Clause
 * Lists a folder of classes.  Names are sorted by their bytes, so that the numbers of classes and
 * the order of images do not depend on the file system.  A file that is no PNG file is refused and
 * not skipped: a set without it would silently be another one. */
#include "data/tree.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/directory.h"
#include "base/memory.h"
#include "base/system.h"
#include "data/png.h"
#include "data/records.h"

/* ---- names ---- */

static ot_status add_name(const char *name, void *user)
{
    ot__listing *const l = user;
    if (name[0] == '.') return OT_OK;
    if (l->count >= INT_MAX)
        return ot__fail(OT_EFORMAT, "a folder has more than %d names", INT_MAX);
    OT_TRY(ot__grow((void **)&l->name, &l->room, l->count + 1, sizeof *l->name));
    l->name[l->count] = ot__strdup(name);
    if (!l->name[l->count]) return OT_ENOMEM;
    l->count++;
    return OT_OK;
}

static int by_name(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

void ot__listing_free(ot__listing *l)
{
    for (size_t i = 0; i < l->count; i++)
        ot__free(l->name[i]);
    ot__free(l->name);
    *l = (ot__listing){ 0 };
}

ot_status ot__listing_read(const char *folder, ot__listing *out)
{
    ot__directory d = OT__DIRECTORY_NONE;
    *out = (ot__listing){ 0 };
    d.fd = ot__sys_open_to_read(AT_FDCWD, folder, O_DIRECTORY);
    if (d.fd < 0) return ot__fail(OT_ENOENT, "%s: %s", folder, strerror(errno));
    d.path = ot__strdup(folder);
    const ot_status status = d.path ? ot__directory_each(&d, add_name, out) : OT_ENOMEM;
    ot__directory_close(&d);
    if (status != OT_OK)
        ot__listing_free(out);
    else if (out->count > 0)
        qsort(out->name, out->count, sizeof *out->name, by_name);
    return status;
}

int ot__listing_find(const ot__listing *l, const char *name)
{
    char **const at = l->count > 0 ? bsearch(&name, l->name, l->count, sizeof name, by_name) : NULL;
    return at ? (int)(at - l->name) : -1;
}

/* ---- the tree ---- */

void ot__tree_free(ot__tree *t)
{
    for (size_t k = 0; t->files && k < t->classes.count; k++)
        ot__listing_free(&t->files[k]);
    ot__free(t->files);
    ot__listing_free(&t->classes);
    ot__free(t->path);
    *t = (ot__tree){ 0 };
}

/* Folders stay in the listing; other files are dropped from it, except a PNG file, which would
 * have no class. */
static ot_status keep_folders(const char *path, ot__listing *l)
{
    size_t kept = 0;
    ot_status status = OT_OK;
    for (size_t i = 0; i < l->count; i++) {
        char *const name = l->name[i];
        char *const whole = status == OT_OK ? ot__format("%s/%s", path, name) : NULL;
        if (status == OT_OK && !whole) status = OT_ENOMEM;
        const bool keep = whole && ot__is_folder(whole);
        if (whole && !keep && ot__png_named(name))
            status = ot__fail(OT_EFORMAT, "%s: an image outside the folders of the classes", whole);
        ot__free(whole);
        if (keep)
            l->name[kept++] = name;
        else
            ot__free(name);
    }
    l->count = kept;
    return status;
}

static ot_status check_class(const char *path, const char *name)
{
    char copy[OT__NAME_SIZE];
    if (ot__class_name_copy(copy, name, strnlen(name, OT__NAME_SIZE))) return OT_OK;
    return ot__fail(OT_EFORMAT,
                    "%s/%s: the name of a folder is that of its class, which has 1 to %d printable "
                    "ASCII characters and no blank at its ends",
                    path, name, OT__NAME_SIZE - 1);
}

static ot_status list_files(const char *path, const char *class, ot__listing *out)
{
    char *const folder = ot__format("%s/%s", path, class);
    ot_status status = folder ? ot__listing_read(folder, out) : OT_ENOMEM;
    if (status == OT_OK && out->count == 0)
        status = ot__fail(OT_ENOENT, "%s: the folder of a class has no PNG files", folder);
    for (size_t i = 0; status == OT_OK && i < out->count; i++)
        if (!ot__png_named(out->name[i]))
            status = ot__fail(OT_EFORMAT,
                              "%s/%s: the folder of a class has PNG files only, whose names end in "
                              ".png; convert or remove it",
                              folder, out->name[i]);
    ot__free(folder);
    return status;
}

ot_status ot__tree_read(const char *path, ot__tree *out)
{
    *out = (ot__tree){ .path = ot__strdup(path) };
    if (!out->path) return OT_ENOMEM;
    OT_TRY(ot__listing_read(path, &out->classes));
    OT_TRY(keep_folders(path, &out->classes));
    const size_t n = out->classes.count;
    if (n == 0) return ot__fail(OT_ENOENT, "%s: no folders; a folder per class is expected", path);
    if (n > OT__MOST_CLASSES)
        return ot__fail(OT_EFORMAT, "%s: %zu folders; a set has at most %d classes", path, n,
                        OT__MOST_CLASSES);
    out->files = ot__new(n, sizeof *out->files);
    if (!out->files) return OT_ENOMEM;
    for (size_t k = 0; k < n; k++) {
        OT_TRY(check_class(path, out->classes.name[k]));
        OT_TRY(list_files(path, out->classes.name[k], &out->files[k]));
    }
    return OT_OK;
}

char *ot__tree_path(const ot__tree *t, int class, int file)
{
    return ot__format("%s/%s/%s", t->path, t->classes.name[class], t->files[class].name[file]);
}
