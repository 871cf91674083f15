/* SPDX-License-Identifier: BSD-3-Clause
 * odetape eval: evaluates a network.  The network is rebuilt from the metadata of its weights. */
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/decimal.h"
#include "base/json.h"
#include "base/normalisation.h"
#include "cli/frame/groups.h"
#include "cli/frame/message.h"
#include "cli/frame/threads.h"
#include "cli/frame/print.h"
#include "cli/runs/plugins.h"
#include "cli/runs/source.h"
#include "cli/runs/weights.h"

struct settings {
    const char *data;
    int weights_of, split, batch, threads;
    bool json;
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
    { .name = "json", .kind = OT_OPTION_SWITCH, FIELD(json), .help = "print one JSON object" },
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

static void print_array(const char *key, const ot_normalisation *n, const float value[])
{
    char text[OT__NORMALISATION_TEXT];
    cli_print(stdout, ", \"%s\": [", key);
    for (int c = 0; c < n->channels; c++) {
        ot__normalisation_write(1, &value[c], text);
        cli_print(stdout, "%s%s", c > 0 ? ", " : "", text);
    }
    putchar(']');
}

/* Writes a text as a JSON string, or as null if it is not UTF-8.  The caller frees *string. */
static ot_status make_string(const char *text, char **string)
{
    json_t *value = NULL;
    const ot_status status = ot__json_text(text, &value);
    *string = status == OT_EFORMAT ? strdup("null") : NULL;
    if (value) *string = ot__json_dump(value, JSON_ENCODE_ANY);
    json_decref(value);
    return *string ? OT_OK : cli_no_memory();
}

/* Prints the strings of a result that come from outside. */
static ot_status print_names(const job *j)
{
    char *file = NULL, *data = NULL;
    ot_status status = make_string(j->file, &file);
    if (status == OT_OK) status = make_string(j->source.where, &data);
    if (status == OT_OK) cli_print(stdout, ", \"weights\": %s, \"data\": %s", file, data);
    free(data);
    free(file);
    return status;
}

static ot_status print_json(const job *j)
{
    const ot_eval_result *const r = &j->result;
    cli_print(stdout,
              "{\"loss\": %s, \"accuracy\": %s, \"images\": %d, \"images_per_second\": %.1f",
              OT__REAL(r->loss), OT__REAL(r->accuracy), r->images, r->images_per_second);
    if (r->control.accepted > 0)
        cli_print(stdout,
                  ", \"accepted\": %d, \"rejected\": %d, \"evaluations\": %ld, "
                  "\"smallest_step\": %s, \"largest_step\": %s",
                  r->control.accepted, r->control.rejected, r->control.evaluations,
                  OT__REAL(r->control.smallest), OT__REAL(r->control.largest));
    OT_TRY(print_names(j));
    cli_print(stdout, ", \"split\": \"%s\", \"fingerprint\": \"%s\"", cli_split_names[j->s->split],
              ot_dataset_fingerprint(j->data));
    print_array("mean", &j->normalisation, j->normalisation.mean);
    print_array("deviation", &j->normalisation, j->normalisation.deviation);
    puts("}");
    return OT_OK;
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
    j.s = settings;
    const cli_weights_rule rule = { .of = j.s->weights_of };
    ot_status status = cli_use_threads(j.s->threads);
    if (status == OT_OK) status = cli_weights_find(operands[0], rule, &j.file);
    j.source.file = j.file;
    if (status == OT_OK) status = cli_net_open(j.file, j.s->batch, &j.net);
    if (status == OT_OK) cli_plugins_compare_file(j.file);
    if (status == OT_OK) status = open_data(&j);
    if (status == OT_OK) status = evaluate(&j);
    if (status == OT_OK && j.s->json) status = print_json(&j);
    if (status == OT_OK && !j.s->json) print_result(&j);
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
    .run = run,
};
