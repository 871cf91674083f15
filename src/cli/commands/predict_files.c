/* SPDX-License-Identifier: BSD-3-Clause
 * Collects the paths of images.  A name is only ever opened, so it may have any characters. */
#include "cli/commands/predict_files.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/memory.h"
#include "cli/frame/message.h"
#include "cli/runs/weights.h"

enum { MOST_FILES = 10000000 };

static bool is_png(const char *name)
{
    static const char end[] = ".png";
    const size_t n = strlen(name), m = sizeof end - 1;
    return n > m && strcasecmp(name + n - m, end) == 0;
}

static ot_status add(cli_files *f, char *path)
{
    ot_status status = path ? OT_OK : OT_ENOMEM;
    if (status == OT_OK && f->n >= MOST_FILES)
        status = ot__fail(OT_EINVAL, "there are more than %d images", (int)MOST_FILES);
    if (status == OT_OK) status = ot__grow((void **)&f->path, &f->room, f->n + 1, sizeof *f->path);
    if (status == OT_OK)
        f->path[f->n++] = path;
    else
        ot__free(path);
    return status;
}

static int by_name(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static ot_status cannot_read(const char *path)
{
    const int why = errno;
    return ot__fail(OT_ENOENT, "'%.500s' cannot be read: %s", path, strerror(why));
}

static ot_status add_folder(cli_files *f, const char *path)
{
    DIR *const folder = opendir(path);
    const size_t before = f->n;
    ot_status status = OT_OK;
    if (!folder) return cannot_read(path);
    for (const struct dirent *e; status == OT_OK && (e = readdir(folder)) != NULL;)
        if (e->d_name[0] != '.' && is_png(e->d_name))
            status = add(f, ot__format("%s/%s", path, e->d_name));
    closedir(folder);
    if (status == OT_OK && f->n > before)
        qsort(f->path + before, f->n - before, sizeof *f->path, by_name);
    return status;
}

/* Adds the names in a stream, one per line; empty lines are left out. */
static ot_status add_names(cli_files *f, FILE *from, const char *what)
{
    char *line = NULL;
    size_t size = 0;
    const size_t before = f->n;
    ot_status status = OT_OK;
    for (ssize_t n; status == OT_OK && (n = getline(&line, &size, from)) >= 0;) {
        if (n > 0 && line[n - 1] == '\n') line[--n] = 0;
        if (n > 0 && strlen(line) != (size_t)n)
            status = ot__fail(OT_EFORMAT, "%s: name %zu has a zero byte", what, f->n - before + 1);
        else if (n > 0)
            status = add(f, ot__strdup(line));
    }
    free(line);
    if (status == OT_OK && ferror(from)) status = ot__fail(OT_EIO, "%s cannot be read", what);
    if (status == OT_OK && f->n == before)
        status = ot__fail(OT_ENOENT, "%s has no names; one name of a PNG file per line is expected",
                          what);
    return status;
}

static ot_status add_list(cli_files *f, const char *path)
{
    FILE *const from = fopen(path, "r");
    if (!from) return cannot_read(path);
    const ot_status status = add_names(f, from, path);
    fclose(from);
    return status;
}

static bool has_png(const char *path)
{
    bool found = false;
    DIR *const folder = opendir(path);
    for (const struct dirent *e; folder && !found && (e = readdir(folder)) != NULL;)
        found = e->d_name[0] != '.' && is_png(e->d_name);
    if (folder) closedir(folder);
    return found;
}

bool cli_files_are(const char *operand)
{
    return operand[0] == '@' || strcmp(operand, "-") == 0 ||
           (cli_is_directory(operand) ? has_png(operand) : is_png(operand));
}

ot_status cli_files_add(cli_files *f, const char *operand)
{
    if (strcmp(operand, "-") == 0) return add_names(f, stdin, "standard input");
    if (operand[0] == '@') return add_list(f, operand + 1);
    if (cli_is_directory(operand)) return add_folder(f, operand);
    return add(f, ot__strdup(operand));
}

void cli_files_free(cli_files *f)
{
    for (size_t i = 0; i < f->n; i++)
        ot__free(f->path[i]);
    ot__free(f->path);
    *f = (cli_files){ 0 };
}
