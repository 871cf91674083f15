/* SPDX-License-Identifier: BSD-3-Clause
 * Waits for a directory that another process has locked. */
#ifndef OT_CLI_FRAME_LOCK_H
#define OT_CLI_FRAME_LOCK_H

#include "odetape.h"

/* Until a process that was killed has ended, in seconds. */
extern const double cli_short_wait;
/* Until a training that was asked to end has saved. */
extern const double cli_long_wait;

/* Calls `open` again and again while it returns OT_EBUSY, for at most `seconds` or until a signal
 * asks the program to end (cli_stop); after a moment a line on stderr says so.  Returns what the
 * last call returned. */
ot_status cli_wait_for_lock(ot_status (*attempt)(void *user), void *user, const char *path,
                            double seconds);

#endif
