/* SPDX-License-Identifier: BSD-3-Clause
 * A file is replaced by writing the new one under a temporary name in the same directory and
 * renaming it, which happens completely or not at all.  The order is: write, sync the file, rename,
 * sync the directory.  So a loss of power at any time leaves either the old file or the new one,
 * whole. */
#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/decimal.h"
#include "base/memory.h"
#include "base/system.h"
#include "base/temporary.h"

ot_status ot__status_of_errno(int why, ot_status usual)
{
    return why == EIO ? OT_EIO : why == ENOMEM ? OT_ENOMEM : usual;
}

ot_status ot__read_all(int fd, const char *path, void *data, size_t size, size_t at)
{
    for (char *p = data; size > 0;) {
        const ssize_t n = ot__sys_pread(fd, p, size, at);
        if (n < 0) return ot__fail(OT_EIO, "%s:%zu: cannot read: %s", path, at, strerror(errno));
        if (n == 0) return ot__fail(OT_EIO, "%s:%zu: the file ended while it was read", path, at);
        p += n;
        at += (size_t)n;
        size -= (size_t)n;
    }
    return OT_OK;
}

ot_status ot__open_regular(const char *path, int *fd, size_t *size)
{
    struct stat st;
    /* O_NONBLOCK: a named pipe is refused instead of waited for. */
    *fd = ot__sys_open_to_read(AT_FDCWD, path, O_NONBLOCK);
    if (*fd < 0 || fstat(*fd, &st) != 0)
        return ot__fail(ot__status_of_errno(errno, OT_ENOENT), "%s: %s", path, strerror(errno));
    if (!S_ISREG(st.st_mode)) return ot__fail(OT_ENOENT, "%s: not a regular file", path);
    if ((uintmax_t)st.st_size > SIZE_MAX / 2)
        return ot__fail(OT_EFORMAT, "%s: %jd bytes are more than memory has addresses for", path,
                        (intmax_t)st.st_size);
    *size = (size_t)st.st_size;
    return OT_OK;
}

static ot_status read_whole(int fd, const char *path, size_t size, size_t most, char **data)
{
    if (size > most)
        return ot__fail(OT_EFORMAT, "%s:%zu: the file has %zu bytes; at most %zu are expected",
                        path, most, size, most);
    char *memory = ot__new(size + 1, 1);
    if (!memory) return OT_ENOMEM;
    const ot_status status = ot__read_all(fd, path, memory, size, 0);
    if (status == OT_OK)
        *data = memory;
    else
        ot__free(memory);
    return status;
}

ot_status ot__file_read(const char *path, size_t most, char **data, size_t *size)
{
    int fd;
    ot_status status = ot__open_regular(path, &fd, size);
    if (status == OT_OK) status = read_whole(fd, path, *size, most, data);
    if (fd >= 0) close(fd);
    return status;
}

