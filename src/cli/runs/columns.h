/* SPDX-License-Identifier: BSD-3-Clause
 * The columns of results.  odetape compare, report and sweep print their tables from this list, and
 * a line of results.jsonl is written and read by it. */
#ifndef OT_CLI_RUNS_COLUMNS_H
#define OT_CLI_RUNS_COLUMNS_H

#include <stdio.h>

#include "cli/frame/text.h"
#include "cli/runs/outcome.h"

/* In the order of a line of results.jsonl. */
typedef enum cli_column_id {
    CLI_COLUMN_RUN,
    CLI_COLUMN_GRID,
    CLI_COLUMN_NET,
    CLI_COLUMN_LAYERS,
    CLI_COLUMN_SEED,
    CLI_COLUMN_STATUS,
    CLI_COLUMN_PARAMETERS,
    CLI_COLUMN_CONVS,
    CLI_COLUMN_FLOPS_FORWARD,
    CLI_COLUMN_FLOPS_BACKWARD,
    CLI_COLUMN_EPOCHS,
    CLI_COLUMN_LR,
    CLI_COLUMN_TRAIN_LOSS,
    CLI_COLUMN_BEST,
    CLI_COLUMN_BEST_EPOCH,
    CLI_COLUMN_FINAL,
    CLI_COLUMN_FIRST_REACHED,
    CLI_COLUMN_SECOND_REACHED,
    CLI_COLUMN_SECONDS,
    CLI_COLUMN_SPEED,
    CLI_COLUMN_MEMORY,
    CLI_COLUMN_PREDICTED_MEMORY,
    CLI_COLUMN_STEPS,
    CLI_COLUMN_FLOPS, /* this one and the next are not in the line */
    CLI_COLUMN_SEEDS,
    CLI_COLUMNS
} cli_column_id;

/* What a group of runs that differ in their seed shows. */
typedef enum cli_statistic {
    CLI_OF_FIRST,  /* its first run */
    CLI_OF_MOST,   /* the greatest number of its runs */
    CLI_OF_MEAN,   /* the mean over its finished runs */
    CLI_OF_SPREAD, /* mean and sample standard deviation over its finished runs */
    CLI_OF_LIST,   /* the texts of all its runs, or how many runs have each */
} cli_statistic;

typedef struct cli_column {
    const char *key;     /* in a line of results.jsonl; NULL: it is not there */
    const char *heading; /* of every table; cli_column_heading adds an accuracy */
    int width;           /* characters of a run's cell, below 0: aligned left, 0: as it is */
    int group_width;     /* the same of a group's */
    cli_statistic statistic;
    bool number; /* else it is a text */
    /* Where a number or a text stands in a cli_outcome: a double, an int, or `size` characters. */
    enum { CLI_REAL_FIELD, CLI_WHOLE_FIELD, CLI_TEXT_FIELD, CLI_NO_FIELD } field;
    size_t offset, size;
    double (*compute)(const cli_outcome *o); /* a number without a field */
    double unit; /* tables show the number times this; 0: the number itself */
    bool zero_is_missing;
    const char *(*format)(cli_text *t, double value);
    void (*write)(const cli_outcome *o, char *text, size_t size); /* instead of all this */
} cli_column;

const cli_column *cli_column_of(cli_column_id id);

/* The columns of a table of groups: what makes a comparison fair is always among them. */
enum { CLI_GROUP_COLUMNS = 14 };
extern const cli_column_id cli_group_columns[CLI_GROUP_COLUMNS];

/* The number as tables show it, in the column's unit; NAN if it is missing. */
double cli_column_value(cli_column_id id, const cli_outcome *o);

/* Each fills a buffer of the caller and returns it. */
enum { CLI_LONGEST_CELL = 512 };
typedef struct cli_cell {
    char s[CLI_LONGEST_CELL];
} cli_cell;

/* `reach` has the accuracies to which epochs are counted; NULL: cli_usual_reach. */
const char *cli_column_heading(cli_cell *cell, cli_column_id id, const double *reach);
const char *cli_column_text(cli_cell *cell, cli_column_id id, const cli_outcome *o);
const char *cli_column_format(cli_cell *cell, cli_column_id id, double value); /* "-" for NAN */

/* Write a cell of a table, with a blank before it unless it is the first of its line. */
void cli_column_print(FILE *to, bool first, int width, const char *text);

#endif
