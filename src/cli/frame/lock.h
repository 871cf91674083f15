/* SPDX-License-Identifier: BSD-3-Clause
 * Waiting for a directory that another process has locked. */
#ifndef OT_CLI_FRAME_LOCK_H
#define OT_CLI_FRAME_LOCK_H

#include "odetape.h"

/* How long to wait for a process that was killed to end, in seconds. */
extern const double cli_short_wait;
/* How long to wait for a training to save after it was asked to end, in seconds. */
extern const double cli_long_wait;

/* Calls `attempt` until it returns something other than OT_EBUSY, for at most `seconds`, or until a
 * signal asks the program to end (cli_stop).  After cli_short_wait, a line on stderr says what it
 * waits for.  Returns the status of the last call. */
ot_status cli_wait_for_lock(ot_status (*attempt)(void *user), void *user, const char *path,
                            double seconds);

#endif
