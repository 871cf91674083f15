/* SPDX-License-Identifier: BSD-3-Clause
 * Saving writes tensors and state as one file.  Loading checks everything first: the circumstances
 * are compared key by key, then the position, then the tensors; only then are values changed. */
#include "train/checkpoint.h"

#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/memory.h"
#include "base/option.h"
#include "data/dataset.h"
#include "store/journal.h"
#include "store/run.h"
#include "store/safetensors.h"
#include "train/description.h"
#include "train/plugins.h"
#include "train/optimiser.h"
#include "train/prolong.h"

static const char STATE[] = "state", DESCRIPTION[] = "description", PLUGINS[] = "plugins";

/* ---- circumstances ---- */

static json_t *data_json(const ot_dataset *d)
{
    void *labels;
    size_t size;
    if (ot__dataset_labels(d, &labels, &size) != OT_OK) return NULL;
    json_t *const json =
        json_pack("{s:i, s:s, s:s}", "images", d->count, "pixels",
                  ot__st_checksum(d->image, (size_t)d->count * ot__image_bytes(d)).text, "labels",
                  ot__st_checksum(labels, size).text);
    ot__free(labels);
    return json;
}

json_t *ot__circumstances(const ot_train_opts *opts)
{
    json_t *json = ot__options_json(opts);
    json_object_del(json, "max-seconds");  /* it decides when a run stops, not what it computes */
    json_object_del(json, "memory-limit"); /* it decides how values are computed, not which */
    json_object_del(json, "init"); /* the file may have been moved; its checksum is compared */
    ot__json_set(&json, "train_data", data_json(opts->train));
    ot__json_set(&json, "test_data", data_json(opts->test));
    ot__json_set(&json, DESCRIPTION, ot__description_json(opts->net, opts->params));
    if (opts->sync == OT_SYNC_NONE)
        ot__json_set(&json, "processes", json_integer(opts->processes ? ot_processes_count() : 1));
    json_t *const plugins = ot__plugin_hashes_json(opts);
    if (plugins && json_object_size(plugins) == 0)
        json_decref(plugins); /* files without plugins are those of earlier versions */
    else
        ot__json_set(&json, PLUGINS, plugins);
    return json;
}

/* Writes a value for a message, cut if it is long.  `skipped` bytes at its beginning are left out,
 * so that two long values are shown where they differ. */
static void write_value(const json_t *value, size_t skipped, char text[80])
{
    char *dump = value ? ot__json_dump(value, JSON_COMPACT | JSON_ENCODE_ANY) : NULL;
    const size_t n = dump ? strlen(dump) : 0, from = skipped < n ? skipped : n;
    snprintf(text, 80, "%s%.72s", from > 0 ? "..." : "", dump ? dump + from : "none");
    free(dump);
}

/* How many bytes to leave out of two long texts that begin alike: their common beginning, except
 * the last bytes of it.  0 if it is short enough for a message. */
static size_t common_part(const json_t *a, const json_t *b)
{
    enum { SHORT = 40, KEPT = 20 };
    const char *x = json_string_value(a), *y = json_string_value(b);
    size_t n = 0;
    if (!x || !y) return 0;
    while (x[n] && x[n] == y[n])
        n++;
    return n > SHORT ? n - KEPT : 0;
}

static ot_status check_key(const char *path, const char *key, const json_t *then, const json_t *now)
{
    const json_t *old = json_object_get(then, key), *new = json_object_get(now, key);
    if (ot__json_same(old, new)) return OT_OK;
    char a[80], b[80];
    const size_t skipped = common_part(old, new);
    write_value(old, skipped, a);
    write_value(new, skipped, b);
    return ot__fail(OT_EINVAL,
                    "%s: was trained with %s %s, and is to go on with %s; they must be equal", path,
                    key, a, b);
}

/* Whether a key is compared on its own, not by check_key. */
static bool is_apart(const char *key)
{
    return strcmp(key, DESCRIPTION) == 0 || strcmp(key, PLUGINS) == 0;
}

