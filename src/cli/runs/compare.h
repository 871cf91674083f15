/* SPDX-License-Identifier: BSD-3-Clause
 * Comparing runs, which are read from directories or from files of results.  Runs that differ only
 * in their seed form one row of the table. */
#ifndef OT_CLI_RUNS_COMPARE_H
#define OT_CLI_RUNS_COMPARE_H

#include "cli/runs/columns.h"
#include "cli/runs/spread.h"

typedef struct cli_row {
    char *key;       /* the configuration without the seed, as text */
    char label[512]; /* the network, and the options in which rows differ */
    int n;           /* number of runs */
    int *run;        /* indices of the runs */
} cli_row;

typedef struct cli_comparison {
    int n, capacity;
    cli_outcome *run;
    int n_rows;
    cli_row *row;
    double *value; /* work space: one number for each run */
    int n_builds;
    json_t **build; /* the different builds and CPUs of all runs, in the order of the runs */
} cli_comparison;

/* Adds the runs of a path: the directory of a run or a sweep, or a file of results.  Results of
 * shards in one directory become those of one sweep, in the order of the experiment. */
ot_status cli_comparison_add(cli_comparison *c, const char *path);
/* Removes the runs whose networks do not have this many convolutions in blocks. */
void cli_comparison_keep(cli_comparison *c, int convs);
/* Counts epochs to these test accuracies instead of 0.8 and 0.85.  Returns OT_EFORMAT if a run has
 * no accuracies. */
ot_status cli_comparison_reach(cli_comparison *c, const double accuracy[2]);
/* Makes the rows, in the order of the runs.  Returns OT_ENOMEM if memory runs out. */
ot_status cli_comparison_group(cli_comparison *c);
void cli_comparison_free(cli_comparison *c);

/* Writes which odetape, kernels and CPU computed runs: build i of n_builds.  A row lists its builds
 * by number, from 1. */
const char *cli_build_text(cli_cell *cell, const cli_comparison *c, int i);
/* Returns "version", "kernels", "cpu_features", "blis_version", "blis_kernels" or "cpu" of build i;
 * NULL if it is not known. */
const char *cli_build_part(const cli_comparison *c, int i, const char *part);
/* Returns how many runs of a row have finished. */
int cli_row_finished(const cli_comparison *c, const cli_row *row);

/* Returns a column of a row as text, by the column's statistic.  The text is in the cell or in the
 * row. */
const char *cli_row_text(cli_cell *cell, const cli_comparison *c, const cli_row *row,
                         cli_column_id id);
/* Returns the spread of a column over the finished runs of a row, in the column's unit.  Mean and
 * deviation are NAN if no run has finished, or if a finished run lacks the number. */
cli_spread cli_row_spread(const cli_comparison *c, const cli_row *row, cli_column_id id);

/* Returns a column of a row as one number, by the column's statistic, in the column's unit; NAN for
 * texts and lists. */
double cli_row_number(const cli_comparison *c, const cli_row *row, cli_column_id id);

#endif
