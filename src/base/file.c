/* SPDX-License-Identifier: BSD-3-Clause */
#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/memory.h"
#include "base/system.h"

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
    *fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (*fd < 0 || fstat(*fd, &st) != 0)
        return ot__fail(errno == EIO ? OT_EIO : OT_ENOENT, "%s: %s", path, strerror(errno));
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

/* A file of our name and process number that is there already is a dead process's. */
static int open_temporary(const char *path)
{
    const int flags = O_CREAT | O_EXCL | O_WRONLY;
    const int fd = ot__sys_open(path, flags);
    if (fd >= 0 || errno != EEXIST) return fd;
    return ot__sys_unlink(path) == 0 ? ot__sys_open(path, flags) : -1;
}

ot_status ot__replace_begin(const char *path, ot__replacement *r)
{
    *r = (ot__replacement){ .fd = -1 };
    r->path = ot__strdup(path);
    r->temporary = ot__format("%s.%ld.tmp", path, (long)getpid());
    if (!r->path || !r->temporary) {
        ot__replace_abandon(r);
        return OT_ENOMEM;
    }
    r->fd = open_temporary(r->temporary);
    if (r->fd >= 0) return OT_OK;
    const int why = errno;
    ot__free(r->temporary); /* not ours: there is nothing to remove */
    r->temporary = NULL;
    ot__replace_abandon(r);
    return ot__fail(OT_ECREATE, "%s: cannot create: %s", path, strerror(why));
}

ot_status ot__replace_reserve(ot__replacement *r, size_t size)
{
    if (size == 0 || ot__sys_fallocate(r->fd, size) == 0) return OT_OK;
    const bool full = errno == ENOSPC || errno == EDQUOT || errno == EFBIG || errno == EIO;
    if (!full) return OT_OK; /* a file system that cannot reserve */
    return ot__fail(OT_EIO, "%s: there is no room for its %zu bytes: %s", r->path, size,
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

static char *folder_of(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? ot__format("%.*s", (int)(slash - path + 1), path) : ot__strdup(".");
}

static bool sync_folder(const char *folder)
{
    const int fd = ot__sys_open(folder, O_RDONLY | O_DIRECTORY);
    /* Some file systems cannot sync a folder; the rename itself has happened. */
    const bool failed = fd >= 0 && ot__sys_fsync(fd) != 0 && errno != EINVAL;
    if (fd >= 0) close(fd);
    return !failed;
}

ot_status ot__replace_commit(ot__replacement *r)
{
    if (ot__sys_fsync(r->fd) != 0 && errno != EINVAL)
        return ot__fail(OT_EIO, "%s: cannot sync: %s", r->path, strerror(errno));
    const int closed = ot__sys_close(r->fd);
    r->fd = -1;
    if (closed != 0) return ot__fail(OT_EIO, "%s: cannot close: %s", r->path, strerror(errno));
    char *folder = folder_of(r->path); /* before the rename: nothing but the disk fails after it */
    if (!folder) return OT_ENOMEM;
    ot_status status = OT_OK;
    if (ot__sys_rename(r->temporary, r->path) != 0) {
        status = ot__fail(OT_EIO, "%s: cannot rename: %s", r->path, strerror(errno));
    } else {
        ot__free(r->temporary);
        r->temporary = NULL;
        if (!sync_folder(folder)) status = ot__fail(OT_EIO, "%s: cannot sync its folder", r->path);
    }
    ot__free(folder);
    return status;
}

void ot__replace_abandon(ot__replacement *r)
{
    if (r->fd >= 0) close(r->fd);
    if (r->temporary) ot__sys_unlink(r->temporary);
    ot__free(r->temporary);
    ot__free(r->path);
    *r = (ot__replacement){ .fd = -1 };
}

ot_status ot__file_write(const char *path, const void *data, size_t size)
{
    ot__replacement r;
    OT_TRY(ot__replace_begin(path, &r));
    ot_status status = ot__replace_write(&r, data, size);
    if (status == OT_OK) status = ot__replace_commit(&r);
    ot__replace_abandon(&r);
    return status;
}