/* Compares all other keys of both sides; the message names the first that differs.
 * Options that are not in use are not written, so one side may have keys that the other lacks. */
static ot_status check_keys(const char *path, const json_t *then, const json_t *now)
{
    const char *key;
    json_t *value;
    json_object_foreach((json_t *)now, key, value) /* reads only */
    {
        if (!is_apart(key)) OT_TRY(check_key(path, key, then, now));
    }
    json_object_foreach((json_t *)then, key, value)
    {
        if (!is_apart(key)) OT_TRY(check_key(path, key, then, now));
    }
    return OT_OK;
}

/* Removes the options that are not in use and that an older checkpoint does not know. */
static void remove_unknown(const ot_option *row, const ot_net *net, const json_t *then, json_t *now)
{
    for (; row->name; row++)
        if (!json_object_get(then, row->name) && !ot__option_is_written(row, ot_net_options(net)))
            json_object_del(now, row->name);
}

static ot_status check_description(const char *path, const json_t *then, const json_t *now,
                                   const ot_net *net)
{
    json_t *const known = json_copy((json_t *)now); /* reads only */
    if (!known) return ot__fail(OT_ENOMEM, "%s: out of memory for its state", path);
    remove_unknown(ot_net_rows, net, then, known);
    remove_unknown(ot_net_shape_rows, net, then, known);
    const ot_status status = check_keys(path, then, known);
    json_decref(known);
    return status;
}

/* Compares options and data, then the plugins, and then the description of the network, which files
 * of earlier versions lack. */
static ot_status check_circumstances(const char *path, const json_t *then, const json_t *now,
                                     const ot_train_opts *opts)
{
    const json_t *old = json_object_get(then, DESCRIPTION),
                 *new = json_object_get(now, DESCRIPTION);
    char sentence[600];
    OT_TRY(check_keys(path, then, now));
    OT_TRY(ot__plugins_check(path, json_object_get(then, PLUGINS), json_object_get(now, PLUGINS),
                             opts));
    if (old && new) return check_description(path, old, new, opts->net);
    if (old || !new) return check_keys(path, old, new);
    snprintf(sentence, sizeof sentence,
             "%.300s: its state does not describe the network, so it cannot be checked whether the "
             "metadata describes the one that was trained",
             path);
    if (opts->on_note) opts->on_note(sentence, opts->user);
    return OT_OK;
}

/* ---- state ---- */

/* Version, kernels and CPU features, on which the bits also depend. */
static json_t *machine_json(ot_tier tier)
{
    json_t *json = ot__machine_json(tier);
    json_object_del(json, "threads");
    ot__json_set(&json, "version", json_string(ot_version()));
    return json;
}

static char *state_text(const ot_train_opts *opts, const json_t *circumstances,
                        const ot__position *p)
{
    json_t *json =
        json_pack("{s:O, s:o}", "options", circumstances, "machine", machine_json(opts->tier));
    ot__position_write(p, &json);
    char *text = json ? ot__json_dump(json, JSON_COMPACT | JSON_SORT_KEYS) : NULL;
    json_decref(json);
    return text;
}

/* Adds the average to the n items, if there is one. */
static ot_status list_average(const ot__average *a, int *n, ot__st_item **item)
{
    void **value = NULL;
    if (!a->values) return OT_OK;
    OT_TRY(ot__average_list(a, &value));
    const ot_status status = ot__st_list_average(a->params, value, a->dtype, n, item);
    ot__free(value);
    return status;
}

