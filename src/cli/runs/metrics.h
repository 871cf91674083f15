/* SPDX-License-Identifier: BSD-3-Clause
 * What the journals of runs say, and which runs differ in nothing but their seed. */
#ifndef OT_CLI_RUNS_METRICS_H
#define OT_CLI_RUNS_METRICS_H

#include <jansson.h>
#include <limits.h>

#include "cli/frame/command.h"
#include "cli/runs/spread.h"
#include "odetape.h"

enum { CLI_MOST_RUNS = 256 };

typedef enum cli_curve {
    CLI_TEST_ACCURACY, /* from 0 to 1 */
    CLI_TRAIN_ACCURACY,
    CLI_TEST_LOSS,
    CLI_TRAIN_LOSS,
    CLI_CURVES
} cli_curve;

typedef struct cli_run {
    char path[PATH_MAX];
    json_t *start; /* the first line of the journal */
    ot_history *history;
    int epochs;
} cli_run;

/* Runs of one group differ in the seed only. */
typedef struct cli_group_of_runs {
    char label[160]; /* what tells it from the other groups */
    int n, epochs;   /* epochs: of the longest */
    const cli_run *run[CLI_MOST_RUNS];
} cli_group_of_runs;

typedef struct cli_runs {
    int n, groups, epochs;
    cli_run run[CLI_MOST_RUNS];
    cli_group_of_runs group[CLI_MOST_RUNS];
} cli_runs;

/* Read the runs in the directories that operands name, ending with NULL, and group them.
 * cli_runs_close also after a failure. */
ot_status cli_runs_open(cli_runs *all, char *const operands[]);
void cli_runs_close(cli_runs *all);

/* Over the runs of a group that have a finite value at this epoch, from 0. */
cli_spread cli_group_spread(const cli_group_of_runs *g, cli_curve curve, int epoch);

/* How many of its runs ended early, since the loss was not finite. */
int cli_group_diverged(const cli_group_of_runs *g);

extern const char *const cli_curve_titles[CLI_CURVES];

#endif
