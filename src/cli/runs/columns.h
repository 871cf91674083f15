/* SPDX-License-Identifier: BSD-3-Clause
 * The columns of results.  odetape compare, report and sweep print tables of these columns, and a
 * line of results.jsonl has a key for each of them. */
#ifndef OT_CLI_RUNS_COLUMNS_H
#define OT_CLI_RUNS_COLUMNS_H

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
    CLI_COLUMN_VALIDATION,
    CLI_COLUMN_CHOSEN,
    CLI_COLUMN_CHOSEN_EPOCH,
    CLI_COLUMN_AVERAGE,
    CLI_COLUMN_FIRST_REACHED,
    CLI_COLUMN_SECOND_REACHED,
    CLI_COLUMN_SECONDS,
    CLI_COLUMN_SPEED,
    CLI_COLUMN_MEMORY,
    CLI_COLUMN_PREDICTED_MEMORY,
    CLI_COLUMN_STEPS,
    CLI_COLUMN_ENTRY,
    CLI_COLUMN_FLOPS, /* this column and the next two are not in results.jsonl */
    CLI_COLUMN_SEEDS,
    CLI_COLUMN_BUILD,
    CLI_COLUMNS
} cli_column_id;

/* Which statistic a table of groups shows.  The runs of a group differ only in their seed. */
typedef enum cli_statistic {
    CLI_OF_FIRST,  /* the value of the first run */
    CLI_OF_MOST,   /* the greatest value */
    CLI_OF_MEAN,   /* the mean over the finished runs */
    CLI_OF_SPREAD, /* mean and sample standard deviation over the finished runs */
    CLI_OF_LIST,   /* the texts of all runs, or how many runs have each */
} cli_statistic;

typedef struct cli_column {
    const char *key;     /* in a line of results.jsonl; NULL: not in the line */
    const char *heading; /* in all tables; cli_column_heading may add an accuracy */
    int width;           /* of a run's cell in characters; below 0: aligned left; 0: no padding */
    int group_width;     /* of a group's cell, likewise */
    cli_statistic statistic;
    bool number; /* false: the column is a text */
    /* The field of a cli_outcome with the value: a double, an int, or a text of `size`
     * characters. */
    enum { CLI_REAL_FIELD, CLI_WHOLE_FIELD, CLI_TEXT_FIELD, CLI_NO_FIELD } field;
    size_t offset, size;
    double (*compute)(const cli_outcome *o); /* computes a number that has no field */
    double unit; /* tables show the number times this; 0: the number itself */
    bool zero_is_missing;
    const char *option; /* the option that a training must have for this result; NULL: none */
    const char *(*format)(cli_text *t, double value);
    void (*write)(const cli_outcome *o, char *text,
                  size_t size); /* writes the cell, if it is not NULL */
} cli_column;

const cli_column *cli_column_of(cli_column_id id);

/* The columns of a table of groups.  They include what a fair comparison needs: parameters, cost,
 * steps and seeds. */
enum { CLI_GROUP_COLUMNS = 18 };
extern const cli_column_id cli_group_columns[CLI_GROUP_COLUMNS];

/* Whether the column belongs in a table of n runs, or in the line of one: its result depends on no
 * option, or a run has it. */
bool cli_column_is_shown(cli_column_id id, int n, const cli_outcome run[]);

/* Whether the numbers of a column are whole. */
bool cli_column_is_whole(cli_column_id id);

/* Returns the number in the column's unit, as tables show it; NAN if it is missing. */
double cli_column_value(cli_column_id id, const cli_outcome *o);

/* The buffer of a cell.  Each function below fills the caller's buffer and returns its text. */
enum { CLI_LONGEST_CELL = 512 };
typedef struct cli_cell {
    char s[CLI_LONGEST_CELL];
} cli_cell;

/* `reach` has the two accuracies for CLI_COLUMN_FIRST_REACHED and CLI_COLUMN_SECOND_REACHED; NULL:
 * cli_usual_reach. */
const char *cli_column_heading(cli_cell *cell, cli_column_id id, const double *reach);
const char *cli_column_text(cli_cell *cell, cli_column_id id, const cli_outcome *o);
const char *cli_column_format(cli_cell *cell, cli_column_id id, double value); /* "-" for NAN */

#endif
