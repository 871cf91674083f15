/* SPDX-License-Identifier: BSD-3-Clause
 * The runs of an experiment at a scale: all combinations of the lists of each grid. */
#ifndef OT_CLI_SWEEP_GRID_H
#define OT_CLI_SWEEP_GRID_H

#include <limits.h>

#include "cli/sweep/experiment.h"
#include "odetape.h"

enum { CLI_MOST_MEMBERS = 1024, CLI_LONGEST_NAME = 200 };

typedef struct cli_member {
    int grid;                                  /* its section, or CLI_NO_SECTION */
    const cli_value *chosen[CLI_MOST_OPTIONS]; /* by key; NULL: the command's default */
    char blocks[CLI_LONGEST_NAME];             /* of --net */
    char name[CLI_LONGEST_NAME + 24];          /* of its directory: what is not the default */
    uint64_t seed;
    int epochs;
    ot_net_info net;
    ot_program_info plan;
} cli_member;

typedef struct cli_grid {
    cli_experiment *e;
    int scale;         /* section, or CLI_NO_SECTION */
    const char *data;  /* instead of what the file says, or NULL */
    int n, n_left_out; /* depths without room for another block */
    cli_member *member;
} cli_grid;

/* All runs, in the order in which they are to be done.  Every network is recorded and planned, so
 * that what cannot be trained is refused here: CLI_ECONFIG, with the place. */
ot_status cli_grid_expand(cli_grid *g);
void cli_grid_free(cli_grid *g);

/* The value of a key as odetape train is to get it; NULL when it is left to the default. */
const char *cli_member_value(const cli_grid *g, const cli_member *m, int key);

/* The arguments behind "odetape" that train a member in a directory, or go on there, ending with
 * NULL.  They point into the grid and into dir. */
enum { CLI_MOST_ARGUMENTS = 2 * CLI_MOST_OPTIONS + 8 };
int cli_member_arguments(const cli_grid *g, const cli_member *m, const char *dir, bool resume,
                         const char *argument[CLI_MOST_ARGUMENTS]);

#endif
