/* SPDX-License-Identifier: BSD-3-Clause */
#include "cli/rundir.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
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

static int clear_old_run(const cli_rundir *r, bool force)
{
    const char *const files[] = { r->journal, r->weights, r->interrupted };
    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
        if (access(files[i], F_OK) != 0) continue;
        if (!force)
            return cli_fail(
                EX_CANTCREAT,
                "'%s' holds a run already; choose another --out, or --force to replace it",
                r->path);
        if (unlink(files[i]) != 0)
            return cli_fail(EX_CANTCREAT, "'%s' cannot be removed: %s", files[i], strerror(errno));
    }
    return CLI_GO_ON;
}

int cli_rundir_open(cli_rundir *r, const char *wanted, const char *net, uint64_t seed, bool force)
{
    r->fresh = !wanted;
    int code = wanted ? make_wanted(r, wanted) : make_fresh(r, net, seed);
    if (code != CLI_GO_ON) return code;
    snprintf(r->journal, sizeof r->journal, "%s/metrics.jsonl", r->path);
    snprintf(r->weights, sizeof r->weights, "%s/final.safetensors", r->path);
    snprintf(r->interrupted, sizeof r->interrupted, "%s/interrupted.safetensors", r->path);
    if ((code = clear_old_run(r, force)) != CLI_GO_ON) return code;
    const int fd = open(r->journal, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    if (fd < 0) return cannot_create("file", r->journal);
    close(fd);
    return CLI_GO_ON;
}

void cli_rundir_abandon(const cli_rundir *r)
{
    struct stat journal;
    if (stat(r->journal, &journal) == 0 && journal.st_size > 0) return;
    unlink(r->journal);
    if (r->fresh) rmdir(r->path);
}
