/* SPDX-License-Identifier: BSD-3-Clause
 * The directory of a run while a process trains in it.  It is locked, files that killed processes
 * left are removed, and damaged checkpoints are renamed. */
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
#include "store/run_files.h"
#include "store/safetensors.h"

struct ot_run {
    ot__directory directory;
    bool replace; /* a training that starts replaces the old run */
};

char *ot__run_path(const ot_run *run, const char *name)
{
    return ot__run_join(run->directory.path, name);
}

char *ot__run_checkpoint_path(const ot_run *run, long long steps)
{
    return ot__run_join_checkpoint(run->directory.path, steps);
}

int ot__run_folder(const ot_run *run)
{
    return run->directory.fd;
}

/* ---- opening ---- */

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
    return ot__aside_put(&run->directory, ot__run_is_replaced);
}

ot_status ot__run_settle(const ot_run *run)
{
    ot__checkpoints c;
    OT_TRY(ot__checkpoints_find(&run->directory, &c));
    const bool has_checkpoint = c.n > 0;
    ot__checkpoints_clear(&c);
    return ot__aside_settle(&run->directory, has_checkpoint, ot__run_is_replaced);
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
    ot__temporary_clean(run->directory.fd, ot__run_is_written, NULL);
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
    ot__checkpoints c;
    OT_TRY(ot__checkpoints_find(&run->directory, &c));
    const bool there = i >= 0 && (size_t)i < c.n;
    if (there) *path = ot__run_checkpoint_path(run, c.steps[i]);
    const int n = (int)c.n;
    ot__checkpoints_clear(&c);
    if (!there) return ot__fail(OT_ENOENT, "%s: it has %d checkpoints", run->directory.path, n);
    return *path ? OT_OK : OT_ENOMEM;
}

/* Renames a damaged checkpoint, so that it is no longer the newest. */
static ot_status rename_damaged(const ot_run *run, const char *path,
                                void (*note)(const char *, void *), void *user)
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

/* Checks all checksums of a checkpoint. */
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
            status = rename_damaged(run, *path, note, user);
        free(*path);
        *path = NULL;
        if (status != OT_OK) return status;
    }
}

ot_status ot__run_prune(const ot_run *run, int keep)
{
    ot__checkpoints c;
    OT_TRY(ot__checkpoints_find(&run->directory, &c));
    ot_status status = OT_OK;
    for (size_t i = (size_t)keep; i < c.n && status == OT_OK; i++) {
        char *path = ot__run_checkpoint_path(run, c.steps[i]);
        if (!path)
            status = OT_ENOMEM;
        else if (ot__sys_unlinkat(ot__run_folder(run), ot__name_in(path), 0) != 0 &&
                 errno != ENOENT)
            status = ot__fail(OT_EIO, "%s: cannot be removed: %s", path, strerror(errno));
        ot__free(path);
    }
    ot__checkpoints_clear(&c);
    return status;
}
