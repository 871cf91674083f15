/* SPDX-License-Identifier: BSD-3-Clause
 * The journal has one event a line; the last "end" tells how the training ended, unless it went on
 * after it. */
#include "cli/outcome.h"

#include <errno.h>
#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/journal.h"
#include "cli/message.h"
#include "cli/options.h"
#include "odetape.h"

static const char *const states[] = {
    [CLI_WAITING] = "waiting",         [CLI_UNFINISHED] = "unfinished", [CLI_FINISHED] = "finished",
    [CLI_DIVERGED_STATE] = "diverged", [CLI_FAILED] = "failed",
};
enum { N_STATES = sizeof states / sizeof states[0] };

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

typedef struct course {
    cli_outcome *o;
    int classes;
    bool diverged;
    int n_speeds, room;
    double *speed; /* of each epoch */
} course;

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

/* 64 bits without a sign are a number or digits. */
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
    copy_text(o->blocks, sizeof o->blocks, net, "blocks");
    copy_seed(o, options);
    o->convs = whole(net, "convs");
    o->params = number(net, "params", 0);
    o->planned_epochs = whole(options, "epochs");
    o->lr = number(options, "lr", 0);
    const int images = whole(json_object_get(config, "images"), "train");
    const int batch = whole(options, "batch");
    o->batches = batch > 0 ? images / batch + (images % batch > 0) : 0;
    return true;
}

static cli_taking on_run(course *c, json_t *event)
{
    cli_outcome *const o = c->o;
    json_decref(o->config);
    json_decref(o->machine);
    o->config =
        json_pack("{s:O*, s:O*, s:O*}", "net", json_object_get(event, "net"), "options",
                  json_object_get(event, "options"), "images", json_object_get(event, "images"));
    if (!o->config) return CLI_NO_MEMORY;
    o->machine = json_incref(json_object_get(event, "machine"));
    o->predicted_bytes = number(event, "predicted_bytes", 0);
    o->flops_forward = number(event, "flops_forward", 0);
    o->flops_backward = number(event, "flops_backward", 0);
    c->classes = whole(json_object_get(event, "images"), "classes");
    o->state = CLI_UNFINISHED;
    return take_config(o, o->config) ? CLI_TAKEN : CLI_REFUSED;
}

static cli_taking on_epoch(course *c, json_t *event)
{
    cli_outcome *const o = c->o;
    const double accuracy = number(event, "test_accuracy", 0);
    o->epochs = whole(event, "epoch");
    o->loss = number(event, "train_loss", NAN);
    c->diverged = c->diverged || cli_outcome_diverged(o->loss, o->epochs, c->classes);
    o->final_accuracy = accuracy;
    if (accuracy > o->best_accuracy) {
        o->best_accuracy = accuracy;
        o->best_epoch = o->epochs;
    }
    if (json_array_append_new(o->accuracies, json_real(accuracy)) != 0) return CLI_NO_MEMORY;
    o->seconds += number(event, "seconds", 0);
    if (c->n_speeds == c->room) {
        c->room = 2 * c->room + 64;
        double *const more = realloc(c->speed, (size_t)c->room * sizeof *more);
        if (!more) return CLI_NO_MEMORY;
        c->speed = more;
    }
    c->speed[c->n_speeds++] = number(event, "images_per_second", 0);
    return CLI_TAKEN;
}

static cli_taking on_end(course *c, json_t *event)
{
    const char *const status = json_string_value(json_object_get(event, "status"));
    const bool not_finite = status && strcmp(status, ot_strerror(OT_ENUMERIC)) == 0;
    c->diverged = c->diverged || not_finite;
    c->o->peak_bytes = number(event, "measured_bytes", 0);
    return CLI_TAKEN;
}

static cli_taking on_resume(course *c, json_t *event)
{
    (void)c, (void)event;
    return CLI_TAKEN;
}

static const struct {
    const char *name;
    cli_taking (*take)(course *c, json_t *event);
} events[] = {
    { "run", on_run },
    { "epoch", on_epoch },
    { "end", on_end },
    { "resume", on_resume },
};

static cli_taking take_event(void *user, json_t *event)
{
    course *const c = user;
    const char *const name = json_string_value(json_object_get(event, "event"));
    for (size_t i = 0; name && i < sizeof events / sizeof events[0]; i++)
        if (strcmp(events[i].name, name) == 0)
            return c->o->config || i == 0 ? events[i].take(c, event) : CLI_REFUSED;
    return CLI_REFUSED;
}

