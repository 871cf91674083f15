/* SPDX-License-Identifier: BSD-3-Clause */
#include "cli/runs/training.h"

#include "cli/frame/claims.h"
#include "cli/frame/groups.h"
#include "cli/frame/message.h"

static const char BUILT_IN[] = "builtin";

static ot_status open_data(cli_training *t)
{
    ot_status status = ot_dataset_open(t->data, OT_SPLIT_TRAIN, &t->train);
    if (status == OT_OK) status = ot_dataset_open(t->data, OT_SPLIT_TEST, &t->test);
    if (status == OT_OK) status = ot_params_new(ot_net_tape(t->net), &t->params);
    return status;
}

int cli_training_open(cli_training *t)
{
    if (!t->data) t->data = BUILT_IN;
    t->net_opts.batch = t->recipe.batch;
    ot_status status = ot_net_new(&t->net_opts, &t->net); /* refuses soonest */
    if (status == OT_OK) status = cli_claims_check(t->net);
    if (status == OT_OK) status = open_data(t);
    if (status != OT_OK) return cli_fail_status(t->self, status);
    ot_params_init(t->params, t->recipe.seed);
    return CLI_GO_ON;
}

int cli_training_describe(cli_training *t, const char *checkpoint)
{
    cli_record *const r = &t->read;
    t->source.file = checkpoint;
    t->source.given = t->data;
    t->recipe = (cli_recipe)CLI_PAPER_RECIPE;
    int code = cli_record_read(r, checkpoint, cli_recipe_options, "epochs", &t->recipe);
    if (code == CLI_GO_ON)
        code = cli_record_net(r, checkpoint, t->recipe.batch, &t->net_opts, &t->net);
    if (code != CLI_GO_ON) return code;
    const ot_status status = ot_params_new(ot_net_tape(t->net), &t->params);
    return status == OT_OK ? CLI_GO_ON : cli_fail_status(t->self, status);
}

int cli_training_find_data(cli_training *t)
{
    int code = cli_source_read(&t->source);
    if (code == CLI_GO_ON) code = cli_source_open(&t->source, OT_SPLIT_TRAIN, &t->train);
    if (code == CLI_GO_ON) code = cli_source_open(&t->source, OT_SPLIT_TEST, &t->test);
    t->data = t->source.where;
    return code;
}

int cli_training_reopen(cli_training *t, const char *checkpoint)
{
    t->source.strict = true;
    int code = cli_training_describe(t, checkpoint);
    if (code != CLI_GO_ON) return code;
    code = cli_training_find_data(t);
    return code == CLI_GO_ON ? CLI_GO_ON : cli_source_fail(&t->source, t->self, code);
}

void cli_training_close(cli_training *t)
{
    ot_params_free(t->params);
    ot_net_free(t->net);
    ot_dataset_free(t->test);
    ot_dataset_free(t->train);
}

void cli_training_record(const cli_training *t, cli_record *record)
{
    cli_record_add(record, "odetape", "%s", ot_version());
    cli_record_options(record, cli_network_options, ot_net_options(t->net));
    cli_record_schemes(record, t->net);
    cli_record_options(record, cli_recipe_options, &t->recipe);
    cli_record_options(record, cli_data_options, &t->data);
    cli_source_record(record, t->train, t->test);
}

ot_train_opts cli_training_options(const cli_training *t)
{
    const cli_recipe *const r = &t->recipe;
    return (ot_train_opts){
        .net = t->net,
        .params = t->params,
        .train = t->train,
        .test = t->test,
        .epochs = r->epochs,
        .batch = r->batch,
        .lr = r->lr,
        .momentum = r->momentum,
        .weight_decay = r->weight_decay,
        .n_milestones = r->milestones.n,
        .milestones = r->milestones.value,
        .decay = r->decay,
        .seed = r->seed,
        .crop_pad = r->crop,
        .flip = r->flip,
        .policy = cli_augmentation_policy(r->augment),
        .cutout = r->cutout,
        .max_seconds = r->max_seconds,
    };
}

ot_loader_opts cli_training_loader(const cli_training *t)
{
    const ot_train_opts o = cli_training_options(t);
    return (ot_loader_opts){ .batch = o.batch,
                             .seed = o.seed,
                             .shuffle = true,
                             .crop_pad = o.crop_pad,
                             .flip = o.flip,
                             .policy = o.policy,
                             .cutout = o.cutout,
                             .normalisation = ot_params_normalisation(t->params) };
}
