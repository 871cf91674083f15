/* SPDX-License-Identifier: BSD-3-Clause
 * A directory that one process at a time writes in. */
#ifndef OT_BASE_DIRECTORY_H
#define OT_BASE_DIRECTORY_H

#include "base/status.h"

/* An open directory and the lock on it.  Names relative to `fd` stay in this directory also when it
 * is moved, or when another one gets its path. */
typedef struct ot__directory {
    int fd;
    int lock;   /* of the file .lock in it; -1: not locked */
    char *path; /* as it was given */
} ot__directory;

/* The name of the file that is locked: also of a file that is all that an empty directory holds. */
#define OT__LOCK_FILE ".lock"

/* Open an existing directory and lock it.  `busy` says in a message what another process does
 * there: "another process is training here".  OT_EBUSY if another process, or this one by another
 * ot__directory, has the lock; OT_ENOENT if it is no directory; OT_ECREATE if no file can be made
 * in it; OT_EIO; OT_ENOMEM. */
OT_PRIVATE ot_status ot__directory_open(const char *path, const char *busy, ot__directory *d);
/* Unlock and close it; does nothing if it was not opened. */
OT_PRIVATE void ot__directory_close(ot__directory *d);
#define OT__DIRECTORY_NONE ((ot__directory){ .fd = -1, .lock = -1 })

/* Whether its path still leads to it; OT_EIO with a message if it was moved, replaced or removed.
 */
OT_PRIVATE ot_status ot__directory_check(const ot__directory *d);

/* Call `visit` with every name in it until that fails.  OT_EIO if it cannot be listed. */
ot_status ot__directory_each(const ot__directory *d,
                             ot_status (*visit)(const char *name, void *user), void *user);

/* Make one directory, and put its name onto the disk.  0, or -1 with errno, as mkdir(2). */
OT_PRIVATE int ot__make_directory(const char *path);
/* Make a directory and those above it that are missing, as mkdir -p.  OT_ECREATE, OT_ENOMEM.
 */
OT_PRIVATE ot_status ot__make_directories(const char *path);

#endif
