/* SPDX-License-Identifier: BSD-3-Clause
 * The lock is a flock(2) on the file .lock in the directory.  It is not on the directory itself,
 * because NFS locks only files, and these across machines.  No program removes this file unless it
 * removes the whole directory.  That may happen between opening and locking it, so a lock counts
 * only if the file is still the one of that name. */
#include "base/directory.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/memory.h"
#include "base/system.h"

static bool same_file(const struct stat *a, const struct stat *b)
{
    return a->st_dev == b->st_dev && a->st_ino == b->st_ino;
}

static ot_status cannot_lock(const ot__directory *d, int why)
{
    const bool missing = why == ENOENT || why == ENOTDIR;
    const bool refused = why == EACCES || why == EPERM || why == EROFS || why == ELOOP ||
                         why == EISDIR || why == ENOSPC || why == EDQUOT;
    return ot__fail(missing   ? OT_ENOENT
                    : refused ? OT_ECREATE
                              : OT_EIO,
                    "%s: cannot be locked: %s", d->path, strerror(why));
}

static ot_status take_lock(ot__directory *d, const char *busy)
{
    struct stat locked, named;
    d->lock = ot__sys_openat(d->fd, OT__LOCK_FILE, O_RDWR | O_CREAT | O_NOFOLLOW);
    if (d->lock < 0) return cannot_lock(d, errno);
    const bool taken = ot__sys_flock(d->lock, LOCK_EX | LOCK_NB) == 0;
    if (!taken && errno != EWOULDBLOCK) return cannot_lock(d, errno);
    if (taken && fstat(d->lock, &locked) == 0 &&
        fstatat(d->fd, OT__LOCK_FILE, &named, AT_SYMLINK_NOFOLLOW) == 0 &&
        same_file(&locked, &named))
        return OT_OK;
    return ot__fail(OT_EBUSY, "%s: %s; wait for it, or choose another directory", d->path, busy);
}

ot_status ot__directory_open(const char *path, const char *busy, ot__directory *d)
{
    *d = (ot__directory){ .fd = -1, .lock = -1, .path = ot__strdup(path) };
    if (!d->path) return OT_ENOMEM;
    d->fd = ot__sys_open(path, O_RDONLY | O_DIRECTORY);
    const ot_status status = d->fd < 0 ? cannot_lock(d, errno) : take_lock(d, busy);
    if (status != OT_OK) ot__directory_close(d);
    return status;
}

void ot__directory_close(ot__directory *d)
{
    if (d->lock >= 0) close(d->lock);
    if (d->fd >= 0) close(d->fd);
    ot__free(d->path);
    *d = OT__DIRECTORY_NONE;
}

ot_status ot__directory_check(const ot__directory *d)
{
    struct stat opened, named;
    if (fstat(d->fd, &opened) == 0 && stat(d->path, &named) == 0 && same_file(&opened, &named))
        return OT_OK;
    return ot__fail(OT_EIO, "%s: the directory was moved, replaced or removed meanwhile", d->path);
}

ot_status ot__directory_each(const ot__directory *d,
                             ot_status (*visit)(const char *name, void *user), void *user)
{
    const int fd = ot__sys_open_to_read(d->fd, ".", O_DIRECTORY);
    DIR *const list = fd < 0 ? NULL : fdopendir(fd);
    if (!list) {
        const int why = errno;
        if (fd >= 0) close(fd);
        return ot__fail(OT_EIO, "%s: cannot be listed: %s", d->path, strerror(why));
    }
    ot_status status = OT_OK;
    for (const struct dirent *e; status == OT_OK && (e = readdir(list));)
        status = visit(e->d_name, user);
    closedir(list);
    return status;
}

int ot__make_directory(const char *path)
{
    if (ot__sys_mkdirat(AT_FDCWD, path) != 0) return -1;
    const ot_status status = ot__sync_folder_of(path);
    errno = status == OT_ENOMEM ? ENOMEM : EIO;
    return status == OT_OK ? 0 : -1;
}

static bool is_directory(const char *path)
{
    struct stat st;
    if (stat(path, &st) != 0) return false;
    errno = ENOTDIR;
    return S_ISDIR(st.st_mode);
}

ot_status ot__make_directories(const char *path)
{
    char part[PATH_MAX];
    bool good = snprintf(part, sizeof part, "%s", path) < (int)sizeof part;
    if (!good) errno = ENAMETOOLONG;
    for (char *p = part; good && *p;) {
        p += strspn(p, "/");
        p += strcspn(p, "/");
        const char end = *p;
        *p = 0;
        good = ot__make_directory(part) == 0 || (errno == EEXIST && is_directory(part));
        *p = end;
    }
    if (good && *part) return OT_OK;
    if (!*part) errno = ENOENT;
    return ot__fail(ot__status_of_errno(errno, OT_ECREATE),
                    "the directory '%.300s' cannot be created: %s", path, strerror(errno));
}
