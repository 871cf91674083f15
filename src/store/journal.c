/* SPDX-License-Identifier: BSD-3-Clause
 * The lines of a journal.  Numbers are the shortest that read back as the same double, with a
 * point in every locale (base/json.h).  A number that is not finite becomes null, since JSON
 * has no such numbers. */
#include "store/journal.h"

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/json.h"
#include "base/memory.h"
#include "base/number.h"
#include "base/normalisation.h"
#include "base/system.h"
#include "store/results.h"

ot_status ot__journal_open(const char *path, ot__journal *j)
{
    *j = (ot__journal){ .fd = -1, .path = path };
    if (!path) return OT_OK;
    j->fd = ot__sys_open(path, O_WRONLY | O_CREAT | O_TRUNC | O_APPEND);
    if (j->fd < 0)
        return ot__fail(ot__status_of_errno(errno, OT_ECREATE), "%s: cannot create: %s", path,
                        strerror(errno));
    return ot__sync_folder_of(path);
}

void ot__journal_close(ot__journal *j)
{
    if (j->fd >= 0) close(j->fd); /* every line was written and checked */
    j->fd = -1;
}

static json_t *number(double value)
{
    return isfinite(value) ? json_real(value) : json_null();
}

/* A text as JSON, which must be UTF-8; a path in a message may be any bytes. */
static json_t *sentence(const char *text)
{
    json_t *json = json_string(text);
    return json ? json : json_string("(not UTF-8)");
}

/* Writes a line and frees the object.  The line is written by one call, so that no reader sees half
 * of it, and is on the disk afterwards. */
static ot_status write_line(ot__journal *j, json_t *object)
{
    char *text = object ? ot__json_dump(object, JSON_COMPACT) : NULL;
    json_decref(object);
    char *line = text ? ot__format("%s\n", text) : NULL;
    free(text);
    if (!line) return ot__fail(OT_ENOMEM, "%s: out of memory for a line", j->path);
    const ot_status status = ot__write_all(j->fd, j->path, line, strlen(line));
    ot__free(line);
    return status == OT_OK ? ot__sync(j->fd, j->path) : status;
}

json_t *ot__machine_json(ot_tier tier)
{
    const ot_machine_info m = ot_machine();
    return json_pack("{s:s, s:s, s:s, s:s, s:i}", "kernels", ot_tier_name(tier), "cpu_features",
                     m.cpu_features, "blis_version", m.blis_version, "blis_kernels", m.blis_kernels,
                     "threads", m.threads);
}

/* The machine, and the name of its CPU, on which no number depends. */
static json_t *whole_machine_json(ot_tier tier)
{
    json_t *machine = ot__machine_json(tier);
    ot__json_set(&machine, "cpu", json_string(ot_machine().cpu));
    return machine;
}

/* The entry "images": "train" counts those that are trained on, "validation" those that are held
 * out, and the fingerprint is that of both.  Mean and deviation are written as in the metadata of
 * weights. */
static json_t *data_json(const ot_train_opts *o)
{
    char mean[OT__NORMALISATION_TEXT], deviation[OT__NORMALISATION_TEXT];
    const ot_normalisation n = ot_params_normalisation(o->params);
    ot__normalisation_write(n.channels, n.mean, mean);
    ot__normalisation_write(n.channels, n.deviation, deviation);
    json_t *json = json_pack(
        "{s:i, s:i, s:i, s:s, s:s, s:s, s:s}", "train", ot_dataset_count(o->train) - o->validation,
        "test", ot_dataset_count(o->test), "classes", ot_dataset_classes(o->train),
        "train_fingerprint", ot_dataset_fingerprint(o->train), "test_fingerprint",
        ot_dataset_fingerprint(o->test), OT__KEY_MEAN, mean, OT__KEY_DEVIATION, deviation);
    if (o->validation > 0) ot__json_set(&json, "validation", json_integer(o->validation));
    return json;
}

ot_status ot__journal_run(ot__journal *j, json_t *net, json_t *options, json_t *plugins,
                          const ot_train_opts *opts, const ot_train_plan *plan)
{
    if (j->fd < 0) {
        json_decref(net);
        json_decref(options);
        json_decref(plugins);
        return OT_OK;
    }
    json_t *line = json_pack(
        "{s:s, s:s, s:o, s:o, s:o, s:o, s:I, s:o, s:o}", "event", "run", "version", ot_version(),
        "net", net, "options", options, "machine", whole_machine_json(opts->tier), "images",
        data_json(opts), "predicted_bytes", (json_int_t)plan->predicted_bytes, "flops_forward",
        number(plan->train.flops_forward), "flops_backward", number(plan->train.flops_backward));
    if (plugins && json_array_size(plugins) == 0)
        json_decref(plugins);
    else
        ot__json_set(&line, "plugins", plugins);
    return write_line(j, line);
}

