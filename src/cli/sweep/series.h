/* SPDX-License-Identifier: BSD-3-Clause
 * Runs the members of a grid.  Each is a process of this program with a directory of its own, so
 * that the failure of one does not harm another.  The state of the sweep is read from those
 * directories; results.jsonl is written from it and never read. */
#ifndef OT_CLI_SWEEP_SERIES_H
#define OT_CLI_SWEEP_SERIES_H

#include <sys/types.h>

#include "base/directory.h"
#include "cli/sweep/grid.h"
#include "cli/runs/outcome.h"

enum { CLI_MOST_JOBS = 64 };

typedef struct cli_job {
    pid_t pid;  /* 0: no process */
    int member; /* the member that the process trains */
    bool asked; /* the process was asked to save and end */
} cli_job;

typedef struct cli_series {
    cli_grid *grid;
    char out[PATH_MAX - 512];
    ot__directory lock;   /* lock of out, where one sweep at a time may write */
    int jobs;             /* greatest number of members that run at the same time */
    int threads;          /* threads of each member */
    cli_outcome *outcome; /* one for each member */
    cli_job job[CLI_MOST_JOBS];
    int next;         /* the next member to start */
    ot_status status; /* CLI_NO if a member failed, or why no more members are started */
    bool full;        /* no more members are started, because nothing can be written */
    bool moved;       /* out no longer leads to the directory that is locked */
    /* Called after a member has ended, and about ten times per second. */
    void (*on_end)(const struct cli_series *s, int member);
    void (*on_wait)(const struct cli_series *s);
    void (*before_message)(void); /* erases what on_wait has drawn */
} cli_series;

/* Reads the outcomes of all members.  The caller has set out, grid, jobs and threads. */
ot_status cli_series_open(cli_series *s);
void cli_series_close(cli_series *s);
/* Makes and locks the directory `out`. */
ot_status cli_series_lock(cli_series *s);
/* Runs the missing members until all are done, a signal asks for the end, or nothing can be
 * written. Returns CLI_NO if a member failed, OT_EINTERRUPTED, or why no more were started.
 * Failures are printed when they occur, so the status has no sentence (cli_silent). */
ot_status cli_series_run(cli_series *s);

/* Writes the path of a member's directory. */
void cli_series_directory(const cli_series *s, int member, char *path, size_t size);
/* Writes the command that trains a member, as one line to paste into a shell. */
void cli_series_command(const cli_series *s, int member, FILE *to);
/* Whether a member still has to be trained. */
bool cli_series_missing(const cli_series *s, int member);
/* Estimates the seconds until all members are done; below 0 if no epoch is done.  A member that has
 * done epochs continues at its own pace.  Others take the time of their FLOPs at the pace of the
 * epochs that are done: of members with controlled steps or of the others, as they are themselves.
 * *assumed becomes true if no such epoch is done for a member with controlled steps: then its FLOPs
 * are those of one step of each block. */
double cli_series_left(const cli_series *s, bool *assumed);

#endif
