/* SPDX-License-Identifier: BSD-3-Clause
 * Temporary files, which are written first and then renamed to the file that they replace.  The
 * temporary file of NAME is .NAME.XXXXXXXX.tmp, with eight random characters.  Its writer holds a
 * lock (flock) on it while it is open.  So one without a lock was left by a process that has ended,
 * even if that ran in another container with the same volume. */
#ifndef OT_BASE_TEMPORARY_H
#define OT_BASE_TEMPORARY_H

#include <stdbool.h>

/* How many characters the name of a temporary file has in addition to NAME. */
enum { OT__TEMPORARY_EXTRA = 14 };

/* Creates and locks a temporary file of `name` in an open directory.  Its name is written to
 * `temporary`, which must have strlen(name) + OT__TEMPORARY_EXTRA + 1 bytes.  Returns the
 * descriptor, or -1 with errno. */
int ot__temporary_create(int folder, const char *name, char *temporary);

/* Removes temporary files that ended processes have left in an open directory: those of the names
 * for which `wanted` returns true.  A file that cannot be listed, locked or removed stays, which
 * does no harm. */
void ot__temporary_clean(int folder, bool (*wanted)(const char *name, const void *user),
                         const void *user);

#endif
