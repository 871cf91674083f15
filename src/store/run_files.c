/* SPDX-License-Identifier: BSD-3-Clause
 * The only place with the grammar of names in the directory of a run.  The name of a checkpoint has
 * the number of steps of the whole training.  So the newest checkpoint has the largest number, and
 * a run that reaches the same step again replaces the same file. */
#include "store/run_files.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#include "base/check.h"
#include "base/file.h"
#include "base/memory.h"
#include "base/system.h"

static const char PREFIX[] = "checkpoint-", SUFFIX[] = ".safetensors";
static const char DAMAGED_JOURNAL[] = "metrics.jsonl.damaged"; /* store/journal_reopen.c */
enum { LEAST_DIGITS = 8, MOST_DIGITS = 15 };

static const struct {
    const char *name;
    bool replaced; /* a new run in the directory replaces it */
} files[OT_RUN_FILES] = {
    [OT_RUN_JOURNAL] = { "metrics.jsonl", true },
    [OT_RUN_BEST] = { "best.safetensors", true },
    [OT_RUN_FINAL] = { "final.safetensors", true },
    [OT_RUN_AVERAGE] = { "average.safetensors", true },
    [OT_RUN_RESULTS] = { "results.jsonl", false },
    [OT_RUN_LOG] = { "train.log", false },
    [OT_RUN_REPORT] = { "report.html", false },
};

/* ---- names ---- */

const char *ot_run_file_name(ot_run_file file)
{
    return (unsigned)file < OT_RUN_FILES ? files[file].name : NULL;
}

/* The file of this name; OT_RUN_FILES for any other name. */
static int file_of(const char *name)
{
    int i = 0;
    while (i < OT_RUN_FILES && strcmp(files[i].name, name) != 0)
        i++;
    return i;
}

/* The number in the name of a checkpoint; -1 for other names. */
static long long steps_of(const char *name)
{
    if (strncmp(name, PREFIX, strlen(PREFIX)) != 0) return -1;
    const char *digits = name + strlen(PREFIX);
    const size_t n = strspn(digits, "0123456789");
    const bool canonical = n == LEAST_DIGITS || (n > LEAST_DIGITS && digits[0] != '0');
    if (!canonical || n > MOST_DIGITS || strcmp(digits + n, SUFFIX) != 0) return -1;
    return strtoll(digits, NULL, 10);
}

bool ot__run_is_replaced(const char *name)
{
    const int i = file_of(name);
    return i < OT_RUN_FILES ? files[i].replaced : steps_of(name) >= 0;
}

bool ot__run_is_written(const char *name, const void *user)
{
    (void)user;
    return file_of(name) < OT_RUN_FILES || steps_of(name) >= 0 ||
           strcmp(name, DAMAGED_JOURNAL) == 0;
}

/* ---- paths ---- */

/* Slashes at the end of the directory's path are dropped. */
char *ot__run_join(const char *directory, const char *name)
{
    size_t length = strlen(directory);
    while (length > 0 && directory[length - 1] == '/')
        length--;
    return ot__format("%.*s/%s", (int)length, directory, name);
}

char *ot__run_join_checkpoint(const char *directory, long long steps)
{
    char name[sizeof PREFIX + sizeof SUFFIX + 20]; /* a long long has up to 20 characters */
    snprintf(name, sizeof name, "%s%0*lld%s", PREFIX, LEAST_DIGITS, steps, SUFFIX);
    return ot__run_join(directory, name);
}

static ot_status check_directory(const char *directory)
{
    OT_TRY(ot__check_given("run", "the directory", directory));
    return *directory ? OT_OK : ot__fail(OT_EINVAL, "run: the name of the directory is empty");
}

ot_status ot_run_path(const char *directory, ot_run_file file, char **path)
{
    OT_TRY(ot__check_given("run", "where to put the path", path));
    *path = NULL;
    OT_TRY(check_directory(directory));
    OT_TRY(ot__check_choice("run", "the file", file, OT_RUN_FILES - 1));
    *path = ot__run_join(directory, files[file].name);
    return *path ? OT_OK : OT_ENOMEM;
}

/* ---- checkpoints ---- */

