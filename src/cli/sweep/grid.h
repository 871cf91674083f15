/* SPDX-License-Identifier: BSD-3-Clause
 * The runs of an experiment at a scale: one per combination of the values in each grid's lists. */
#ifndef OT_CLI_SWEEP_GRID_H
#define OT_CLI_SWEEP_GRID_H

#include <limits.h>

#include "cli/frame/plugins.h"
#include "cli/runs/results.h"
#include "cli/sweep/experiment.h"
#include "odetape.h"

enum { CLI_MOST_MEMBERS = 1024, CLI_LONGEST_NAME = 200 };

typedef struct cli_member {
    int grid;                                  /* index of its section, or CLI_NO_SECTION */
    const cli_value *chosen[CLI_MOST_OPTIONS]; /* for each key; NULL: the default */
    char blocks[CLI_LONGEST_NAME];             /* the value of --net */
    char name[CLI_LONGEST_NAME + 24];          /* of its directory */
    uint64_t seed;
    int entry; /* its position in the experiment, from 1 */
    int epochs;
    bool controlled; /* the number of steps of its blocks is known only when it runs */
    ot_net_info net;
    ot_program_info plan;
} cli_member;

typedef struct cli_grid {
    cli_experiment *e;
    int scale;        /* index of its section, or CLI_NO_SECTION */
    const char *data; /* replaces the data set that the file names; may be NULL */
    int n;            /* number of members */
    int n_left_out;   /* combinations left out since their depth adds no new network */
    cli_shard shard;  /* n > 0: only every n-th member is kept, from the i-th on */
    cli_member *member;
} cli_grid;

/* Makes all members, in the order in which they are to run.  Every network is recorded and planned,
 * so that errors are found before the first run.  Returns CLI_ECONFIG with the place of the
 * error, and OT_EINVAL for a shard without a member. */
ot_status cli_grid_expand(cli_grid *g);
void cli_grid_free(cli_grid *g);

/* Returns the value of a key as an argument of odetape train, or NULL for the default. */
const char *cli_member_value(const cli_grid *g, const cli_member *m, int key);

/* Fills in the arguments after "odetape" that train a member in a directory or, with `resume`,
 * resume it, and a NULL.  Returns their number.  They point into the grid, into dir and into static
 * memory. */
enum { CLI_MOST_ARGUMENTS = 2 * CLI_MOST_OPTIONS + CLI_PLUGIN_ARGUMENTS + 8 };
int cli_member_arguments(const cli_grid *g, const cli_member *m, const char *dir, bool resume,
                         const char *argument[CLI_MOST_ARGUMENTS]);

#endif
