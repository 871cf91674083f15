/* SPDX-License-Identifier: BSD-3-Clause */
#include "cli/rundir.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/message.h"
#include "cli/options.h"

int cli_make_directories(const char *path)
{
    char part[PATH_MAX];
    struct stat there;
    if (snprintf(part, sizeof part, "%s", path) >= (int)sizeof part) {
        errno = ENAMETOOLONG;
        return -1;
    }
    for (char *p = part + 1; (p = strchr(p, '/')) != NULL; *p++ = '/') {
        *p = 0;
        if (mkdir(part, 0777) != 0 && errno != EEXIST) return -1;
    }
    if (mkdir(part, 0777) == 0) return 0;
    if (errno != EEXIST || stat(part, &there) != 0) return -1;
    if (S_ISDIR(there.st_mode)) return 0;
    errno = ENOTDIR;
    return -1;
}

static int cannot_create(const char *what, const char *path)
{
    return cli_fail(EX_CANTCREAT, "the %s '%s' cannot be created: %s", what, path, strerror(errno));
}

/* "euler x4, rk4x1" as part of a file name: "euler-x4-rk4x1". */
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

/* The length of what is there of a path, without its last folders that are not. */
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

/* mkdir is the test, so that two runs that start together do not get the same directory. */
static int make_fresh(cli_rundir *r, const char *net, uint64_t seed)
{
    char slug[128];
    make_slug(net, slug, sizeof slug);
    if (cli_make_directories("runs") != 0) return cannot_create("directory", "runs");
    snprintf(r->path, sizeof r->path, "runs/%s-%llu", slug, (unsigned long long)seed);
    for (int i = 2; mkdir(r->path, 0777) != 0; i++) {
        if (errno != EEXIST) return cannot_create("directory", r->path);
        snprintf(r->path, sizeof r->path, "runs/%s-%llu-%d", slug, (unsigned long long)seed, i);
    }
    return CLI_GO_ON;
}

static int make_wanted(cli_rundir *r, const char *wanted)
{
    if (snprintf(r->path, sizeof r->path, "%s", wanted) >= (int)sizeof r->path) {
        errno = ENAMETOOLONG;
        return cannot_create("directory", wanted);
    }
    return cli_make_directories(wanted) == 0 ? CLI_GO_ON : cannot_create("directory", wanted);
}

static int remove_file(const char *path)
{
    if (unlink(path) == 0 || errno == ENOENT) return CLI_GO_ON;
    return cli_fail(EX_CANTCREAT, "'%s' cannot be removed: %s", path, strerror(errno));
}

static int remove_checkpoints(const cli_command *self, const cli_rundir *r)
{
    char *path = NULL;
    ot_status status;
    while ((status = ot_run_checkpoint(r->run, 0, &path)) == OT_OK) {
        const int code = remove_file(path);
        free(path);
        if (code != CLI_GO_ON) return code;
    }
    return status == OT_ENOENT ? CLI_GO_ON : cli_fail_status(self, status);
}

static int refuse_old_run(const cli_command *self, const cli_rundir *r)
{
    char *path = NULL;
    const ot_status status = ot_run_checkpoint(r->run, 0, &path);
    free(path);
    if (status != OT_OK && status != OT_ENOENT) return cli_fail_status(self, status);
    if (status == OT_ENOENT && access(r->journal, F_OK) != 0 && access(r->weights, F_OK) != 0)
        return CLI_GO_ON;
    return cli_fail(EX_CANTCREAT,
                    "'%s' holds a run already; choose another --out, --resume it, or --force "
                    "to replace it",
                    r->path);
}

static int clear_old_run(const cli_command *self, const cli_rundir *r, bool force)
{
    int code = force ? CLI_GO_ON : refuse_old_run(self, r);
    if (code == CLI_GO_ON) code = remove_checkpoints(self, r);
    if (code == CLI_GO_ON) code = remove_file(r->best);
    if (code == CLI_GO_ON) code = remove_file(r->weights);
    return code == CLI_GO_ON ? remove_file(r->journal) : code;
}

/* The files in r->path, and the lock. */
static int lock(cli_rundir *r, const cli_command *self)
{
    snprintf(r->journal, sizeof r->journal, "%s/metrics.jsonl", r->path);
    snprintf(r->weights, sizeof r->weights, "%s/" CLI_WEIGHTS_FILE, r->path);
    snprintf(r->best, sizeof r->best, "%s/best.safetensors", r->path);
    const ot_status status = ot_run_open(r->path, &r->run);
    return status == OT_OK ? CLI_GO_ON : cli_fail_status(self, status);
}

int cli_rundir_open(cli_rundir *r, const cli_command *self, const char *wanted, const char *net,
                    uint64_t seed, bool force)
{
    r->there = existing_part(wanted ? wanted : "runs");
    int code = wanted ? make_wanted(r, wanted) : make_fresh(r, net, seed);
    if (code == CLI_GO_ON) code = lock(r, self);
    if (code == CLI_GO_ON) code = clear_old_run(self, r, force);
    if (code != CLI_GO_ON) return code;
    const int fd = open(r->journal, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    if (fd < 0) return cannot_create("file", r->journal);
    close(fd);
    return CLI_GO_ON;
}

int cli_rundir_reopen(cli_rundir *r, const cli_command *self, const char *path)
{
    size_t length = strlen(path);
    while (length > 1 && path[length - 1] == '/')
        length--;
    if (length >= sizeof r->path)
        return cli_fail(EX_NOINPUT, "'%.100s...': %s", path, strerror(ENAMETOOLONG));
    snprintf(r->path, sizeof r->path, "%.*s", (int)length, path);
    r->there = length;
    return lock(r, self);
}

void cli_rundir_close(cli_rundir *r)
{
    ot_run_close(r->run);
    r->run = NULL;
}

void cli_rundir_abandon(cli_rundir *r)
{
    struct stat journal;
    if (stat(r->journal, &journal) == 0 && journal.st_size > 0) return;
    unlink(r->journal);
    if (strlen(r->path) == r->there) return;
    char lock[PATH_MAX];
    snprintf(lock, sizeof lock, "%s/.lock", r->path);
    unlink(lock);
    while (strlen(r->path) > r->there && rmdir(r->path) == 0) {
        char *const slash = strrchr(r->path, '/');
        *(slash ? slash : r->path) = 0;
    }
}