const char *ot__name_in(const char *path)
{
    const char *const slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

static ot_status cannot_create(const char *path, int why)
{
    return ot__fail(ot__status_of_errno(why, OT_ECREATE), "%s: cannot create: %s", path,
                    strerror(why));
}

/* Opens the directory that contains a path.  A directory without permission to list it is opened
 * with O_PATH; it can hold names but cannot be synced. */
static int open_folder(const char *path)
{
    char *const folder = ot__format("%.*s.", (int)(ot__name_in(path) - path), path);
    if (!folder) {
        errno = ENOMEM;
        return -1;
    }
    int fd = ot__sys_open(folder, O_RDONLY | O_DIRECTORY);
    if (fd < 0 && errno == EACCES) fd = ot__sys_open(folder, O_PATH | O_DIRECTORY);
    const int why = errno;
    ot__free(folder);
    errno = why;
    return fd;
}

static bool same_name(const char *name, const void *user)
{
    return strcmp(name, user) == 0;
}

/* Only a regular file may be replaced, and not a device or a directory that was given by
 * mistake. */
static ot_status check_target(const ot__replacement *r)
{
    struct stat st;
    const char *const name = ot__name_in(r->path);
    if (*name == 0 || (fstatat(r->folder, name, &st, 0) == 0 && !S_ISREG(st.st_mode)))
        return ot__fail(OT_ECREATE, "%s: not a regular file, so it is not replaced", r->path);
    return OT_OK;
}

static ot_status create_temporary(ot__replacement *r)
{
    const char *const name = ot__name_in(r->path);
    const int before = (int)(name - r->path);
    OT_TRY(check_target(r));
    ot__temporary_clean(r->folder, same_name, name);
    char *const temporary = ot__new(strlen(r->path) + OT__TEMPORARY_EXTRA + 1, 1);
    if (!temporary) return OT_ENOMEM;
    memcpy(temporary, r->path, (size_t)before);
    r->fd = ot__temporary_create(r->folder, name, temporary + before);
    if (r->fd >= 0) {
        r->temporary = temporary;
        return OT_OK;
    }
    const int why = errno;
    ot__free(temporary);
    return cannot_create(r->path, why);
}

/* Begins a replacement in an open directory, which is closed with it. */
static ot_status begin(int folder, const char *path, ot__replacement *r)
{
    *r = (ot__replacement){ .fd = -1, .folder = folder, .path = ot__strdup(path) };
    const ot_status status = r->path ? create_temporary(r) : OT_ENOMEM;
    if (status != OT_OK) ot__replace_abandon(r);
    return status;
}

ot_status ot__replace_begin(const char *path, ot__replacement *r)
{
    *r = (ot__replacement){ .fd = -1, .folder = -1 };
    const int folder = open_folder(path);
    return folder >= 0 ? begin(folder, path, r) : cannot_create(path, errno);
}

ot_status ot__replace_begin_in(int folder, const char *path, ot__replacement *r)
{
    *r = (ot__replacement){ .fd = -1, .folder = -1 };
    const int again = fcntl(folder, F_DUPFD_CLOEXEC, 0);
    return again >= 0 ? begin(again, path, r) : cannot_create(path, errno);
}

ot_status ot__replace_reserve(ot__replacement *r, size_t size)
{
    if (size == 0 || ot__sys_fallocate(r->fd, size) == 0) return OT_OK;
    const bool full = errno == ENOSPC || errno == EDQUOT || errno == EFBIG || errno == EIO;
    if (!full) return OT_OK; /* the file system cannot reserve */
    return ot__fail(OT_EIO, "%s: there is no room for its %s: %s", r->path, OT__BYTES(size),
                    strerror(errno));
}

ot_status ot__write_all(int fd, const char *path, const void *data, size_t size)
{
    const char *p = data;
    while (size > 0) {
        const ssize_t n = ot__sys_write(fd, p, size);
        if (n < 0) return ot__fail(OT_EIO, "%s: cannot write: %s", path, strerror(errno));
        p += n;
        size -= (size_t)n;
    }
    return OT_OK;
}

ot_status ot__replace_write(ot__replacement *r, const void *data, size_t size)
{
    return ot__write_all(r->fd, r->path, data, size);
}

ot_status ot__sync(int fd, const char *path)
{
    if (ot__sys_fsync(fd) == 0 || errno == EINVAL || errno == EBADF) return OT_OK;
    return ot__fail(OT_EIO, "%s: cannot sync: %s", path, strerror(errno));
}

ot_status ot__sync_folder_of(const char *path)
{
    const int folder = open_folder(path);
    if (folder < 0) return errno == ENOMEM ? OT_ENOMEM : OT_OK; /* no right to read it */
    const ot_status status = ot__sync(folder, path);
    close(folder);
    return status;
}

ot_status ot__replace_commit(ot__replacement *r)
{
    OT_TRY(ot__sync(r->fd, r->path));
    /* It is renamed while it is locked, so that no process takes it for one that was left. */
    if (ot__sys_renameat(r->folder, ot__name_in(r->temporary), ot__name_in(r->path)) != 0)
        return ot__fail(OT_EIO, "%s: cannot rename: %s", r->path, strerror(errno));
    ot__free(r->temporary);
    r->temporary = NULL;
    const int closed = ot__sys_close(r->fd);
    r->fd = -1;
    if (closed != 0) return ot__fail(OT_EIO, "%s: cannot close: %s", r->path, strerror(errno));
    return ot__sync(r->folder, r->path);
}

void ot__replace_abandon(ot__replacement *r)
{
    if (r->temporary) ot__sys_unlinkat(r->folder, ot__name_in(r->temporary), 0);
    if (r->fd >= 0) close(r->fd);
    if (r->folder >= 0) close(r->folder);
    ot__free(r->temporary);
    ot__free(r->path);
    *r = (ot__replacement){ .fd = -1, .folder = -1 };
}

/* Writes all of a file that was begun, and commits it. */
static ot_status write_and_commit(ot__replacement *r, const void *data, size_t size)
{
    ot_status status = ot__replace_write(r, data, size);
    if (status == OT_OK) status = ot__replace_commit(r);
    ot__replace_abandon(r);
    return status;
}

ot_status ot__file_write(const char *path, const void *data, size_t size)
{
    ot__replacement r;
    OT_TRY(ot__replace_begin(path, &r));
    return write_and_commit(&r, data, size);
}

ot_status ot__file_write_in(int folder, const char *path, const void *data, size_t size)
{
    ot__replacement r;
    OT_TRY(ot__replace_begin_in(folder, path, &r));
    return write_and_commit(&r, data, size);
}

ot_status ot__file_fill(const char *path, ot_status (*fill)(FILE *to, void *user), void *user)
{
    char *text = NULL;
    size_t size = 0;
    FILE *const to = open_memstream(&text, &size);
    if (!to) return ot__fail(OT_ENOMEM, "there is no memory for %s", path);
    ot_status status = fill(to, user);
    const bool failed = ferror(to) != 0;
    if ((fclose(to) != 0 || failed) && status == OT_OK)
        status = ot__fail(OT_ENOMEM, "there is no memory for %s", path);
    if (status == OT_OK) status = ot__file_write(path, text, size);
    free(text);
    return status;
}
