/* SPDX-License-Identifier: BSD-3-Clause
 * Runs collected from directories and results, and grouped: those that differ in nothing but their
 * seed are one row. */
#ifndef OT_CLI_RUNS_COMPARE_H
#define OT_CLI_RUNS_COMPARE_H

#include "cli/runs/columns.h"
#include "cli/runs/spread.h"

typedef struct cli_row {
    char *key;       /* the configuration without the seed, as text */
    char label[512]; /* the network, and in what else the rows differ */
    int n;           /* runs */
    int *run;        /* their indices */
} cli_row;

typedef struct cli_comparison {
    int n, capacity;
    cli_outcome *run;
    int n_rows;
    cli_row *row;
    double *value; /* one for each run, to compute with */
} cli_comparison;

/* Add what is in a path: the directory of a run or a sweep, or a file of results. */
ot_status cli_comparison_add(cli_comparison *c, const char *path);
/* Leave out what has not so many convolutions. */
void cli_comparison_keep(cli_comparison *c, int convs);
/* Count epochs to these test accuracies instead of 0.8 and 0.85.  OT_EFORMAT if a result has no
 * accuracies. */
ot_status cli_comparison_reach(cli_comparison *c, const double accuracy[2]);
/* Make the rows, in the order of the runs.  OT_ENOMEM. */
ot_status cli_comparison_group(cli_comparison *c);
void cli_comparison_free(cli_comparison *c);

/* A column of a row as its tables have it, by the column's statistic: the result is in the cell or
 * in the row. */
const char *cli_row_text(cli_cell *cell, const cli_comparison *c, const cli_row *row,
                         cli_column_id id);
/* Over the finished runs of a row, in the unit of the column.  A run without the number makes mean
 * and deviation NAN, and so does a row without a finished run. */
cli_spread cli_row_spread(const cli_comparison *c, const cli_row *row, cli_column_id id);

#endif
