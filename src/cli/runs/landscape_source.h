/* SPDX-License-Identifier: BSD-3-Clause
 * The source of a landscape: the network whose loss it shows, and the files that have its
 * parameters. */
#ifndef OT_CLI_RUNS_LANDSCAPE_SOURCE_H
#define OT_CLI_RUNS_LANDSCAPE_SOURCE_H

#include <stdbool.h>

#include "cli/runs/source.h"

typedef struct cli_landscape_source {
    int n; /* number of files, which are in the order of the training */
    char **file;
    cli_source source; /* the data set of the first file; source.file is NULL if there is no file */
    uint64_t seed;
    ot_net_opts net_opts; /* used by cli_landscape_source_new only */
    ot_net *net;
    ot_params *params; /* those of the last file or, with `initial`, those before training */
} cli_landscape_source;

/* Which parameters of the files become the source. */
typedef struct cli_landscape_choice {
    int weights_of; /* a cli_weights_of: the file of a run */
    bool all;       /* all checkpoints of a run instead of one file */
    bool initial;   /* the parameters before the training */
} cli_landscape_choice;

/* Opens the files that operands name, which end with NULL.  A directory of a run stands for one of
 * its files, or for all checkpoints that it has kept.  If it has no final weights yet, its newest
 * checkpoint is read in their place.  Call cli_landscape_source_close also after a failure. */
ot_status cli_landscape_source_open(cli_landscape_source *s, char **operands,
                                    const cli_landscape_choice *choice, int batch);
/* Makes an untrained network from options, still without parameters. */
ot_status cli_landscape_source_new(cli_landscape_source *s, const ot_net_opts *net, uint64_t seed,
                                   int batch);
/* Makes an untrained network fit the images of a data set, and its parameters. */
ot_status cli_landscape_source_fit(cli_landscape_source *s, const ot_dataset *data);
/* Makes new parameters of the network from its i-th file. */
ot_status cli_landscape_source_load(const cli_landscape_source *s, int i, ot_params **params);
void cli_landscape_source_close(cli_landscape_source *s);

#endif
