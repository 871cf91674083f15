/* SPDX-License-Identifier: BSD-3-Clause
 * Curves over epochs, read from the journals of runs.  Runs that differ only in their seed form a
 * group. */
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
    CLI_VALIDATION_ACCURACY, /* this and the rest: only of trainings with such an option */
    CLI_VALIDATION_LOSS,
    CLI_AVERAGE_ACCURACY,
    CLI_AVERAGE_LOSS,
    CLI_AVERAGE_VALIDATION_ACCURACY,
    CLI_AVERAGE_VALIDATION_LOSS,
    CLI_CURVES
} cli_curve;

typedef struct cli_run {
    char path[PATH_MAX];
    json_t *start; /* the first line of the journal */
    ot_history *history;
    int epochs;
} cli_run;

/* Runs that differ only in their seed. */
typedef struct cli_group_of_runs {
    char label[160]; /* the network, and the options in which the groups differ */
    int n;           /* number of runs */
    int epochs;      /* of the longest run */
    const cli_run *run[CLI_MOST_RUNS];
} cli_group_of_runs;

typedef struct cli_runs {
    int n, groups, epochs;
    cli_run run[CLI_MOST_RUNS];
    cli_group_of_runs group[CLI_MOST_RUNS];
} cli_runs;

/* Reads the runs in the directories that operands name, which end with NULL, and groups them.  What
 * is no run with an epoch is left out with a note, as is a run that is there already
 * (cli_left_out_each).  Call cli_runs_close also after a failure. */
ot_status cli_runs_open(cli_runs *all, char *const operands[]);
void cli_runs_close(cli_runs *all);

/* Returns the spread of a curve at an epoch, counted from 0, over the runs that have a finite value
 * there. */
cli_spread cli_group_spread(const cli_group_of_runs *g, cli_curve curve, int epoch);

/* Returns how many runs of the group ended early because their loss was not finite. */
int cli_group_diverged(const cli_group_of_runs *g);

/* Lists the epochs after which the learning rate of a run falls to less than CLI_DROP of what it
 * was, counted from 1 and ascending, for marks between two epochs.  A schedule that falls in most
 * epochs has no drops.  Returns their number. */
enum { CLI_MOST_DROPS = 32 };
#define CLI_DROP 0.75
int cli_runs_drops(const cli_runs *all, int drop[CLI_MOST_DROPS]);
/* Returns how many runs each group has, or 0 if that differs. */
int cli_runs_seeds(const cli_runs *all);
/* Writes what a legend says of all lines, such as "mean and range of 3 seeds; dotted: the learning
 * rate drops"; "" if there is nothing to say. */
void cli_runs_common(const cli_runs *all, char *text, size_t size);
/* Writes what it says of one line: the label and what cli_runs_common does not say. */
void cli_group_title(const cli_runs *all, int group, char *text, size_t size);

extern const char *const cli_curve_titles[CLI_CURVES];
/* Returns 100, for per cent, if the curve is one of accuracies, and 1 if it is one of losses. */
double cli_curve_unit(cli_curve curve);
/* Lists the curves of which a run has a value, and the first four in any case.  Returns their
 * number. */
int cli_curves_shown(const cli_runs *all, cli_curve shown[CLI_CURVES]);

#endif
