/* SPDX-License-Identifier: BSD-3-Clause
 * A directory in which only one process at a time may write. */
#ifndef OT_BASE_DIRECTORY_H
#define OT_BASE_DIRECTORY_H

#include "base/status.h"

/* An open directory and the lock on it.  Names relative to `fd` stay in this directory even if it
 * is moved, or if another directory gets its path. */
typedef struct ot__directory {
    int fd;
    int lock;   /* descriptor of the file .lock in it; -1: not locked */
    char *path; /* as the caller gave it */
} ot__directory;

/* The name of the file that is locked.  A directory that holds only this file counts as empty. */
#define OT__LOCK_FILE ".lock"

/* Opens an existing directory and locks it.  `busy` says in a message what another process does
 * there: "another process is training here".  OT_EBUSY if another process, or this one with another
 * ot__directory, has the lock; OT_ENOENT if it is not a directory; OT_ECREATE if no file can be
 * created in it; OT_EIO; OT_ENOMEM. */
OT_PRIVATE ot_status ot__directory_open(const char *path, const char *busy, ot__directory *d);
/* Unlocks and closes it; does nothing if it was not opened. */
OT_PRIVATE void ot__directory_close(ot__directory *d);
#define OT__DIRECTORY_NONE ((ot__directory){ .fd = -1, .lock = -1 })

/* OT_EIO if its path no longer leads to it, because it was moved, replaced or removed. */
OT_PRIVATE ot_status ot__directory_check(const ot__directory *d);

/* Calls `visit` with every name in the directory, until it does not return OT_OK.  OT_EIO if the
 * directory cannot be listed. */
ot_status ot__directory_each(const ot__directory *d,
                             ot_status (*visit)(const char *name, void *user), void *user);

/* Makes one directory, and syncs its parent.  Returns 0, or -1 with errno, as
 * mkdir(2). */
OT_PRIVATE int ot__make_directory(const char *path);
/* Makes a directory and all missing ones above it, as mkdir -p.  OT_ECREATE, OT_EIO, OT_ENOMEM. */
OT_PRIVATE ot_status ot__make_directories(const char *path);

#endif
