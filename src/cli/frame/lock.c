/* SPDX-License-Identifier: BSD-3-Clause
 * Waits for the lock of a directory.  A training that gets SIGTERM finishes its batch, saves and
 * only then unlocks its directory.  The system sends that signal if the sweep of the training is
 * killed.  A sweep that is started again at once would find the directory locked.  So a command
 * that resumes or replaces a run waits for some seconds. */
#include "cli/frame/lock.h"

#include <stdbool.h>
#include <stdio.h>
#include <time.h>

#include "base/clock.h"
#include "cli/frame/message.h"
#include "cli/frame/print.h"
#include "cli/frame/stop.h"

const double cli_short_wait = 0.5, cli_long_wait = 5;

ot_status cli_wait_for_lock(ot_status (*attempt)(void *user), void *user, const char *path,
                            double seconds)
{
    static const struct timespec pause = { .tv_nsec = 50000000 }; /* 50 ms, or until a signal */
    const double start = ot__now();
    bool said = false;
    for (;;) {
        const ot_status status = attempt(user);
        const double waited = ot__now() - start;
        if (status != OT_EBUSY || waited >= seconds || cli_stop) return status;
        if (waited >= cli_short_wait && !said)
            cli_print(stderr, "odetape: %s is locked by another process; waiting up to %.0f s\n",
                      path, seconds);
        said = waited >= cli_short_wait;
        nanosleep(&pause, NULL);
    }
}
