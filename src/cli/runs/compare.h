/* SPDX-License-Identifier: BSD-3-Clause
 * Runs collected from directories and results, and grouped: those that differ in nothing but their
 * seed are one row. */
#ifndef OT_CLI_RUNS_COMPARE_H
#define OT_CLI_RUNS_COMPARE_H

#include "cli/runs/outcome.h"
#include "cli/runs/spread.h"
#include "cli/frame/text.h"

typedef struct cli_row {
    char *key;       /* the configuration without the seed, as text */
    char label[512]; /* the network, and in what else the rows differ */
    int n;           /* runs */
    int *run;        /* their indices */
} cli_row;

typedef struct cli_comparison {
    int n, room;
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

/* Over the finished runs of a row; all 0 when there is none. */
cli_spread cli_row_spread(const cli_comparison *c, const cli_row *row,
                          double (*value)(const cli_outcome *o));
/* "1,2,3" as far as there is room; "3 finished, 1 diverged"; the most steps that a run has made. */
const char *cli_row_seeds(const cli_comparison *c, const cli_row *row, char *text, size_t size);
const char *cli_row_states(const cli_comparison *c, const cli_row *row, char *text, size_t size);
long long cli_row_steps(const cli_comparison *c, const cli_row *row);

/* What a row tells: accuracies in %, images a second, bytes, seconds, and the first epoch with so
 * much accuracy (0.8, 0.85 unless cli_comparison_reach), not a number where there was none or
 * where it is not known, so that a mean over all seeds is not one either. */
double cli_outcome_best(const cli_outcome *o);
double cli_outcome_final(const cli_outcome *o);
double cli_outcome_speed(const cli_outcome *o);
double cli_outcome_memory(const cli_outcome *o);
double cli_outcome_seconds(const cli_outcome *o);
double cli_outcome_to_first(const cli_outcome *o);
double cli_outcome_to_second(const cli_outcome *o);

/* "91.20 +- 0.13"; "-" of no values. */
const char *cli_spread_text(cli_text *t, cli_spread s);

#endif
