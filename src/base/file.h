/* SPDX-License-Identifier: BSD-3-Clause
 * Files are read whole, up to a limit, or replaced in one step. */
#ifndef OT_BASE_FILE_H
#define OT_BASE_FILE_H

#include <stdio.h>

#include "base/status.h"

/* The last part of a path. */
OT_PRIVATE const char *ot__name_in(const char *path);

/* The status of a call that failed with the errno `why`: OT_EIO if the disk failed, OT_ENOMEM if
 * there is no memory, `usual` otherwise. */
OT_PRIVATE ot_status ot__status_of_errno(int why, ot_status usual);

/* Opens a regular file for reading and gets its size.  Anything else, such as a pipe, is refused at
 * once.  OT_ENOENT, OT_EIO if the disk failed, OT_EFORMAT if the file is larger than the address
 * space.  After an error *fd may be open: the caller closes it if it is not below 0. */
OT_PRIVATE ot_status ot__open_regular(const char *path, int *fd, size_t *size);

/* Reads a whole regular file of at most `most` bytes into new memory, and adds a zero byte after
 * them.  OT_ENOENT, OT_EFORMAT (too long), OT_EIO, OT_ENOMEM. */
OT_PRIVATE ot_status ot__file_read(const char *path, size_t most, char **data, size_t *size);

/* Reads exactly `size` bytes from offset `at` on; path is for messages.  OT_EIO. */
OT_PRIVATE ot_status ot__read_all(int fd, const char *path, void *data, size_t size, size_t at);

/* A file that is being replaced.  The new content is written to a temporary file in the same
 * directory (base/temporary.h).  A commit puts it on the disk (fsync), renames it to `path`, and
 * syncs the directory.  Until then the old file is unchanged.  The directory is opened once, and
 * names are relative to it. */
typedef struct ot__replacement {
    int fd;          /* of the temporary file */
    char *path;      /* as the caller gave it */
    char *temporary; /* the path of the temporary file; NULL once it is renamed */
    int folder;      /* descriptor of the directory that holds both files */
} ot__replacement;

/* Begins to replace a file, and removes temporary files of the same name that were left by
 * processes that have ended.  A link is replaced itself, not the file it leads to.  OT_ECREATE,
 * also if `path` is something other than a regular file or a link; OT_ENOMEM. */
OT_PRIVATE ot_status ot__replace_begin(const char *path, ot__replacement *r);
/* The same in an open directory, even if that has been moved: only the last part of `path` is used,
 * and all of it in messages. */
OT_PRIVATE ot_status ot__replace_begin_in(int folder, const char *path, ot__replacement *r);
/* Reserves `size` bytes on the disk, so that a full disk is noticed before anything is written:
 * OT_EIO. */
OT_PRIVATE ot_status ot__replace_reserve(ot__replacement *r, size_t size);
OT_PRIVATE ot_status ot__replace_write(ot__replacement *r, const void *data,
                                       size_t size);         /* OT_EIO */
OT_PRIVATE ot_status ot__replace_commit(ot__replacement *r); /* OT_EIO */
/* Frees r.  Without a commit, what was written is removed, and the old file stays. */
OT_PRIVATE void ot__replace_abandon(ot__replacement *r);

/* Replaces a file by one with exactly these bytes.  After an error the old file is unchanged.
 * OT_ECREATE, OT_EIO, OT_ENOMEM. */
OT_PRIVATE ot_status ot__file_write(const char *path, const void *data, size_t size);
OT_PRIVATE ot_status ot__file_write_in(int folder, const char *path, const void *data, size_t size);

/* The same with the bytes that `fill` writes to a stream, which is in memory.  If fill does not
 * return OT_OK, its status and message are returned, and the old file is unchanged. */
OT_PRIVATE ot_status ot__file_fill(const char *path, ot_status (*fill)(FILE *to, void *user),
                                   void *user);

/* Writes all bytes to an open file; path is for messages.  OT_EIO. */
OT_PRIVATE ot_status ot__write_all(int fd, const char *path, const void *data, size_t size);
/* Puts what was written to an open file or directory on the disk.  Does nothing for a pipe and
 * whatever else cannot be synced.  OT_EIO. */
OT_PRIVATE ot_status ot__sync(int fd, const char *path);
/* Syncs the directory that contains a path, that is, the names in it.  OT_EIO, OT_ENOMEM. */
OT_PRIVATE ot_status ot__sync_folder_of(const char *path);

#endif
