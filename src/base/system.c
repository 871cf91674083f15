/* SPDX-License-Identifier: BSD-3-Clause */
#include "base/system.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
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

/* Whether a call may be made; else errno says why not. */
static int allowed(hook *ask, const char *call, size_t *size)
{
    const int why = ask ? ask(call, size) : 0;
    if (why != 0) errno = why;
    return why == 0;
}

/* The call, again and again while a signal interrupts it. */
#define AGAIN(ask, name, size, call)                                                               \
    do {                                                                                           \
        result = allowed(ask, name, size) ? (call) : -1;                                           \
    } while (result < 0 && errno == EINTR)

int ot__sys_open(const char *path, int flags)
{
    int result;
    AGAIN(watch, "open", NULL, open(path, flags | O_CLOEXEC, 0666));
    return result;
}

int ot__sys_fallocate(int fd, size_t size)
{
    int result;
    AGAIN(watch, "fallocate", NULL, fallocate(fd, 0, 0, (off_t)size));
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

/* Linux closes the file even when a signal interrupts that: there is no second time. */
int ot__sys_close(int fd)
{
    const int let = allowed(watch, "close", NULL), why = errno;
    const int result = close(fd);
    if (!let) errno = why;
    return (result == 0 && let) || errno == EINTR ? 0 : -1;
}

int ot__sys_rename(const char *from, const char *to)
{
    int result;
    AGAIN(watch, "rename", NULL, rename(from, to));
    return result;
}

int ot__sys_unlink(const char *path)
{
    int result;
    AGAIN(watch, "unlink", NULL, unlink(path));
    return result;
}
