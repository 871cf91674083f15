/* SPDX-License-Identifier: BSD-3-Clause
 * Reads the outcome of a run from its journal, and converts it to and from a line of results.jsonl.
 * A number that the journal lacks is NAN here, null in results.jsonl and "-" in tables.  No default
 * takes its place. */
#include "cli/runs/outcome.h"

#include <errno.h>
#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/median.h"
#include "cli/runs/columns.h"
#include "cli/runs/journal.h"
#include "cli/frame/message.h"
#include "cli/frame/options.h"
#include "odetape.h"

const double cli_usual_reach[2] = { 0.8, 0.85 };

static const char *const states[] = {
    [CLI_WAITING] = "waiting",         [CLI_UNFINISHED] = "unfinished", [CLI_FINISHED] = "finished",
    [CLI_DIVERGED_STATE] = "diverged", [CLI_FAILED] = "failed",
};
enum { N_STATES = sizeof states / sizeof states[0] };

static const cli_outcome no_accuracy = {
    .best_accuracy = NAN,
    .final_accuracy = NAN,
    .validation_accuracy = NAN,
    .chosen_accuracy = NAN,
    .average_accuracy = NAN,
};

const char *cli_state_name(cli_state state)
{
    return states[state];
}

bool cli_outcome_diverged(double loss, int epoch, int classes)
{
    const double guessing = log(classes > 1 ? classes : 10);
    return !isfinite(loss) || loss > 10 * guessing || (epoch == 3 && loss >= guessing);
}

/* ---- the journal ----------------------------------------------------------------------------- */

static const double MOST_PARAMS =
    1e15; /* a table prints it as a whole number, which a double holds exactly */

static double number(const json_t *object, const char *key, double otherwise)
{
    const json_t *const value = json_object_get(object, key);
    return json_is_number(value) ? json_number_value(value) : otherwise;
}

static int whole(const json_t *object, const char *key)
{
    const double value = number(object, key, 0);
    return value >= 0 && value <= INT_MAX ? (int)value : 0;
}

static void copy_text(char *to, size_t size, const json_t *object, const char *key)
{
    const char *const text = json_string_value(json_object_get(object, key));
    snprintf(to, size, "%s", text ? text : "");
}

/* The seed has 64 bits without a sign.  JSON has it as a number, or as text if it is larger than a
 * signed number. */
static void copy_seed(cli_outcome *o, const json_t *options)
{
    const json_t *const seed = json_object_get(options, "seed");
    if (json_is_integer(seed))
        snprintf(o->seed, sizeof o->seed, "%" JSON_INTEGER_FORMAT, json_integer_value(seed));
    else
        copy_text(o->seed, sizeof o->seed, options, "seed");
}

static bool take_config(cli_outcome *o, const json_t *config)
{
    const json_t *const net = json_object_get(config, "net");
    const json_t *const options = json_object_get(config, "options");
    if (!json_is_object(net) || !json_is_object(options)) return false;
    copy_text(o->blocks, sizeof o->blocks, net, "net");
    copy_seed(o, options);
    o->convs = whole(net, "convs");
    o->params = number(net, "params", 0);
    if (!(o->params >= 0 && o->params <= MOST_PARAMS)) return false;
    o->planned_epochs = whole(options, "epochs");
    o->lr = number(options, "lr", 0);
    const int images = whole(json_object_get(config, "images"), "train");
    const int batch = whole(options, "batch");
    o->batches = batch > 0 ? images / batch + (images % batch > 0) : 0;
    return true;
}

/* An object with the hash of each plugin, from an array of objects.  NULL if there are none. */
static json_t *plugin_hashes(const json_t *plugins)
{
    size_t i;
    json_t *p, *hashes = json_array_size(plugins) > 0 ? json_object() : NULL;
    json_array_foreach(plugins, i, p)
    {
        const char *const name = json_string_value(json_object_get(p, "name"));
        json_t *const hash = json_object_get(p, "hash");
        if (name && json_is_string(hash)) (void)json_object_set(hashes, name, hash);
    }
    return hashes;
}

