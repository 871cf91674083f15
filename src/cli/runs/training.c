/* SPDX-License-Identifier: BSD-3-Clause
 * Opens the parts of a training: network, data and parameters, in this order, so that the errors
 * that take least time to find come first.  The network is first made for images of the usual
 * size, and made again if the data set has others. */
#include "cli/runs/training.h"

#include "cli/frame/claims.h"
#include "cli/frame/groups.h"
#include "cli/frame/message.h"
#include "cli/runs/plugins.h"

static const char BUILT_IN[] = "builtin";

static ot_status open_data(cli_training *t)
{
    ot_status status = ot_dataset_open(t->data, OT_SPLIT_TRAIN, &t->train);
    if (status == OT_OK) status = ot_dataset_open(t->data, OT_SPLIT_TEST, &t->test);
    if (status == OT_OK) status = cli_net_fit(&t->net_opts, t->train, &t->net);
    if (status == OT_OK) status = ot_params_new(ot_net_tape(t->net), &t->params);
    return status;
}

ot_status cli_training_open(cli_training *t)
{
    if (!t->data) t->data = BUILT_IN;
    t->net_opts.batch = t->recipe.batch;
    t->net_opts.second_labels = t->recipe.mixup > 0;
    ot_status status = ot_net_new(&t->net_opts, &t->net); /* first: its errors need no data */
    if (status == OT_OK) status = cli_claims_check(t->net);
    if (status == OT_OK || status == OT_ESHAPE) status = open_data(t); /* shapes may need it */
    if (status == OT_OK) ot_params_init(t->params, t->recipe.seed);
    return status;
}

ot_status cli_training_describe(cli_training *t, const char *checkpoint)
{
    t->source.file = checkpoint;
    t->source.given = t->data;
    t->recipe = (ot_train_opts)CLI_PAPER_RECIPE;
    ot_status status = ot_train_read(checkpoint, &t->recipe);
    if (status == OT_OK) status = cli_net_open(checkpoint, t->recipe.batch, &t->net);
    if (status == OT_OK && !t->source.strict) cli_plugins_compare_file(checkpoint);
    if (status == OT_OK) status = ot_params_new(ot_net_tape(t->net), &t->params);
    return status;
}

ot_status cli_training_find_data(cli_training *t)
{
    ot_status status = cli_source_read(&t->source);
    if (status == OT_OK) status = cli_source_open(&t->source, OT_SPLIT_TRAIN, &t->train);
    if (status == OT_OK) status = cli_source_open(&t->source, OT_SPLIT_TEST, &t->test);
    t->data = t->source.where;
    return status;
}

ot_status cli_training_reopen(cli_training *t, const char *checkpoint)
{
    t->source.strict = true;
    ot_status status = cli_training_describe(t, checkpoint);
    if (status != OT_OK) return status;
    return cli_training_find_data(t);
}

void cli_training_close(cli_training *t)
{
    ot_params_free(t->params);
    ot_net_free(t->net);
    ot_dataset_free(t->test);
    ot_dataset_free(t->train);
}

ot_train_opts cli_training_options(const cli_training *t)
{
    ot_train_opts opts = t->recipe;
    opts.net = t->net;
    opts.params = t->params;
    opts.train = t->train;
    opts.test = t->test;
    return opts;
}

ot_loader_opts cli_training_loader(const cli_training *t)
{
    const ot_train_opts o = cli_training_options(t);
    return (ot_loader_opts){ .batch = o.batch,
                             .seed = o.seed,
                             .shuffle = true,
                             .crop_pad = o.crop_pad,
                             .crop_fill = o.crop_fill,
                             .flip = o.flip,
                             .policy = o.policy,
                             .cutout = o.cutout,
                             .validation = o.validation,
                             .normalisation = ot_params_normalisation(t->params) };
}
