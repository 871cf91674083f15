/* SPDX-License-Identifier: BSD-3-Clause */
#include "train/checkpoint.h"

#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/memory.h"
#include "data/dataset.h"
#include "store/journal.h"
#include "store/run.h"
#include "store/safetensors.h"
#include "train/sgd.h"

static const char STATE[] = "state";

/* ---- circumstances ---- */

static json_t *data_json(const ot_dataset *d)
{
    const size_t n = (size_t)d->count;
    return json_pack("{s:i, s:s, s:s}", "images", d->count, "pixels",
                     ot__st_checksum(d->image, n * sizeof *d->image).text, "labels",
                     ot__st_checksum(d->label, n * sizeof *d->label).text);
}

json_t *ot__circumstances(const ot_train_opts *opts)
{
    json_t *json = ot__options_json(opts);
    json_object_del(json, "max_seconds"); /* when a run stops, not where it goes */
    ot__json_set(&json, "train_data", data_json(opts->train));
    ot__json_set(&json, "test_data", data_json(opts->test));
    return json;
}

static void write_value(const json_t *value, char text[80])
{
    char *dump = value ? json_dumps(value, JSON_COMPACT | JSON_ENCODE_ANY) : NULL;
    snprintf(text, 80, "%.76s", dump ? dump : "none");
    free(dump);
}

static ot_status check_key(const char *path, const char *key, const json_t *then, const json_t *now)
{
    const json_t *old = json_object_get(then, key), *new = json_object_get(now, key);
    if (json_equal(old, new)) return OT_OK;
    char a[80], b[80];
    write_value(old, a);
    write_value(new, b);
    return ot__fail(OT_EINVAL,
                    "%s: was trained with %s %s, and is to go on with %s; they must be equal", path,
                    key, a, b);
}

/* The first that differs is named.  Either side may have what the other has not: what is not used
 * is not told. */
static ot_status check_circumstances(const char *path, const json_t *then, const json_t *now)
{
    const char *key;
    json_t *value;
    json_object_foreach((json_t *)now, key, value) /* reads only */
        OT_TRY(check_key(path, key, then, now));
    json_object_foreach((json_t *)then, key, value) OT_TRY(check_key(path, key, then, now));
    return OT_OK;
}

/* ---- state ---- */

/* What the bits depend on besides. */
static json_t *machine_json(ot_tier tier)
{
    json_t *json = ot__machine_json(tier);
    json_object_del(json, "threads");
    ot__json_set(&json, "version", json_string(ot_version()));
    return json;
}

static json_t *last_json(const ot_epoch_result *e)
{
    return json_pack("{s:f, s:f, s:f, s:f, s:f}", "lr", e->lr, "train_loss", e->train_loss,
                     "train_accuracy", e->train_accuracy, "test_loss", e->test_loss,
                     "test_accuracy", e->test_accuracy);
}

static json_t *walk_json(const ot_walk *w)
{
    return json_pack("{s:i, s:i, s:I, s:f, s:f}", "accepted", w->accepted, "rejected", w->rejected,
                     "evaluations", (json_int_t)w->evaluations, "smallest", w->smallest, "largest",
                     w->largest);
}

static char *state_text(const ot_train_opts *opts, const json_t *circumstances,
                        const ot__position *p)
{
    json_t *json = json_pack(
        "{s:i, s:i, s:f, s:I, s:I, s:i, s:f, s:o, s:O, s:o}", "epochs", p->epoch, "steps", p->step,
        "loss", p->sums.loss, "correct", (json_int_t)p->sums.correct, "images",
        (json_int_t)p->sums.images, "best_epoch", p->best_epoch, "best_accuracy", p->best_accuracy,
        "last", last_json(&p->last), "options", circumstances, "machine", machine_json(opts->tier));
    if (p->sums.walk.accepted > 0) ot__json_set(&json, "walk", walk_json(&p->sums.walk));
    char *text = json ? json_dumps(json, JSON_COMPACT | JSON_SORT_KEYS) : NULL;
    json_decref(json);
    return text;
}

static ot_status save(const char *path, const ot_train_opts *opts, ot_sgd *sgd, const char *state)
{
    const int n = opts->n_metadata;
    const char *(*pair)[2] = ot__new((size_t)n + 1, sizeof *pair);
    if (!pair) return OT_ENOMEM;
    for (int i = 0; i < n; i++)
        memcpy(pair[i], opts->metadata[i], sizeof pair[i]);
    pair[n][0] = STATE;
    pair[n][1] = state;
    int n_items = 0;
    ot__st_item *item = NULL;
    const ot__velocities v = ot__sgd_velocities(sgd);
    ot_status status = ot__st_list(opts->params, &v, v.dtype, &n_items, &item);
    if (status == OT_OK) {
        const ot_normalisation normalisation = ot_params_normalisation(opts->params);
        status = ot__st_write(opts->run ? ot__run_folder(opts->run) : -1, path, n_items, item,
                              &normalisation, n + 1, (const char *const(*)[2])pair);
        ot__st_list_free(n_items, item);
    }
    ot__free(pair);
    return status;
}