static ot_status add_start(cli_outcome *o, const json_t *start, const char *dir)
{
    o->config = json_pack(
        "{s:O*, s:O*, s:O*, s:o*, s:O*}", "net", json_object_get(start, "net"), "options",
        json_object_get(start, "options"), "images", json_object_get(start, "images"), "plugins",
        plugin_hashes(json_object_get(start, "plugins")), "build", json_object_get(start, "build"));
    if (!o->config) return cli_no_memory();
    if (!take_config(o, o->config))
        return ot__fail(OT_EFORMAT, "'%s/%s': the network or its options are missing", dir,
                        ot_run_file_name(OT_RUN_JOURNAL));
    o->machine = json_incref(json_object_get(start, "machine"));
    o->predicted_bytes = number(start, "predicted_bytes", 0);
    o->flops_forward = number(start, "flops_forward", 0);
    o->flops_backward = number(start, "flops_backward", 0);
    o->state = CLI_UNFINISHED;
    return OT_OK;
}

/* Adds the results of an epoch.  e->epoch is 0 if the epoch's line is lost; then its loss does not
 * decide whether the run has diverged.  Returns OT_ENOMEM if memory runs out. */
static ot_status add_epoch(cli_outcome *o, const ot_epoch_result *e, int epoch)
{
    const double accuracy = e->test_accuracy;
    const int classes = whole(json_object_get(o->config, "images"), "classes");
    o->epochs = epoch;
    o->loss = e->train_loss;
    if (e->epoch > 0 && cli_outcome_diverged(o->loss, epoch, classes))
        o->state = CLI_DIVERGED_STATE;
    o->final_accuracy = accuracy;
    if (isfinite(accuracy) && !(accuracy <= o->best_accuracy)) {
        o->best_accuracy = accuracy;
        o->best_epoch = epoch;
    }
    o->average_accuracy = e->average_accuracy;
    if (isfinite(e->validation_accuracy) && !(e->validation_accuracy <= o->validation_accuracy)) {
        o->validation_accuracy = e->validation_accuracy;
        o->chosen_accuracy = accuracy;
        o->chosen_epoch = epoch;
    }
    o->seconds += e->seconds;
    json_t *const value = isfinite(accuracy) ? json_real(accuracy) : json_null();
    return json_array_append_new(o->accuracies, value) == 0 ? OT_OK : cli_no_memory();
}

/* The median over the epochs whose speed is known. */
static ot_status find_speed(cli_outcome *o, const ot_history *h)
{
    int n = 0;
    double *const v = calloc((size_t)h->epochs + 1, sizeof *v);
    if (!v) return cli_no_memory();
    for (int i = 0; i < h->epochs; i++)
        if (isfinite(h->epoch[i].images_per_second)) v[n++] = h->epoch[i].images_per_second;
    if (n > 0) o->images_per_second = ot__median((size_t)n, v);
    free(v);
    return OT_OK;
}

int cli_outcome_epochs_to(const cli_outcome *o, double accuracy)
{
    size_t epoch;
    json_t *value;
    json_array_foreach(o->accuracies, epoch, value)
    {
        if (!json_is_number(value)) return CLI_NOT_KNOWN;
        if (json_number_value(value) >= accuracy) return (int)epoch + 1;
    }
    return 0;
}

static ot_status add_history(cli_outcome *o, const ot_history *h)
{
    o->accuracies = json_array();
    if (!o->accuracies) return cli_no_memory();
    for (int i = 0; i < h->epochs; i++)
        OT_TRY(add_epoch(o, &h->epoch[i], i + 1));
    if (h->ended && h->status == OT_ENUMERIC) o->state = CLI_DIVERGED_STATE;
    o->peak_bytes = (double)h->measured_bytes;
    for (int i = 0; i < 2; i++)
        o->reached[i] = cli_outcome_epochs_to(o, cli_usual_reach[i]);
    return find_speed(o, h);
}

static ot_status read_journal(cli_outcome *o, const char *dir)
{
    ot_history *h;
    json_t *start;
    ot_status status = cli_history_read(dir, &h, &start);
    if (status == OT_OK && start) status = add_start(o, start, dir);
    if (status == OT_OK) status = add_history(o, h);
    json_decref(start);
    ot_history_free(h);
    return status;
}

