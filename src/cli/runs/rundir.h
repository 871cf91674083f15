/* SPDX-License-Identifier: BSD-3-Clause
 * The directory of a run: made and tried before the training starts, so that no result is lost at
 * its end, and never shared by two runs. */
#ifndef OT_CLI_RUNS_RUNDIR_H
#define OT_CLI_RUNS_RUNDIR_H

#include <limits.h>
#include <stdbool.h>
#include <stdint.h>

#include "cli/frame/command.h"
#include "odetape.h"

typedef struct cli_rundir {
    char path[PATH_MAX - 64];
    size_t there; /* so many characters of path were there before: the rest may be taken away */
    char *journal, *weights; /* the paths of the journal and of the final weights */
    ot_run *run;             /* its lock */
} cli_rundir;

/* wanted NULL: the first of runs/NET-SEED, runs/NET-SEED-2, ... that is not there.  Parents are
 * made.  A directory that holds a run already is refused, or with `force` the training will replace
 * that run (ot_run_replace); one that another process trains in is refused, with `force` after some
 * seconds. */
ot_status cli_rundir_open(cli_rundir *r, const char *wanted, const char *net, uint64_t seed,
                          bool force);
/* The directory of a run that is to go on.  Waits some seconds if another process trains there. */
ot_status cli_rundir_reopen(cli_rundir *r, const char *path);
void cli_rundir_close(cli_rundir *r);
/* The training never began: leave nothing behind that was made for it. */
void cli_rundir_abandon(cli_rundir *r);

#endif
