/* SPDX-License-Identifier: BSD-3-Clause
 * Files: read whole within a bound, or replaced in one step. */
#ifndef OT_BASE_FILE_H
#define OT_BASE_FILE_H

#include "base/status.h"

/* Open a regular file to read, its size too; anything else is refused and not waited for.
 * OT_ENOENT; OT_EIO where the disk failed; OT_EFORMAT where addresses are too short for it; then
 * *fd is below 0 or open all the same. */
OT_PRIVATE ot_status ot__open_regular(const char *path, int *fd, size_t *size);

/* Read a whole regular file of at most `most` bytes into new memory, with a zero byte behind it.
 * OT_ENOENT, OT_EFORMAT (too long), OT_EIO, OT_ENOMEM. */
OT_PRIVATE ot_status ot__file_read(const char *path, size_t most, char **data, size_t *size);

/* Read all of so many bytes from a place on; path is for messages.  OT_EIO. */
OT_PRIVATE ot_status ot__read_all(int fd, const char *path, void *data, size_t size, size_t at);

/* A file that takes the place of `path` when it is committed, complete and on the disk, and leaves
 * the old one untouched until then: temporary file in the same folder, fsync, rename, fsync of the
 * folder. */
typedef struct ot__replacement {
    int fd;
    char *path, *temporary;
} ot__replacement;

OT_PRIVATE ot_status ot__replace_begin(const char *path,
                                       ot__replacement *r); /* OT_ECREATE, OT_ENOMEM */
/* Find out before anything is written that there is no room for so many bytes: OT_EIO. */
OT_PRIVATE ot_status ot__replace_reserve(ot__replacement *r, size_t size);
OT_PRIVATE ot_status ot__replace_write(ot__replacement *r, const void *data,
                                       size_t size);         /* OT_EIO */
OT_PRIVATE ot_status ot__replace_commit(ot__replacement *r); /* OT_EIO */
/* Gives the file up and removes what was written; does nothing after a commit. */
OT_PRIVATE void ot__replace_abandon(ot__replacement *r);

/* All of the above: the file holds exactly these bytes, or is as it was.  OT_ECREATE, OT_EIO,
 * OT_ENOMEM. */
OT_PRIVATE ot_status ot__file_write(const char *path, const void *data, size_t size);

/* Write all of it to an open file; path is for messages.  OT_EIO. */
OT_PRIVATE ot_status ot__write_all(int fd, const char *path, const void *data, size_t size);

#endif
