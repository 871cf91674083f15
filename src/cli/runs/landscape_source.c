/* SPDX-License-Identifier: BSD-3-Clause
 * Opens the network of a landscape and its parameters: from files of weights, from checkpoints of
 * runs, or new from options. */
#include "cli/runs/landscape_source.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/frame/claims.h"
#include "cli/frame/groups.h"
#include "cli/frame/message.h"
#include "cli/runs/plugins.h"
#include "cli/runs/weights.h"

enum { MOST_FILES = 4096 };

/* Takes ownership of path; NULL stands for memory that ran out. */
static ot_status add(cli_landscape_source *s, char *path)
{
    if (path && s->n < MOST_FILES) {
        s->file[s->n++] = path;
        return OT_OK;
    }
    free(path);
    return path ? ot__fail(OT_EINVAL, "there are more than %d files", MOST_FILES) : cli_no_memory();
}

/* Adds all checkpoints of a run, the oldest first. */
static ot_status add_checkpoints(cli_landscape_source *s, const char *directory)
{
    ot_run *run = NULL;
    ot_run_files *files = NULL;
    OT_TRY(ot_run_open(directory, &run)); /* no training may remove checkpoints now */
    ot_status status = ot_run_list(directory, &files);
    for (int i = status == OT_OK ? files->checkpoints - 1 : -1; i >= 0 && status == OT_OK; i--)
        status = add(s, strdup(files->checkpoint[i]));
    ot_run_files_free(files);
    ot_run_close(run);
    return status;
}

static ot_status add_weights(cli_landscape_source *s, const char *operand, int weights_of)
{
    const cli_weights_rule rule = { .of = weights_of };
    char *path = NULL;
    OT_TRY(cli_weights_find(operand, rule, &path));
    return add(s, path);
}

ot_status cli_landscape_source_load(const cli_landscape_source *s, int i, ot_params **params)
{
    ot_status status = ot_params_new(ot_net_tape(s->net), params);
    return status == OT_OK ? cli_params_load(*params, s->file[i]) : status;
}

/* Opens the network of the first file; with `initial`, also reads the seed of its training. */
static ot_status read_first(cli_landscape_source *s, bool initial, int batch)
{
    ot_train_opts training = { .seed = 1 };
    const char *const file = s->source.file = s->file[0];
    ot_status status = cli_net_open(file, batch, &s->net);
    if (status == OT_OK) cli_plugins_compare_file(file);
    if (status == OT_OK && initial) status = ot_train_read(file, &training);
    s->seed = training.seed;
    return status;
}

ot_status cli_landscape_source_open(cli_landscape_source *s, char **operands,
                                    const cli_landscape_choice *c, int batch)
{
    ot_status status = OT_OK;
    s->file = calloc(MOST_FILES, sizeof *s->file);
    if (!s->file) return cli_no_memory();
    for (int i = 0; operands[i] && status == OT_OK; i++)
        status = c->all && cli_is_directory(operands[i])
                     ? add_checkpoints(s, operands[i])
                     : add_weights(s, operands[i], c->weights_of);
    if (status != OT_OK) return status;
    if (s->n == 0) return ot__fail(OT_ENOENT, "'%s' has no checkpoints", operands[0]);
    status = read_first(s, c->initial, batch);
    if (status != OT_OK) return status;
    /* With `initial`, the parameters are replaced below, but the normalisation of images is
     * kept. */
    status = cli_landscape_source_load(s, s->n - 1, &s->params);
    if (status != OT_OK) return status;
    if (c->initial) ot_params_init(s->params, s->seed);
    return OT_OK;
}

ot_status cli_landscape_source_new(cli_landscape_source *s, const ot_net_opts *net, uint64_t seed,
                                   int batch)
{
    s->net_opts = *net;
    s->net_opts.batch = batch;
    s->seed = seed;
    ot_status status = ot_net_new(&s->net_opts, &s->net);
    if (status == OT_OK) status = cli_claims_check(s->net);
    return status == OT_ESHAPE ? OT_OK : status; /* shapes may need the data set */
}

ot_status cli_landscape_source_fit(cli_landscape_source *s, const ot_dataset *data)
{
    ot_status status = cli_net_fit(&s->net_opts, data, &s->net);
    if (status == OT_OK) status = ot_params_new(ot_net_tape(s->net), &s->params);
    if (status == OT_OK) ot_params_init(s->params, s->seed);
    return status;
}

void cli_landscape_source_close(cli_landscape_source *s)
{
    ot_params_free(s->params);
    ot_net_free(s->net);
    for (int i = 0; i < s->n; i++)
        free(s->file[i]);
    free(s->file);
}
