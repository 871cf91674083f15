/* SPDX-License-Identifier: BSD-3-Clause
 * What a training is made of, from options or from a checkpoint of it. */
#ifndef OT_CLI_RUNS_TRAINING_H
#define OT_CLI_RUNS_TRAINING_H

#include "cli/frame/recipe.h"
#include "cli/runs/source.h"

typedef struct cli_training {
    ot_net_opts net_opts;
    ot_train_opts recipe; /* its rows, with defaults filled in */
    const char *data;     /* where from */
    ot_dataset *train, *test;
    ot_net *net;
    ot_params *params;
    cli_source source; /* of its data */
} cli_training;

/* All of it from net_opts, recipe and data. */
ot_status cli_training_open(cli_training *t);
/* All of it from a checkpoint, to go on with it: the images must be those that it was trained with.
 * data, if it is set, says where they are. */
ot_status cli_training_reopen(cli_training *t, const char *checkpoint);
/* The same in two parts, the second one for any images that --data asks for: all but the data; and
 * the data. */
ot_status cli_training_describe(cli_training *t, const char *checkpoint);
ot_status cli_training_find_data(cli_training *t);
void cli_training_close(cli_training *t);

/* The options of ot_train that follow from it. */
ot_train_opts cli_training_options(const cli_training *t);
/* How its batches are made of the training images. */
ot_loader_opts cli_training_loader(const cli_training *t);

#endif