ot_status ot__journal_resume(ot__journal *j, const ot_train_opts *opts, int epoch, int step,
                             json_t *accepted, json_t *prolonged)
{
    if (j->fd < 0) {
        json_decref(accepted);
        json_decref(prolonged);
        return OT_OK;
    }
    return write_line(j, json_pack("{s:s, s:s, s:i, s:i, s:o, s:o*, s:o*}", "event", "resume",
                                   "version", ot_version(), "epochs", epoch, "steps", step,
                                   "machine", whole_machine_json(opts->tier), "accepted_plugins",
                                   accepted, "prolonged", prolonged));
}

/* The residuals of the order conditions, from order 1 on. */
static json_t *residuals_json(const ot_epoch_result *e)
{
    json_t *array = json_array();
    for (int q = 0; q < e->orders; q++)
        ot__json_append(&array, number(e->order_residual[q]));
    return array;
}

/* Adds the counts of controlled steps of a pass: "train_accepted", "train_rejected", ...; those of
 * backward evaluations only for a pass with gradients. */
static void add_controlled(json_t **line, const char *pass, const ot_control_result *w)
{
    const struct {
        const char *name;
        json_t *value;
    } what[] = {
        { "accepted", json_integer(w->accepted) },       { "rejected", json_integer(w->rejected) },
        { "evaluations", json_integer(w->evaluations) }, { "smallest_step", number(w->smallest) },
        { "largest_step", number(w->largest) },
    };
    for (size_t i = 0; i < sizeof what / sizeof what[0]; i++) {
        char key[40];
        snprintf(key, sizeof key, "%s_%s", pass, what[i].name);
        ot__json_set(line, key, what[i].value);
    }
    if (w->backward_evaluations == 0) return;
    char key[48];
    snprintf(key, sizeof key, "%s_backward_evaluations", pass);
    ot__json_set(line, key, json_integer(w->backward_evaluations));
}

/* The trained scalars by name: step sizes h, k of lm, alpha of rezero, coefficients of tableaux. */
static json_t *scalars_json(ot_params *ps, ot_dtype dtype)
{
    json_t *scalars = json_object();
    for (int i = 0; i < ot_params_count(ps); i++) {
        if (!ot_params_trained(ps, i) || ot_params_shape(ps, i).rank > 0) continue;
        const void *const value = ot_params_value(ps, i, dtype);
        ot__json_set(&scalars, ot_params_name(ps, i),
                     value ? number(ot__number(value, dtype, 0)) : NULL);
    }
    return scalars;
}

static json_t *sharing_json(const ot_sharing *s)
{
    return json_pack("{s:i, s:o, s:o, s:o, s:o}", "processes", s->processes, "bytes",
                     number(s->bytes), "exchanges", number(s->exchanges), "seconds",
                     number(s->seconds), "hidden_seconds", number(s->hidden));
}

ot_status ot__journal_epoch(ot__journal *j, const ot_epoch_result *e, ot_params *params,
                            ot_dtype dtype)
{
    if (j->fd < 0) return OT_OK;
    json_t *line =
        json_pack("{s:s, s:i, s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "event", "epoch", "epoch",
                  e->epoch, "lr", number(e->lr), "train_loss", number(e->train_loss),
                  "train_accuracy", number(e->train_accuracy), "test_loss", number(e->test_loss),
                  "test_accuracy", number(e->test_accuracy), "seconds", number(e->seconds),
                  "images_per_second", number(e->images_per_second));
    json_t *const scalars = scalars_json(params, dtype);
    if (scalars && json_object_size(scalars) == 0)
        json_decref(scalars);
    else
        ot__json_set(&line, "scalars", scalars);
    for (int i = 0; i < OT__RESULTS; i++) {
        const double value = ot__result_get(&ot__results[i], e);
        if (!isnan(value)) ot__json_set(&line, ot__results[i].key, number(value));
    }
    if (e->orders > 0) ot__json_set(&line, "order_residuals", residuals_json(e));
    if (e->sharing.processes > 1) ot__json_set(&line, "sharing", sharing_json(&e->sharing));
    if (e->train_control.accepted > 0) add_controlled(&line, "train", &e->train_control);
    if (e->test_control.accepted > 0) add_controlled(&line, "test", &e->test_control);
    return write_line(j, line);
}

ot_status ot__journal_end(ot__journal *j, const ot_train_result *r, ot_status status,
                          const char *message)
{
    if (j->fd < 0) return OT_OK;
    json_t *line =
        json_pack("{s:s, s:s, s:o, s:i, s:o, s:i, s:o, s:I, s:I}", "event", "end", "status",
                  ot_strerror(status), "message", sentence(status == OT_OK ? "" : message),
                  "epochs", r->epochs, "best_accuracy", number(r->best_accuracy), "best_epoch",
                  r->best_epoch, "seconds", number(r->seconds), "predicted_bytes",
                  (json_int_t)r->predicted_bytes, "measured_bytes", (json_int_t)r->measured_bytes);
    if (isfinite(r->best_validation))
        ot__json_set(&line, "best_validation", number(r->best_validation));
    return write_line(j, line);
}
