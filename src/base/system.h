/* SPDX-License-Identifier: BSD-3-Clause
 * The system calls with which the library and the program read and write files.  No other file
 * makes a system call that a signal may interrupt.  Tests can make each of them fail, write or read
 * less than was asked, or be the last call of its process; only ot__sys_open_to_read has no
 * hook. */
#ifndef OT_BASE_SYSTEM_H
#define OT_BASE_SYSTEM_H

#include <stddef.h>
#include <sys/types.h>

#include "base/private.h"

/* These are as the calls that they are named after, except that an interrupted call (EINTR) is
 * repeated.  New files get mode 0666 and new directories 0777, both without the bits of the umask.
 * Descriptors are closed on exec.  Opening a named pipe for writing does not wait for a reader, but
 * fails with ENXIO if there is none.  `folder` is an open directory that names are relative to, as
 * for openat(2). */
OT_PRIVATE int ot__sys_open(const char *path, int flags);
OT_PRIVATE int ot__sys_openat(int folder, const char *name, int flags);
OT_PRIVATE int ot__sys_open_to_read(int folder, const char *name, int flags);
OT_PRIVATE int ot__sys_flock(int fd, int operation);
OT_PRIVATE int ot__sys_fallocate(int fd, size_t size);
OT_PRIVATE int ot__sys_ftruncate(int fd, size_t size);
OT_PRIVATE ssize_t ot__sys_pread(int fd, void *data, size_t size, size_t at);
OT_PRIVATE ssize_t ot__sys_write(int fd, const void *data, size_t size);
OT_PRIVATE int ot__sys_fsync(int fd);
OT_PRIVATE int ot__sys_close(int fd); /* the file is closed even if it returns -1 */
OT_PRIVATE int ot__sys_mkdirat(int folder, const char *name);
OT_PRIVATE int ot__sys_mkdtemp(char *pattern); /* 0, and pattern becomes the name; or -1 */
OT_PRIVATE int ot__sys_rename(const char *from, const char *to);
OT_PRIVATE int ot__sys_renameat(int folder, const char *from, const char *to);
OT_PRIVATE int ot__sys_unlink(const char *path);
OT_PRIVATE int ot__sys_unlinkat(int folder, const char *name, int flags);

/* Test hooks.  ot__watch_system sets a function that runs before every call except reads, and
 * ot__watch_reads one that runs before every read.  If it returns an errno, the call fails with it;
 * after 0 the call is made.  It may reduce *size, the bytes of a write or a read; 0 bytes read mean
 * the end of the file.  NULL removes a hook. */
void ot__watch_system(int (*before)(const char *call, size_t *size));
void ot__watch_reads(int (*before)(const char *call, size_t *size));

#endif