ot_status ot__checkpoint_save(const char *path, const ot_train_opts *opts, ot_sgd *sgd,
                              const json_t *circumstances, const ot__position *position)
{
    char *state = state_text(opts, circumstances, position);
    if (!state) return ot__fail(OT_ENOMEM, "%s: out of memory for the state", path);
    const ot_status status = save(path, opts, sgd, state);
    free(state);
    return status;
}

/* ---- load ---- */

/* A whole number from 0 to most. */
static bool read_int(const json_t *json, const char *key, long long most, long long *value)
{
    *value = ot__whole(json, key);
    return *value >= 0 && *value <= most;
}

static bool read_real(const json_t *json, const char *key, double *value)
{
    const json_t *number = json_object_get(json, key);
    *value = json_number_value(number);
    return json_is_number(number); /* JSON has none that are not finite */
}

static bool read_last(const json_t *json, ot_epoch_result *e)
{
    return read_real(json, "lr", &e->lr) && read_real(json, "train_loss", &e->train_loss) &&
           read_real(json, "train_accuracy", &e->train_accuracy) &&
           read_real(json, "test_loss", &e->test_loss) &&
           read_real(json, "test_accuracy", &e->test_accuracy);
}

/* Of controlled steps; none is as good as no steps. */
static bool read_walk(const json_t *json, ot_walk *w)
{
    long long accepted, rejected, evaluations;
    if (!json) return true;
    if (!read_int(json, "accepted", INT32_MAX, &accepted) ||
        !read_int(json, "rejected", INT32_MAX, &rejected) ||
        !read_int(json, "evaluations", INT64_MAX, &evaluations))
        return false;
    w->accepted = (int)accepted;
    w->rejected = (int)rejected;
    w->evaluations = (long)evaluations;
    return read_real(json, "smallest", &w->smallest) && read_real(json, "largest", &w->largest);
}

static bool read_position(const json_t *json, int epochs, int batches, ot__position *p)
{
    long long epoch, step, correct, images, best;
    if (!read_int(json, "epochs", epochs, &epoch) || !read_int(json, "steps", batches, &step) ||
        !read_int(json, "images", INT32_MAX, &images) ||
        !read_int(json, "correct", images, &correct) || !read_int(json, "best_epoch", epoch, &best))
        return false;
    *p = (ot__position){ .epoch = (int)epoch,
                         .step = (int)step,
                         .sums = { .correct = (long)correct, .images = (long)images },
                         .best_epoch = (int)best,
                         .last.epoch = (int)epoch };
    return read_real(json, "loss", &p->sums.loss) &&
           read_real(json, "best_accuracy", &p->best_accuracy) &&
           read_walk(json_object_get(json, "walk"), &p->sums.walk) &&
           read_last(json_object_get(json, "last"), &p->last);
}

/* Another machine may compute other bits: the run goes on, but whoever compares should know. */
static void compare_machines(const char *path, const json_t *then, const ot_train_opts *opts)
{
    json_t *now = machine_json(opts->tier);
    const char *key;
    json_t *value;
    json_object_foreach(now, key, value)
    {
        const json_t *old = json_object_get(then, key);
        if (!opts->on_note || (old && json_equal(old, value))) continue;
        char a[80], b[80], sentence[600];
        write_value(old, a);
        write_value(value, b);
        snprintf(
            sentence, sizeof sentence,
            "%.300s: its %s is %s, here it is %s: the bits may differ from those of a run that "
            "was never interrupted",
            path, key, a, b);
        opts->on_note(sentence, opts->user);
    }
    json_decref(now);
}

static ot_status load(const ot__st_file *f, const ot_train_opts *opts, ot_sgd *sgd,
                      const json_t *circumstances, int batches, ot__position *position)
{
    const char *text = ot__st_metadata(&f->header, STATE);
    if (!text)
        return ot__fail(OT_EFORMAT, "%s:8: it has no state of a training: it is no checkpoint",
                        f->path);
    json_t *json;
    ot_status status = ot__json_parse(text, strlen(text), &json, NULL);
    if (status == OT_ENOMEM) return ot__fail(OT_ENOMEM, "%s: out of memory for its state", f->path);
    if (status == OT_OK)
        status = check_circumstances(f->path, json_object_get(json, "options"), circumstances);
    if (!json || (status == OT_OK && !read_position(json, opts->epochs, batches, position)))
        status =
            ot__fail(OT_EFORMAT, "%s:8: the state of the training is not one of this run", f->path);
    const ot__velocities v = ot__sgd_velocities(sgd);
    if (status == OT_OK) status = ot__st_load(f, opts->params, &v);
    if (status == OT_OK) compare_machines(f->path, json_object_get(json, "machine"), opts);
    json_decref(json);
    return status;
}

ot_status ot__checkpoint_load(const char *path, const ot_train_opts *opts, ot_sgd *sgd,
                              const json_t *circumstances, int batches, ot__position *position)
{
    ot__st_file f;
    OT_TRY(ot__st_open(path, &f));
    const ot_status status = load(&f, opts, sgd, circumstances, batches, position);
    ot__st_close(&f);
    return status;
}
