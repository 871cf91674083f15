/* SPDX-License-Identifier: BSD-3-Clause
 * Makes, locks and checks the directory of a run before the training starts.  All reasons to refuse
 * it are found here. */
#include "cli/runs/rundir.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/directory.h"
#include "base/file.h"
#include "base/system.h"
#include "cli/frame/lock.h"
#include "cli/frame/message.h"
#include "cli/frame/options.h"

static ot_status cannot_create(const char *what, const char *path)
{
    const int why = errno;
    return ot__fail(ot__status_of_errno(why, OT_ECREATE), "the %s '%s' cannot be created: %s", what,
                    path, strerror(why));
}

/* Turns "euler x4, rk4x1" into "euler-x4-rk4x1", a part of a file name. */
static void make_slug(const char *net, char *slug, size_t size)
{
    size_t n = 0;
    for (; *net && n + 1 < size; net++)
        if (isalnum((unsigned char)*net))
            slug[n++] = *net;
        else if (n > 0 && slug[n - 1] != '-')
            slug[n++] = '-';
    slug[n] = 0;
}

/* Returns the length of the longest leading part of a path that exists. */
static size_t existing_part(const char *path)
{
    struct stat there;
    char part[PATH_MAX];
    snprintf(part, sizeof part, "%s", path);
    while (*part && stat(part, &there) != 0) {
        char *const slash = strrchr(part, '/');
        *(slash ? slash : part) = 0;
    }
    return strlen(part);
}

/* Makes the first directory that does not exist.  mkdir itself is the test, so that two runs that
 * start together do not get the same one. */
static ot_status make_fresh(cli_rundir *r, const char *net, uint64_t seed)
{
    char slug[128];
    make_slug(net, slug, sizeof slug);
    const ot_status status = ot__make_directories("runs");
    if (status != OT_OK) return status;
    snprintf(r->path, sizeof r->path, "runs/%s-%llu", slug, (unsigned long long)seed);
    for (int i = 2; ot__make_directory(r->path) != 0; i++) {
        if (errno != EEXIST) return cannot_create("directory", r->path);
        snprintf(r->path, sizeof r->path, "runs/%s-%llu-%d", slug, (unsigned long long)seed, i);
    }
    return OT_OK;
}

static ot_status make_wanted(cli_rundir *r, const char *wanted)
{
    if (snprintf(r->path, sizeof r->path, "%s", wanted) >= (int)sizeof r->path) {
        errno = ENAMETOOLONG;
        return cannot_create("directory", wanted);
    }
    return ot__make_directories(wanted);
}

static ot_status refuse_old_run(const cli_rundir *r)
{
    ot_run_files *files;
    OT_TRY(ot_run_list(r->path, &files));
    const bool empty = files->checkpoints == 0 && !files->path[OT_RUN_JOURNAL] &&
                       !files->path[OT_RUN_BEST] && !files->path[OT_RUN_FINAL] &&
                       !files->path[OT_RUN_AVERAGE];
    ot_run_files_free(files);
    if (empty) return OT_OK;
    return ot__fail(OT_ECREATE,
                    "'%s' already holds a run; choose another --out, continue the run with "
                    "--resume, or replace it with --force",
                    r->path);
}

/* With `force`, the training replaces the old run itself, after the last check that may refuse
 * it. */
static ot_status treat_old_run(const cli_rundir *r, bool force)
{
    if (!force) return refuse_old_run(r);
    ot_run_replace(r->run);
    return OT_OK;
}

/* Checks before the training starts that the journal can be written. */
static ot_status try_journal(const cli_rundir *r)
{
    const int fd = ot__sys_open(r->journal, O_WRONLY | O_CREAT);
    if (fd < 0) return cannot_create("file", r->journal);
    close(fd);
    return OT_OK;
}

static ot_status open_run(void *user)
{
    cli_rundir *const r = user;
    return ot_run_open(r->path, &r->run);
}

/* Names the files in r->path and locks it.  wait: waits some seconds if another process holds the
 * lock. */
static ot_status lock(cli_rundir *r, bool wait)
{
    OT_TRY(ot_run_path(r->path, OT_RUN_JOURNAL, &r->journal));
    OT_TRY(ot_run_path(r->path, OT_RUN_FINAL, &r->weights));
    return cli_wait_for_lock(open_run, r, r->path, wait ? cli_long_wait : 0);
}

ot_status cli_rundir_open(cli_rundir *r, const char *wanted, const char *net, uint64_t seed,
                          bool force)
{
    r->existing = existing_part(wanted ? wanted : "runs");
    ot_status status = wanted ? make_wanted(r, wanted) : make_fresh(r, net, seed);
    if (status == OT_OK) status = lock(r, force);
    if (status == OT_OK) status = treat_old_run(r, force);
    return status == OT_OK ? try_journal(r) : status;
}

ot_status cli_rundir_reopen(cli_rundir *r, const char *path)
{
    size_t length = strlen(path);
    while (length > 1 && path[length - 1] == '/')
        length--;
    if (length >= sizeof r->path)
        return ot__fail(OT_ENOENT, "'%.100s...': %s", path, strerror(ENAMETOOLONG));
    snprintf(r->path, sizeof r->path, "%.*s", (int)length, path);
    r->existing = length;
    return lock(r, true);
}

void cli_rundir_close(cli_rundir *r)
{
    ot_run_close(r->run);
    r->run = NULL;
    free(r->journal);
    free(r->weights);
    r->journal = r->weights = NULL;
}

void cli_rundir_abandon(cli_rundir *r)
{
    struct stat journal;
    if (stat(r->journal, &journal) == 0 && journal.st_size > 0) return;
    ot__sys_unlink(r->journal);
    if (strlen(r->path) == r->existing) return;
    char lock[PATH_MAX];
    snprintf(lock, sizeof lock, "%s/" OT__LOCK_FILE, r->path);
    ot__sys_unlink(lock);
    while (strlen(r->path) > r->existing &&
           ot__sys_unlinkat(AT_FDCWD, r->path, AT_REMOVEDIR) == 0) {
        char *const slash = strrchr(r->path, '/');
        *(slash ? slash : r->path) = 0;
    }
}