static int ascending(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double median(double *value, int n)
{
    if (n == 0) return 0;
    qsort(value, (size_t)n, sizeof *value, ascending);
    return n % 2 ? value[n / 2] : (value[n / 2 - 1] + value[n / 2]) / 2;
}

int cli_outcome_epochs_to(const cli_outcome *o, double accuracy)
{
    size_t epoch;
    json_t *value;
    json_array_foreach(o->accuracies, epoch, value)
    {
        if (json_number_value(value) >= accuracy) return (int)epoch + 1;
    }
    return 0;
}

static int tell(cli_taking taking, int line, const char *path)
{
    if (taking == CLI_NO_MEMORY) return cli_no_memory();
    return cli_fail(EX_DATAERR,
                    "%s:%d: this is not the line of a training: the file is not its journal; take "
                    "it away",
                    path, line);
}

int cli_outcome_read(cli_outcome *o, const char *dir)
{
    char path[PATH_MAX], weights[PATH_MAX];
    int line;
    course c = { .o = o };
    *o = (cli_outcome){ .best_accuracy = -1, .final_accuracy = -1 };
    snprintf(path, sizeof path, "%s/metrics.jsonl", dir);
    FILE *const file = fopen(path, "rb");
    if (!file && (errno == ENOENT || errno == ENOTDIR)) return CLI_GO_ON;
    if (!file) return cli_fail(EX_NOINPUT, "%s: %s", path, strerror(errno));
    o->accuracies = json_array();
    const cli_taking taking =
        o->accuracies ? cli_journal_read(file, take_event, &c, &line) : CLI_NO_MEMORY;
    const bool unread = ferror(file);
    fclose(file);
    o->reached[0] = cli_outcome_epochs_to(o, 0.8);
    o->reached[1] = cli_outcome_epochs_to(o, 0.85);
    o->images_per_second = median(c.speed, c.n_speeds);
    free(c.speed);
    snprintf(weights, sizeof weights, "%s/final.safetensors", dir);
    if (o->config && access(weights, F_OK) == 0) o->state = CLI_FINISHED;
    if (c.diverged) o->state = CLI_DIVERGED_STATE;
    if (unread) return cli_fail(EX_IOERR, "%s cannot be read", path);
    return taking == CLI_TAKEN ? CLI_GO_ON : tell(taking, line, path);
}

void cli_outcome_free(cli_outcome *o)
{
    json_decref(o->config);
    json_decref(o->machine);
    json_decref(o->accuracies);
    o->config = o->machine = o->accuracies = NULL;
}

/* ---- a line of results.jsonl ----------------------------------------------------------------- */

/* Where a number stands in the structure, and whether it is an int there; one below 0 is null. */
#define REAL(key, member)                                                                          \
    {                                                                                              \
        key, offsetof(cli_outcome, member), false                                                  \
    }
#define WHOLE(key, member)                                                                         \
    {                                                                                              \
        key, offsetof(cli_outcome, member), true                                                   \
    }

static const struct {
    const char *key;
    size_t offset;
    bool whole;
} fields[] = {
    REAL("parameters", params),
    WHOLE("convs", convs),
    REAL("flops_forward", flops_forward),
    REAL("flops_backward", flops_backward),
    WHOLE("epochs", epochs),
    REAL("lr", lr),
    REAL("train_loss", loss),
    REAL("best_accuracy", best_accuracy),
    WHOLE("best_epoch", best_epoch),
    REAL("final_accuracy", final_accuracy),
    WHOLE("epochs_to_0.80", reached[0]),
    WHOLE("epochs_to_0.85", reached[1]),
    REAL("seconds", seconds),
    REAL("images_per_second", images_per_second),
    REAL("peak_bytes", peak_bytes),
    REAL("predicted_bytes", predicted_bytes),
};
enum { N_FIELDS = sizeof fields / sizeof fields[0] };

static json_t *field_json(const cli_outcome *o, int i)
{
    const void *const field = (const char *)o + fields[i].offset;
    if (fields[i].whole) return json_integer(*(const int *)field);
    const double value = *(const double *)field;
    if (!isfinite(value) || value < 0) return json_null();
    return value == floor(value) && value < 1e15 ? json_integer((json_int_t)value)
                                                 : json_real(value);
}

json_t *cli_outcome_json(const cli_outcome *o, const char *grid, const char *command)
{
    json_t *const line =
        json_pack("{s:s, s:s, s:s, s:i, s:s, s:s}", "name", o->name, "grid", grid, "net", o->blocks,
                  "layers", o->convs + 2, "seed", o->seed, "status", cli_state_name(o->state));
    bool whole = line != NULL;
    for (int i = 0; i < N_FIELDS; i++)
        whole &= json_object_set_new(line, fields[i].key, field_json(o, i)) == 0;
    whole &=
        json_object_set_new(line, "steps", json_integer((json_int_t)o->batches * o->epochs)) == 0;
    whole &= json_object_set_new(line, "command", json_string(command)) == 0;
    if (o->accuracies) whole &= json_object_set(line, "accuracies", o->accuracies) == 0;
    if (o->machine) whole &= json_object_set(line, "machine", o->machine) == 0;
    if (o->config) whole &= json_object_set(line, "config", o->config) == 0;
    if (whole) return line;
    json_decref(line);
    return NULL;
}

bool cli_outcome_from_json(cli_outcome *o, const json_t *line)
{
    char status[24];
    *o = (cli_outcome){ 0 };
    json_t *const config = json_object_get(line, "config");
    if (!json_is_object(config) || !take_config(o, config)) return false;
    copy_text(o->name, sizeof o->name, line, "name");
    copy_text(status, sizeof status, line, "status");
    for (int i = 0; i < N_STATES; i++)
        if (strcmp(status, states[i]) == 0) o->state = (cli_state)i;
    for (int i = 0; i < N_FIELDS; i++) {
        void *const field = (char *)o + fields[i].offset;
        if (fields[i].whole)
            *(int *)field = whole(line, fields[i].key);
        else
            *(double *)field = number(line, fields[i].key, -1);
    }
    o->config = json_incref(config);
    o->accuracies = json_incref(json_object_get(line, "accuracies"));
    return true;
}
