/* SPDX-License-Identifier: BSD-3-Clause
 * Files: read whole within a bound, or replaced in one step. */
#ifndef OT_BASE_FILE_H
#define OT_BASE_FILE_H

#include <stdio.h>

#include "base/status.h"

/* The last part of a path. */
OT_PRIVATE const char *ot__name_in(const char *path);

/* The status of a call that has failed with the errno `why`: OT_EIO if the disk failed, OT_ENOMEM
 * if there is no memory, else `usual`. */
OT_PRIVATE ot_status ot__status_of_errno(int why, ot_status usual);

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
 * the old one untouched until then: a temporary file in the same folder (base/temporary.h), fsync,
 * rename, fsync of the folder.  The folder is opened once, and names are relative to it. */
typedef struct ot__replacement {
    int fd;          /* of the temporary file */
    char *path;      /* as it was given */
    char *temporary; /* the path of the temporary file; NULL if there is none any more */
    int folder;      /* open; both files are in it */
} ot__replacement;

/* Begin to replace a file.  Temporary files of the same name that ended processes have left are
 * removed.  A link is replaced, not what it leads to; what is neither file nor link stays as it is
 * (OT_ECREATE).  OT_ECREATE, OT_ENOMEM. */
OT_PRIVATE ot_status ot__replace_begin(const char *path, ot__replacement *r);
/* The same in an open folder, which may have got another path since: of `path` only the last part
 * counts. */
OT_PRIVATE ot_status ot__replace_begin_in(int folder, const char *path, ot__replacement *r);
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
OT_PRIVATE ot_status ot__file_write_in(int folder, const char *path, const void *data, size_t size);

/* The same with what `fill` puts into a stream.  If fill returns another status than OT_OK, with a
 * message, that is returned and the file is as it was.  OT_ENOMEM: the stream is in memory. */
OT_PRIVATE ot_status ot__file_fill(const char *path, ot_status (*fill)(FILE *to, void *user),
                                   void *user);

/* Write all of it to an open file; path is for messages.  OT_EIO. */
OT_PRIVATE ot_status ot__write_all(int fd, const char *path, const void *data, size_t size);
/* Put what was written to an open file or folder onto the disk.  What cannot be synced, such as a
 * pipe, is left alone.  OT_EIO. */
OT_PRIVATE ot_status ot__sync(int fd, const char *path);
/* The same for the names in the folder that a path lies in.  OT_EIO, OT_ENOMEM. */
OT_PRIVATE ot_status ot__sync_folder_of(const char *path);

#endif
