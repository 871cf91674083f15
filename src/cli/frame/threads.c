/* SPDX-License-Identifier: BSD-3-Clause
 * Starts the threads before the first computation, so that a command can still report that the
 * system refuses to start that many.  How threads wait for work is set by the environment, which
 * libgomp reads before main; so the program sets it and executes itself again. */
#include "cli/frame/threads.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/workers.h"
#include "cli/frame/message.h"
#include "cli/frame/options.h"
#include "cli/frame/print.h"
#include "odetape.h"

void cli_spin_briefly(char **argv)
{
    static const char turns[] = "1000"; /* about 10 us */
    if (getenv("OMP_WAIT_POLICY") || getenv("GOMP_SPINCOUNT")) return;
    if (setenv("GOMP_SPINCOUNT", turns, 1) == 0) execv("/proc/self/exe", argv);
}

ot_status cli_use_threads(int threads)
{
    ot_status status = threads ? ot_set_threads(threads) : OT_OK;
    if (status == OT_OK) status = ot__start_threads();
    if (status != OT_OK) return status;
    const int cpus = ot_machine().cpus;
    if (threads > cpus)
        cli_print(stderr, "odetape: note: %d threads on %d CPU%s are slower than %d\n", threads,
                  cpus, cpus == 1 ? "" : "s", cpus);
    return OT_OK;
}
