/* SPDX-License-Identifier: BSD-3-Clause
 * The parts of a training - network, parameters, data and options - made from options or from a
 * checkpoint. */
#ifndef OT_CLI_RUNS_TRAINING_H
#define OT_CLI_RUNS_TRAINING_H

#include "cli/frame/recipe.h"
#include "cli/runs/source.h"

typedef struct cli_training {
    ot_net_opts net_opts;
    ot_train_opts recipe; /* the options of ot_train_rows, with defaults filled in */
    const char *data;     /* "builtin" or a directory */
    ot_dataset *train, *test;
    ot_net *net;
    ot_params *params;
    cli_source source; /* the data set that the checkpoint names */
} cli_training;

/* Opens all parts from net_opts, recipe and data. */
ot_status cli_training_open(cli_training *t);
/* Opens all parts from a checkpoint, to resume its training.  The images must be those that it was
 * trained with; data, if it is set, says where they are. */
ot_status cli_training_reopen(cli_training *t, const char *checkpoint);
/* Open a checkpoint in two calls: all parts except the data, then the data.  Other images are
 * allowed if --data names them. */
ot_status cli_training_describe(cli_training *t, const char *checkpoint);
ot_status cli_training_find_data(cli_training *t);
void cli_training_close(cli_training *t);

/* Returns the options for ot_train. */
ot_train_opts cli_training_options(const cli_training *t);
/* Returns the options for a loader that gives the batches of this training. */
ot_loader_opts cli_training_loader(const cli_training *t);

#endif
