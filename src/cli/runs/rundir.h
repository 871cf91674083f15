/* SPDX-License-Identifier: BSD-3-Clause
 * The directory of a run.  It is made and tested before the training starts, so that no result is
 * lost at the end.  Two runs never share one. */
#ifndef OT_CLI_RUNS_RUNDIR_H
#define OT_CLI_RUNS_RUNDIR_H

#include <limits.h>
#include <stdbool.h>
#include <stdint.h>

#include "cli/frame/command.h"
#include "odetape.h"

typedef struct cli_rundir {
    char path[PATH_MAX - 64];
    size_t existing;         /* length of the part of path that existed before */
    char *journal, *weights; /* the paths of the journal and of the final weights */
    ot_run *run;             /* holds the lock */
} cli_rundir;

/* Makes and locks the directory `wanted` and its parents.  wanted NULL: the first of runs/NET-SEED,
 * runs/NET-SEED-2, ... that does not exist.  Refuses a directory that holds a run; with `force`,
 * the training will replace that run (ot_run_replace).  Refuses a directory in which another
 * process trains; with `force`, it waits some seconds first. */
ot_status cli_rundir_open(cli_rundir *r, const char *wanted, const char *net, uint64_t seed,
                          bool force);
/* Opens and locks the directory of a run to resume.  Waits some seconds if another process trains
 * there. */
ot_status cli_rundir_reopen(cli_rundir *r, const char *path);
void cli_rundir_close(cli_rundir *r);
/* Removes what cli_rundir_open made, if the training never started. */
void cli_rundir_abandon(cli_rundir *r);

#endif
