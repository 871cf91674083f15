/* SPDX-License-Identifier: BSD-3-Clause
 * Checkpoints are named by the steps of the training in all, so that the newest has the largest
 * number, and a run that comes to the same step again replaces the same file. */
#include "store/run.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/check.h"
#include "base/directory.h"
#include "base/file.h"
#include "base/memory.h"
#include "base/system.h"
#include "base/temporary.h"
#include "store/aside.h"
#include "store/safetensors.h"

static const char PREFIX[] = "checkpoint-", SUFFIX[] = ".safetensors";
enum { LEAST_DIGITS = 8, MOST_DIGITS = 15 };

struct ot_run {
    ot__directory directory;
    bool replace;
};

typedef struct list {
    long long *steps; /* descending */
    size_t n, capacity;
} list;

char *ot__run_path(const ot_run *run, const char *name)
{
    return ot__format("%s/%s", run->directory.path, name);
}

char *ot__run_checkpoint_path(const ot_run *run, long long steps)
{
    return ot__format("%s/%s%0*lld%s", run->directory.path, PREFIX, LEAST_DIGITS, steps, SUFFIX);
}

int ot__run_folder(const ot_run *run)
{
    return run->directory.fd;
}

/* The number in the name of a checkpoint, -1 for another name. */
static long long steps_of(const char *name)
{
    if (strncmp(name, PREFIX, strlen(PREFIX)) != 0) return -1;
    const char *digits = name + strlen(PREFIX);
    const size_t n = strspn(digits, "0123456789");
    const bool canonical = n == LEAST_DIGITS || (n > LEAST_DIGITS && digits[0] != '0');
    if (!canonical || n > MOST_DIGITS || strcmp(digits + n, SUFFIX) != 0) return -1;
    return strtoll(digits, NULL, 10);
}

static int descending(const void *a, const void *b)
{
    const long long x = *(const long long *)a, y = *(const long long *)b;
    return (x < y) - (x > y);
}

static ot_status add_name(const char *name, void *user)
{
    list *l = user;
    const long long steps = steps_of(name);
    if (steps < 0) return OT_OK;
    OT_TRY(ot__grow((void **)&l->steps, &l->capacity, l->n + 1, sizeof *l->steps));
    l->steps[l->n++] = steps;
    return OT_OK;
}

static ot_status list_checkpoints(const ot_run *run, list *l)
{
    *l = (list){ 0 };
    const ot_status status = ot__directory_each(&run->directory, add_name, l);
    if (status == OT_OK) {
        if (l->n > 0) qsort(l->steps, l->n, sizeof *l->steps, descending);
        return OT_OK;
    }
    ot__free(l->steps);
    return status;
}

/* ---- opening ---- */

/* The files that make a run. */
static bool is_of_run(const char *name)
{
    static const char *const names[] = { OT__RUN_BEST, "final.safetensors", "metrics.jsonl" };
    bool found = steps_of(name) >= 0;
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        found |= strcmp(name, names[i]) == 0;
    return found;
}

/* Those that are written in a run's directory, or in that of a sweep. */
static bool is_written(const char *name, const void *user)
{
    (void)user;
    return is_of_run(name) || strcmp(name, "metrics.jsonl.damaged") == 0 ||
           strcmp(name, "results.jsonl") == 0;
}

bool ot__run_replaces(const ot_run *run)
{
    return run->replace;
}

void ot_run_replace(ot_run *run)
{
    if (run) run->replace = true;
}

ot_status ot__run_set_aside(const ot_run *run)
{
    return ot__aside_put(&run->directory, is_of_run);
}

ot_status ot__run_settle(const ot_run *run)
{
    list l;
    OT_TRY(list_checkpoints(run, &l));
    const bool has_checkpoint = l.n > 0;
    ot__free(l.steps);
    return ot__aside_settle(&run->directory, has_checkpoint, is_of_run);
}

ot_status ot__run_check(const ot_run *run)
{
    return ot__directory_check(&run->directory);
}