static int descending(const void *a, const void *b)
{
    const long long x = *(const long long *)a, y = *(const long long *)b;
    return (x < y) - (x > y);
}

static ot_status add_checkpoint(const char *name, void *user)
{
    ot__checkpoints *const c = user;
    const long long steps = steps_of(name);
    if (steps < 0) return OT_OK;
    OT_TRY(ot__grow((void **)&c->steps, &c->capacity, c->n + 1, sizeof *c->steps));
    c->steps[c->n++] = steps;
    return OT_OK;
}

ot_status ot__checkpoints_find(const ot__directory *d, ot__checkpoints *out)
{
    *out = (ot__checkpoints){ 0 };
    const ot_status status = ot__directory_each(d, add_checkpoint, out);
    if (status != OT_OK) ot__checkpoints_clear(out);
    if (out->n > 0) qsort(out->steps, out->n, sizeof *out->steps, descending);
    return status;
}

void ot__checkpoints_clear(ot__checkpoints *c)
{
    ot__free(c->steps);
    *c = (ot__checkpoints){ 0 };
}

/* ---- listing a directory ---- */

/* Opens a directory without locking it. */
static ot_status open_to_list(const char *path, ot__directory *d)
{
    *d = OT__DIRECTORY_NONE;
    d->path = ot__strdup(path);
    if (!d->path) return OT_ENOMEM;
    d->fd = ot__sys_open_to_read(AT_FDCWD, path, O_DIRECTORY);
    if (d->fd >= 0) return OT_OK;
    const int why = errno;
    ot__directory_close(d);
    return ot__fail(ot__status_of_errno(why, OT_ENOENT), "%s: the directory cannot be opened: %s",
                    path, strerror(why));
}

typedef struct listing {
    const char *directory;
    ot_run_files *files;
} listing;

static ot_status add_file(const char *name, void *user)
{
    const listing *const l = user;
    const int i = file_of(name);
    if (i == OT_RUN_FILES) return OT_OK;
    l->files->path[i] = ot__run_join(l->directory, name);
    return l->files->path[i] ? OT_OK : OT_ENOMEM;
}

/* Fills in the checkpoints.  c->steps becomes f's own. */
static ot_status add_checkpoints(const char *directory, ot__checkpoints *c, ot_run_files *f)
{
    *f = (ot_run_files){ .steps = c->steps, .checkpoint = ot__new(c->n, sizeof *f->checkpoint) };
    if (!f->checkpoint) return OT_ENOMEM;
    for (size_t i = 0; i < c->n; i++) {
        f->checkpoint[i] = ot__run_join_checkpoint(directory, c->steps[i]);
        if (!f->checkpoint[i]) return OT_ENOMEM;
        f->checkpoints++;
    }
    return OT_OK;
}

ot_status ot_run_list(const char *directory, ot_run_files **out)
{
    OT_TRY(ot__check_given("run", "where to put the files", out));
    *out = NULL;
    OT_TRY(check_directory(directory));
    ot__directory d;
    OT_TRY(open_to_list(directory, &d));
    ot__checkpoints c = { 0 };
    ot_run_files *const f = ot__new(1, sizeof *f);
    ot_status status = f ? ot__checkpoints_find(&d, &c) : OT_ENOMEM;
    if (status == OT_OK) status = add_checkpoints(directory, &c, f);
    if (status == OT_OK) status = ot__directory_each(&d, add_file, &(listing){ directory, f });
    ot__directory_close(&d);
    if (status == OT_OK)
        *out = f;
    else
        ot_run_files_free(f);
    return status;
}

const char *ot_run_weights(const ot_run_files *f)
{
    if (!f) return NULL;
    return f->path[OT_RUN_FINAL] ? f->path[OT_RUN_FINAL]
           : f->checkpoints > 0  ? f->checkpoint[0]
                                 : NULL;
}

void ot_run_files_free(ot_run_files *f)
{
    if (!f) return;
    for (int i = 0; i < OT_RUN_FILES; i++)
        ot__free(f->path[i]);
    for (int i = 0; i < f->checkpoints; i++)
        ot__free(f->checkpoint[i]);
    ot__free(f->checkpoint);
    ot__free(f->steps);
    ot__free(f);
}
