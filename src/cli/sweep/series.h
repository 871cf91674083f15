/* SPDX-License-Identifier: BSD-3-Clause
 * Runs the members of a grid, each as a process of this program in a directory of its own, so that
 * no member can take another with it.  What is there is read from those directories each time:
 * results.jsonl is made from them and is never read. */
#ifndef OT_CLI_SWEEP_SERIES_H
#define OT_CLI_SWEEP_SERIES_H

#include <sys/types.h>

#include "base/directory.h"
#include "cli/sweep/grid.h"
#include "cli/runs/outcome.h"

enum { CLI_MOST_JOBS = 64 };

typedef struct cli_job {
    pid_t pid;  /* 0: free */
    int member; /* what it trains */
    bool asked; /* to save and end */
} cli_job;

typedef struct cli_series {
    cli_grid *grid;
    char out[PATH_MAX - 512];
    ot__directory lock;   /* of out: one sweep at a time writes there */
    int jobs, threads;    /* at a time, and of each */
    cli_outcome *outcome; /* of each member */
    cli_job job[CLI_MOST_JOBS];
    int next;         /* member to look at next */
    ot_status status; /* CLI_NO if a member failed, or why no more are started */
    bool full;        /* no more are started: nothing can be written */
    bool moved;       /* out leads to another directory than at the start, or to none */
    /* When something ended, and now and then; either may look at everything here. */
    void (*on_end)(const struct cli_series *s, int member);
    void (*on_wait)(const struct cli_series *s);
    void (*before_message)(void); /* take the line of on_wait away: a sentence follows */
} cli_series;

/* out, grid, jobs and threads are set.  Reads what is there. */
ot_status cli_series_open(cli_series *s);
void cli_series_close(cli_series *s);
/* Make and lock `out`. */
ot_status cli_series_lock(cli_series *s);
/* Start what is missing, until all is done, a signal asks for the end, or the disk is full.  What
 * became of each member is printed, so a failure has no sentence (cli_silent): CLI_NO if a member
 * failed, OT_EINTERRUPTED, or why no more were started. */
ot_status cli_series_run(cli_series *s);

/* The directory of a member. */
void cli_series_directory(const cli_series *s, int member, char *path, size_t size);
/* Writes the command that trains a member, as one line to paste into a shell. */
void cli_series_command(const cli_series *s, int member, FILE *to);
/* Whether a member still has epochs to go. */
bool cli_series_missing(const cli_series *s, int member);
/* Seconds until all is done, judged by the time of the epochs that are there and the FLOPs of those
 * to come; below 0: no epoch is there. */
double cli_series_left(const cli_series *s);

#endif