ot_status ot_run_open(const char *path, ot_run **out)
{
    OT_TRY(ot__check_given("run", "where to put it", out));
    *out = NULL;
    OT_TRY(ot__check_given("run", "the path", path));
    ot_run *run = ot__new(1, sizeof *run);
    if (!run) return OT_ENOMEM;
    run->directory = OT__DIRECTORY_NONE;
    ot_status status =
        ot__directory_open(path, "another process is training here", &run->directory);
    if (status == OT_OK) status = ot__run_settle(run);
    if (status != OT_OK) {
        ot_run_close(run);
        return status;
    }
    ot__temporary_clean(run->directory.fd, is_written, NULL);
    *out = run;
    return OT_OK;
}

void ot_run_close(ot_run *run)
{
    if (!run) return;
    ot__directory_close(&run->directory);
    ot__free(run);
}

/* ---- checkpoints ---- */

ot_status ot_run_checkpoint(const ot_run *run, int i, char **path)
{
    OT_TRY(ot__check_given("run", "where to put the path", path));
    *path = NULL;
    OT_TRY(ot__check_given("run", "the run", run));
    list l;
    OT_TRY(list_checkpoints(run, &l));
    const bool there = i >= 0 && (size_t)i < l.n;
    if (there) *path = ot__run_checkpoint_path(run, l.steps[i]);
    const int n = (int)l.n;
    ot__free(l.steps);
    if (!there) return ot__fail(OT_ENOENT, "%s: it has %d checkpoints", run->directory.path, n);
    return *path ? OT_OK : OT_ENOMEM;
}

/* A damaged checkpoint gets another name, so that it does not count among the newest. */
static ot_status set_aside(const ot_run *run, const char *path, void (*note)(const char *, void *),
                           void *user)
{
    char why[400];
    snprintf(why, sizeof why, "%.380s", ot_message());
    char *to = ot__format("%s.damaged", path);
    char *sentence =
        ot__format("%s; it is now %s.damaged, and the checkpoint before it is taken", why, path);
    ot_status status = to && sentence ? OT_OK : OT_ENOMEM;
    if (status == OT_OK &&
        ot__sys_renameat(ot__run_folder(run), ot__name_in(path), ot__name_in(to)) != 0)
        status = ot__fail(OT_EIO, "%s: cannot be renamed: %s", path, strerror(errno));
    if (status == OT_OK && note) note(sentence, user);
    ot__free(sentence);
    ot__free(to);
    return status;
}

static ot_status check_file(const char *path)
{
    ot__st_file f;
    OT_TRY(ot__st_open(path, &f));
    const ot_status status =
        f.checksums ? ot__st_check(&f)
                    : ot__fail(OT_EFORMAT, "%s:8: it has no checksums: it is no checkpoint", path);
    ot__st_close(&f);
    return status;
}

ot_status ot_run_newest(const ot_run *run, void (*note)(const char *, void *), void *user,
                        char **path)
{
    OT_TRY(ot__check_given("run", "where to put the path", path));
    *path = NULL;
    OT_TRY(ot__check_given("run", "the run", run));
    for (int damaged = 0;; damaged++) {
        ot_status status = ot_run_checkpoint(run, 0, path);
        if (status == OT_ENOENT && damaged > 0)
            return ot__fail(OT_EFORMAT, "%s: none of its checkpoints is whole",
                            run->directory.path);
        if (status == OT_ENOENT)
            return ot__fail(OT_ENOENT, "%s: it has no checkpoint from which a training could go on",
                            run->directory.path);
        if (status != OT_OK) return status;
        status = check_file(*path);
        if (status == OT_OK) return OT_OK;
        if (status == OT_EFORMAT || status == OT_EIO || status == OT_ENOENT)
            status = set_aside(run, *path, note, user);
        free(*path);
        *path = NULL;
        if (status != OT_OK) return status;
    }
}

ot_status ot__run_prune(const ot_run *run, int keep)
{
    list l;
    OT_TRY(list_checkpoints(run, &l));
    ot_status status = OT_OK;
    for (size_t i = (size_t)keep; i < l.n && status == OT_OK; i++) {
        char *path = ot__run_checkpoint_path(run, l.steps[i]);
        if (!path)
            status = OT_ENOMEM;
        else if (ot__sys_unlinkat(ot__run_folder(run), ot__name_in(path), 0) != 0 &&
                 errno != ENOENT)
            status = ot__fail(OT_EIO, "%s: cannot be removed: %s", path, strerror(errno));
        ot__free(path);
    }
    ot__free(l.steps);
    return status;
}
