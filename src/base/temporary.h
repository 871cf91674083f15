/* SPDX-License-Identifier: BSD-3-Clause
 * Temporary files: what is written beside the file whose place it will take.  That of NAME is
 * called .NAME.XXXXXXXX.tmp, with eight random characters, and its writer holds a lock (flock) on
 * it while it is open.  So a file of that name without a lock was left behind by a process that has
 * ended, in this container or in another one that has the same volume. */
#ifndef OT_BASE_TEMPORARY_H
#define OT_BASE_TEMPORARY_H

#include <stdbool.h>

/* The length of .XXXXXXXX.tmp with the point in front of NAME. */
enum { OT__TEMPORARY_EXTRA = 14 };

/* Create and lock a temporary file of `name` in an open folder; `temporary` (room for the length of
 * name + OT__TEMPORARY_EXTRA + 1) becomes its name.  The descriptor, or -1 with errno. */
int ot__temporary_create(int folder, const char *name, char *temporary);

/* Remove what ended processes have left in an open folder: temporary files of the names that
 * `wanted` says yes to.  What cannot be listed, locked or removed stays: it does no harm. */
void ot__temporary_clean(int folder, bool (*wanted)(const char *name, const void *user),
                         const void *user);

#endif