ot_status cli_outcome_read(cli_outcome *o, const char *dir)
{
    ot_run_files *files = NULL;
    *o = no_accuracy;
    ot_status status = ot_run_list(dir, &files);
    if (status == OT_ENOENT) return OT_OK;
    if (status == OT_OK && files->path[OT_RUN_JOURNAL]) status = read_journal(o, dir);
    if (o->state == CLI_UNFINISHED && files->path[OT_RUN_FINAL]) o->state = CLI_FINISHED;
    ot_run_files_free(files);
    return status;
}

void cli_outcome_free(cli_outcome *o)
{
    json_decref(o->config);
    json_decref(o->machine);
    json_decref(o->accuracies);
    o->config = o->machine = o->accuracies = NULL;
}

/* ---- a line of results.jsonl ----------------------------------------------------------------- */

/* Writes a number that is not known as null. */
static json_t *number_json(const cli_column *c, const cli_outcome *o)
{
    const void *const field = (const char *)o + c->offset;
    if (c->field == CLI_WHOLE_FIELD) {
        const int value = *(const int *)field;
        return value < 0 ? json_null() : json_integer(value);
    }
    const double value = c->field == CLI_REAL_FIELD ? *(const double *)field : c->compute(o);
    if (!isfinite(value)) return json_null();
    return value == floor(value) && value < 1e15 ? json_integer((json_int_t)value)
                                                 : json_real(value);
}

static json_t *field_json(const cli_column *c, const cli_outcome *o)
{
    cli_cell text;
    if (c->number) return number_json(c, o);
    if (c->field == CLI_TEXT_FIELD) return json_string((const char *)o + c->offset);
    c->write(o, text.s, sizeof text.s);
    return json_string(text.s);
}

json_t *cli_outcome_json(const cli_outcome *o, const char *command)
{
    json_t *const line = json_object();
    bool whole = line != NULL;
    for (cli_column_id i = 0; i < CLI_COLUMNS; i++) {
        const cli_column *const c = cli_column_of(i);
        if (c->key && cli_column_is_shown(i, 1, o))
            whole &= json_object_set_new(line, c->key, field_json(c, o)) == 0;
    }
    whole &= json_object_set_new(line, "command", json_string(command)) == 0;
    if (o->accuracies) whole &= json_object_set(line, "accuracies", o->accuracies) == 0;
    if (o->machine) whole &= json_object_set(line, "machine", o->machine) == 0;
    if (o->config) whole &= json_object_set(line, "config", o->config) == 0;
    if (whole) return line;
    json_decref(line);
    return NULL;
}

/* Keeps a real number that take_config has set if the line lacks it. */
static void take_field(cli_outcome *o, const cli_column *c, const json_t *line)
{
    void *const field = (char *)o + c->offset;
    if (c->field == CLI_WHOLE_FIELD)
        *(int *)field =
            json_is_null(json_object_get(line, c->key)) ? CLI_NOT_KNOWN : whole(line, c->key);
    else if (c->field == CLI_REAL_FIELD)
        *(double *)field = number(line, c->key, *(double *)field);
}

bool cli_outcome_from_json(cli_outcome *o, const json_t *line)
{
    char status[24];
    *o = no_accuracy;
    o->loss = o->seconds = NAN;
    json_t *const config = json_object_get(line, "config");
    if (!json_is_object(config) || !take_config(o, config)) return false;
    copy_text(o->name, sizeof o->name, line, "name");
    copy_text(o->grid, sizeof o->grid, line, "grid");
    copy_text(status, sizeof status, line, "status");
    for (int i = 0; i < N_STATES; i++)
        if (strcmp(status, states[i]) == 0) o->state = (cli_state)i;
    for (cli_column_id i = 0; i < CLI_COLUMNS; i++)
        if (cli_column_of(i)->key) take_field(o, cli_column_of(i), line);
    if (!(o->params >= 0 && o->params <= MOST_PARAMS)) return false;
    o->config = json_incref(config);
    o->accuracies = json_incref(json_object_get(line, "accuracies"));
    o->machine = json_incref(json_object_get(line, "machine"));
    return true;
}
