/* SPDX-License-Identifier: BSD-3-Clause
 * Each call runs the hook of the tests first, and is repeated if a signal interrupts it. */
#include "base/system.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

typedef int hook(const char *call, size_t *size);

static hook *watch, *watch_reads;

void ot__watch_system(int (*before)(const char *call, size_t *size))
{
    watch = before;
}

void ot__watch_reads(int (*before)(const char *call, size_t *size))
{
    watch_reads = before;
}

/* Whether a hook allows the call; otherwise errno is the error that it chose. */
static int allowed(hook *ask, const char *call, size_t *size)
{
    const int why = ask ? ask(call, size) : 0;
    if (why != 0) errno = why;
    return why == 0;
}

/* Makes a call, and repeats it while a signal interrupts it. */
#define AGAIN(ask, name, size, call)                                                               \
    do {                                                                                           \
        result = allowed(ask, name, size) ? (call) : -1;                                           \
    } while (result < 0 && errno == EINTR)

int ot__sys_open(const char *path, int flags)
{
    return ot__sys_openat(AT_FDCWD, path, flags);
}

/* O_NONBLOCK keeps the call from waiting until a named pipe has another end; the reads and writes
 * after it wait as usual. */
int ot__sys_openat(int folder, const char *name, int flags)
{
    int result;
    AGAIN(watch, "open", NULL, openat(folder, name, flags | O_CLOEXEC | O_NONBLOCK, 0666));
    if (result >= 0 && !(flags & O_PATH)) fcntl(result, F_SETFL, flags & O_APPEND);
    return result;
}

int ot__sys_open_to_read(int folder, const char *name, int flags)
{
    int result;
    AGAIN(NULL, "open", NULL, openat(folder, name, flags | O_RDONLY | O_CLOEXEC));
    return result;
}

int ot__sys_flock(int fd, int operation)
{
    int result;
    AGAIN(watch, "flock", NULL, flock(fd, operation));
    return result;
}

int ot__sys_fallocate(int fd, size_t size)
{
    int result;
    AGAIN(watch, "fallocate", NULL, fallocate(fd, 0, 0, (off_t)size));
    return result;
}

int ot__sys_ftruncate(int fd, size_t size)
{
    int result;
    AGAIN(watch, "ftruncate", NULL, ftruncate(fd, (off_t)size));
    return result;
}

ssize_t ot__sys_pread(int fd, void *data, size_t size, size_t at)
{
    ssize_t result;
    AGAIN(watch_reads, "pread", &size, pread(fd, data, size, (off_t)at));
    return result;
}

ssize_t ot__sys_write(int fd, const void *data, size_t size)
{
    ssize_t result;
    AGAIN(watch, "write", &size, write(fd, data, size));
    return result;
}

int ot__sys_fsync(int fd)
{
    int result;
    AGAIN(watch, "fsync", NULL, fsync(fd));
    return result;
}

/* Linux closes the file even if a signal interrupts close, so it must not be called again. */
int ot__sys_close(int fd)
{
    const int let = allowed(watch, "close", NULL), why = errno;
    const int result = close(fd);
    if (!let) errno = why;
    return (result == 0 && let) || errno == EINTR ? 0 : -1;
}

int ot__sys_mkdirat(int folder, const char *name)
{
    int result;
    AGAIN(watch, "mkdir", NULL, mkdirat(folder, name, 0777));
    return result;
}

/* mkdtemp changes the pattern even if it fails, so the X's are restored before each call. */
int ot__sys_mkdtemp(char *pattern)
{
    char *const end = pattern + strlen(pattern) - strlen("XXXXXX");
    int result;
    AGAIN(watch, "mkdir", NULL, (memcpy(end, "XXXXXX", 6), mkdtemp(pattern)) ? 0 : -1);
    return result;
}

int ot__sys_rename(const char *from, const char *to)
{
    return ot__sys_renameat(AT_FDCWD, from, to);
}

int ot__sys_renameat(int folder, const char *from, const char *to)
{
    int result;
    AGAIN(watch, "rename", NULL, renameat(folder, from, folder, to));
    return result;
}

int ot__sys_unlink(const char *path)
{
    return ot__sys_unlinkat(AT_FDCWD, path, 0);
}

int ot__sys_unlinkat(int folder, const char *name, int flags)
{
    int result;
    AGAIN(watch, "unlink", NULL, unlinkat(folder, name, flags));
    return result;
}