static ot_status save(const char *path, const ot_train_opts *opts, ot_optimiser *optimiser,
                      const ot__average *average, const char *state)
{
    ot__pairs pairs = { 0 };
    int n_items = 0;
    ot__st_item *item = NULL;
    const ot__states states = ot__optimiser_states(optimiser);
    ot_status status = OT_OK;
    for (int i = 0; i < opts->n_metadata && status == OT_OK; i++)
        status = ot__pairs_add(&pairs, opts->metadata[i][0], opts->metadata[i][1]);
    if (status == OT_OK) status = ot__pairs_add(&pairs, STATE, state);
    if (status == OT_OK) status = ot__st_list(opts->params, &states, states.dtype, &n_items, &item);
    if (status == OT_OK) {
        status = list_average(average, &n_items, &item);
        const ot_normalisation normalisation = ot_params_normalisation(opts->params);
        if (status == OT_OK)
            status =
                ot__st_write(opts->run ? ot__run_folder(opts->run) : -1, path, n_items, item,
                             &normalisation, (int)pairs.n, (const char *const(*)[2])pairs.pair);
        ot__st_list_free(n_items, item);
    }
    ot__pairs_free(&pairs);
    return status;
}

ot_status ot__checkpoint_save(const char *path, const ot_train_opts *opts, ot_optimiser *optimiser,
                              const ot__average *average, const json_t *circumstances,
                              const ot__position *position)
{
    char *state = state_text(opts, circumstances, position);
    if (!state) return ot__fail(OT_ENOMEM, "%s: out of memory for the state", path);
    const ot_status status = save(path, opts, optimiser, average, state);
    free(state);
    return status;
}

/* ---- load ---- */

/* Another machine or version may compute other bits.  The run resumes, with a note for whoever
 * compares results. */
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
        write_value(old, 0, a);
        write_value(value, 0, b);
        snprintf(
            sentence, sizeof sentence,
            "%.300s: its %s is %s, here it is %s: the bits may differ from those of a run that "
            "was never interrupted",
            path, key, a, b);
        opts->on_note(sentence, opts->user);
    }
    json_decref(now);
}

static ot_status load_average(const ot__st_file *f, const ot__average *a)
{
    void **value = NULL;
    if (!a->values) return OT_OK;
    OT_TRY(ot__average_list(a, &value));
    const ot_status status = ot__st_load_average(f, a->params, value, a->dtype);
    ot__free(value);
    return status;
}

static ot_status load(const ot__st_file *f, const ot_train_opts *opts, ot_optimiser *optimiser,
                      const ot__average *average, const json_t *circumstances, int batches,
                      ot__position *position)
{
    const char *text = ot__st_metadata(&f->header, STATE);
    if (!text)
        return ot__fail(OT_EFORMAT, "%s:8: it has no state of a training: it is no checkpoint",
                        f->path);
    json_t *json;
    ot_status status = ot__json_parse(text, strlen(text), &json, NULL);
    if (status == OT_ENOMEM) return ot__fail(OT_ENOMEM, "%s: out of memory for its state", f->path);
    if (status == OT_OK)
        status = ot__prolong(f->path, opts, json, json_object_get(json, "options"));
    if (status == OT_OK)
        status =
            check_circumstances(f->path, json_object_get(json, "options"), circumstances, opts);
    if (!json)
        status = ot__fail(OT_EFORMAT, "%s:8: the state of the training is not JSON", f->path);
    if (status == OT_OK) status = ot__position_read(json, f->path, opts, batches, position);
    if (status == OT_OK) status = load_average(f, average);
    const ot__states states = ot__optimiser_states(optimiser);
    if (status == OT_OK) status = ot__st_load(f, opts->params, &states);
    if (status == OT_OK) compare_machines(f->path, json_object_get(json, "machine"), opts);
    json_decref(json);
    return status;
}

ot_status ot__checkpoint_load(const char *path, const ot_train_opts *opts, ot_optimiser *optimiser,
                              const ot__average *average, const json_t *circumstances, int batches,
                              ot__position *position)
{
    ot__st_file f;
    OT_TRY(ot__st_open(path, &f));
    const ot_status status = load(&f, opts, optimiser, average, circumstances, batches, position);
    ot__st_close(&f);
    return status;
}
