/* SPDX-License-Identifier: BSD-3-Clause
 * odetape eval: evaluates a network.  The network is rebuilt from the metadata of its weights. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/decimal.h"
#include "base/normalisation.h"
#include "cli/frame/groups.h"
#include "cli/frame/message.h"
#include "cli/frame/threads.h"
#include "cli/frame/page.h"
#include "cli/frame/print.h"
#include "cli/runs/plugins.h"
#include "cli/runs/source.h"
#include "cli/runs/weights.h"

struct settings {
    const char *data;
    int weights_of, split, batch, threads;
};

#define FIELD(member) .offset = offsetof(struct settings, member)

static const ot_option options[] = {
    { .name = "batch",
      .letter = 'b',
      .kind = OT_OPTION_INT,
      .argument = "N",
      .least = 1,
      .most = 65536,
      FIELD(batch),
      .help = "images per batch; only controlled steps depend on it" },
    { 0 },
};

static const cli_group groups[] = {
    CLI_WEIGHTS_GROUP(weights_of),        CLI_DATA_GROUP(data),      CLI_SPLIT_GROUP(split),
    { "Evaluation options", options, 0 }, CLI_THREAD_GROUP(threads), { 0 },
};

/* What an evaluation uses, and its result. */
typedef struct job {
    const struct settings *s;
    char *file; /* of weights */
    cli_source source;
    ot_net *net;
    ot_params *params;
    ot_dataset *data;
    ot_normalisation normalisation;
    ot_eval_result result;
} job;

static ot_status evaluate(job *j)
{
    ot_status status = ot_params_new(ot_net_tape(j->net), &j->params);
    if (status == OT_OK) status = cli_params_load(j->params, j->source.file);
    if (status != OT_OK) return status;
    j->normalisation = ot_params_normalisation(j->params);
    return ot_evaluate(j->net, j->params, j->data, j->s->batch, OT_TIER_DEFAULT, &j->result);
}

typedef struct facts {
    double loss, accuracy, images, images_per_second;
    double accepted, rejected, evaluations, smallest, largest; /* of controlled steps, or NAN */
    const char *weights, *data, *split, *fingerprint, *mean, *deviation;
} facts;

#define AT(member) .offset = offsetof(facts, member)

static const ot__column columns[] = {
    { "loss", NULL, OT__CELL_REAL, AT(loss) },
    { "accuracy", NULL, OT__CELL_REAL, AT(accuracy) },
    { "images", NULL, OT__CELL_COUNT, AT(images) },
    { "images_per_second", NULL, OT__CELL_REAL, AT(images_per_second) },
    { "accepted", NULL, OT__CELL_COUNT, AT(accepted) },
    { "rejected", NULL, OT__CELL_COUNT, AT(rejected) },
    { "evaluations", NULL, OT__CELL_COUNT, AT(evaluations) },
    { "smallest_step", NULL, OT__CELL_REAL, AT(smallest) },
    { "largest_step", NULL, OT__CELL_REAL, AT(largest) },
    { "weights", NULL, OT__CELL_TEXT, AT(weights) },
    { "data", NULL, OT__CELL_TEXT, AT(data) },
    { "split", NULL, OT__CELL_TEXT, AT(split) },
    { "fingerprint", NULL, OT__CELL_TEXT, AT(fingerprint) },
    { "mean", NULL, OT__CELL_LIST, AT(mean) },
    { "deviation", NULL, OT__CELL_LIST, AT(deviation) },
};
static const ot__table table = OT__TABLE(NULL, columns);

/* Writes "[0.4914, 0.4822, 0.4465]". */
static void write_array(const ot_normalisation *n, const float value[], char *text, size_t size)
{
    char one[OT__NORMALISATION_TEXT];
    size_t used = 0;
    for (int c = 0; c < n->channels; c++) {
        ot__normalisation_write(1, &value[c], one);
        used += (size_t)snprintf(text + used, size - used, "%s%s", c > 0 ? ", " : "[", one);
    }
    snprintf(text + used, size - used, "]");
}

