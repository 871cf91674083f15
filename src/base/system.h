/* SPDX-License-Identifier: BSD-3-Clause
 * The system calls by which the library and the program read and write files: no other file makes
 * one that a signal may interrupt.  Tests can make any of them except opening a file to read fail,
 * do less than it was asked to, or be the last of its process. */
#ifndef OT_BASE_SYSTEM_H
#define OT_BASE_SYSTEM_H

#include <stddef.h>
#include <sys/types.h>

#include "base/private.h"

/* As the calls they are named after, except that an interrupted call (EINTR) is made again.  New
 * files get mode 0666 and new folders 0777, both less the umask; descriptors are not inherited;
 * opening a named pipe does not wait for its other end, but fails with ENXIO where nobody reads.
 * Names are relative to the open folder, as openat(2) has it. */
OT_PRIVATE int ot__sys_open(const char *path, int flags);
OT_PRIVATE int ot__sys_openat(int folder, const char *name, int flags);
OT_PRIVATE int ot__sys_open_to_read(int folder, const char *name, int flags);
OT_PRIVATE int ot__sys_flock(int fd, int operation);
OT_PRIVATE int ot__sys_fallocate(int fd, size_t size);
OT_PRIVATE int ot__sys_ftruncate(int fd, size_t size);
OT_PRIVATE ssize_t ot__sys_pread(int fd, void *data, size_t size, size_t at);
OT_PRIVATE ssize_t ot__sys_write(int fd, const void *data, size_t size);
OT_PRIVATE int ot__sys_fsync(int fd);
OT_PRIVATE int ot__sys_close(int fd); /* closed also when it fails */
OT_PRIVATE int ot__sys_mkdirat(int folder, const char *name);
OT_PRIVATE int ot__sys_mkdtemp(char *pattern); /* 0, and pattern is the name; or -1 */
OT_PRIVATE int ot__sys_rename(const char *from, const char *to);
OT_PRIVATE int ot__sys_renameat(int folder, const char *from, const char *to);
OT_PRIVATE int ot__sys_unlink(const char *path);
OT_PRIVATE int ot__sys_unlinkat(int folder, const char *name, int flags);

/* Test hooks: `before` is asked before every call but reads, or before every read: 0 lets it go on,
 * an errno makes it fail.  It may make *size, the bytes of a write or a read, smaller: a read of
 * none has come to the end of its file.  NULL switches a hook off. */
void ot__watch_system(int (*before)(const char *call, size_t *size));
void ot__watch_reads(int (*before)(const char *call, size_t *size));

#endif