static void print_json(const job *j, ot__page *p)
{
    enum { SIZE = 2 * OT__NORMALISATION_TEXT + 8 };
    const ot_eval_result *const r = &j->result;
    const ot_control_result *const w = &r->control;
    const bool controlled = w->accepted > 0;
    char mean[SIZE], deviation[SIZE];
    write_array(&j->normalisation, j->normalisation.mean, mean, SIZE);
    write_array(&j->normalisation, j->normalisation.deviation, deviation, SIZE);
    ot__page_facts(p, &table,
                   &(facts){ .loss = r->loss,
                             .accuracy = r->accuracy,
                             .images = r->images,
                             .images_per_second = r->images_per_second,
                             .accepted = controlled ? w->accepted : NAN,
                             .rejected = controlled ? w->rejected : NAN,
                             .evaluations = controlled ? (double)w->evaluations : NAN,
                             .smallest = controlled ? w->smallest : NAN,
                             .largest = controlled ? w->largest : NAN,
                             .weights = j->file,
                             .data = j->source.where,
                             .split = cli_split_names[j->s->split],
                             .fingerprint = ot_dataset_fingerprint(j->data),
                             .mean = mean,
                             .deviation = deviation });
}

static void print_result(const job *j)
{
    const ot_eval_result *const r = &j->result;
    const ot_normalisation *const n = &j->normalisation;
    char mean[OT__NORMALISATION_TEXT], deviation[OT__NORMALISATION_TEXT];
    ot__normalisation_write(n->channels, n->mean, mean);
    ot__normalisation_write(n->channels, n->deviation, deviation);
    printf("accuracy  %.2f%%\nloss      %.4f\nimages    %d, %.0f per second\n", 100 * r->accuracy,
           r->loss, r->images, r->images_per_second);
    cli_print(stdout, "data      %s, %s images\nmean      %s\ndeviation %s\n",
              cli_shown(j->source.where), cli_split_names[j->s->split], mean, deviation);
    if (r->control.accepted > 0)
        cli_print(stdout,
                  "steps     %d accepted, %d rejected, of %s to %s, with batches of %d\n"
                  "          %ld evaluations of f\n",
                  r->control.accepted, r->control.rejected, OT__ROUNDED(r->control.smallest, 4),
                  OT__ROUNDED(r->control.largest, 4), j->s->batch, r->control.evaluations);
}

static ot_status open_data(job *j)
{
    j->source.given = j->s->data;
    ot_status status = cli_source_read(&j->source);
    if (status == OT_OK) status = cli_source_open(&j->source, (ot_split)j->s->split, &j->data);
    return status;
}

static ot_status run(void *settings, char **operands)
{
    static job j; /* too large for the stack; used once */
    ot__page page;
    cli_page_open(&page);
    j.s = settings;
    const cli_weights_rule rule = { .of = j.s->weights_of };
    ot_status status = cli_use_threads(j.s->threads);
    if (status == OT_OK) status = cli_weights_find(operands[0], rule, &j.file);
    j.source.file = j.file;
    if (status == OT_OK) status = cli_net_open(j.file, j.s->batch, &j.net);
    if (status == OT_OK) cli_plugins_compare_file(j.file);
    if (status == OT_OK) status = open_data(&j);
    if (status == OT_OK) status = evaluate(&j);
    if (status == OT_OK) print_json(&j, &page);
    if (status == OT_OK && ot__page_is_text(&page)) print_result(&j);
    status = ot__page_close(&page, status);
    if (status == OT_OK) cli_weights_say(operands[0], rule, j.file);
    ot_dataset_free(j.data);
    ot_params_free(j.params);
    ot_net_free(j.net);
    free(j.file);
    return status;
}

const cli_command cli_eval = {
    .name = "eval",
    .operands = "RUN|FILE",
    .n_operands = 1,
    .summary = "evaluate a trained network",
    .detail = "RUN is the directory of a run, whose final.safetensors is read unless\n"
              "--weights-of chooses another file.  FILE is a file of weights or a checkpoint.\n"
              "The data set is the one that it was trained with, unless --data names another.",
    .groups = groups,
    .defaults = &(const struct settings){ .split = OT_SPLIT_TEST, .batch = 128 },
    .settings_size = sizeof(struct settings),
    .json = true,
    .run = run,
};
