/* SPDX-License-Identifier: BSD-3-Clause
 * Compares the configurations of runs as JSON.  The key of a configuration is its text with sorted
 * keys and without the seed; its label lists the values that differ. */
#include "cli/runs/journal.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/decimal.h"
#include "base/json.h"
#include "cli/frame/message.h"
#include "cli/frame/options.h"

/* Adds to the first line what the numbers of the run were computed by, as "build".  Threads and
 * the name of the CPU are left out, since no number depends on them. */
static ot_status add_build(json_t *start, const ot_history *h)
{
    const json_t *const machine = json_object_get(start, "machine");
    json_t *const build =
        json_pack("{s:O*, s:O*, s:O*, s:O*, s:O*}", "version", json_object_get(start, "version"),
                  "kernels", json_object_get(machine, "kernels"), "cpu_features",
                  json_object_get(machine, "cpu_features"), "blis_version",
                  json_object_get(machine, "blis_version"), "blis_kernels",
                  json_object_get(machine, "blis_kernels"));
    bool good = build != NULL;
    if (h->elsewhere)
        good &= json_object_set_new(build, "resumed", json_string("by another build")) == 0;
    return json_object_set_new(start, "build", build) == 0 && good ? OT_OK : cli_no_memory();
}

static ot_status read_history(const char *directory, const char *path, ot_history **history,
                              json_t **start)
{
    ot_status status = ot_history_read(path, history);
    if (status == OT_ENOENT)
        return ot__fail(OT_ENOENT, "'%.200s' is not the directory of a run: %s", directory,
                        ot_message());
    if (status != OT_OK) return status;
    ot_history *const h = *history;
    if (h->note) cli_note_once(path, h->note);
    if (!h->start) return OT_OK;
    status = ot__json_parse(h->start, strlen(h->start), start, NULL);
    if (status == OT_ENOMEM) return cli_no_memory();
    if (json_is_object(json_object_get(*start, "net")) &&
        json_is_object(json_object_get(*start, "options")))
        return add_build(*start, h);
    return ot__fail(OT_EFORMAT,
                    "%s:1: the network or its options are missing; the journal is "
                    "damaged",
                    path);
}

ot_status cli_history_read(const char *directory, ot_history **history, json_t **start)
{
    char *path;
    *history = NULL;
    *start = NULL;
    OT_TRY(ot_run_path(directory, OT_RUN_JOURNAL, &path));
    const ot_status status = read_history(directory, path, history, start);
    free(path);
    return status;
}

ot_status cli_config_key(const json_t *config, char **key)
{
    json_t *const options = json_copy(json_object_get(config, "options"));
    *key = NULL;
    if (!options) return cli_no_memory();
    json_object_del(options, "seed");
    json_t *const rest =
        json_pack("{s:O, s:o, s:O*, s:O*, s:O*}", "net", json_object_get(config, "net"), "options",
                  options, "images", json_object_get(config, "images"), "plugins",
                  json_object_get(config, "plugins"), "build", json_object_get(config, "build"));
    if (rest) *key = json_dumps(rest, JSON_COMPACT | JSON_SORT_KEYS);
    json_decref(rest);
    return *key ? OT_OK : cli_no_memory();
}

/* Whether labels omit a key: the seed, and what follows from the network or the training images. */
static bool is_implied(const char *key)
{
    static const char *const implied[] = { "net",  "evaluations", "convs",     "params",
                                           "seed", "mean",        "deviation", "test_fingerprint" };
    for (size_t i = 0; i < sizeof implied / sizeof implied[0]; i++)
        if (strcmp(implied[i], key) == 0) return true;
    return false;
}

static const json_t *find(const json_t *config, const char *part, const char *key)
{
    return json_object_get(json_object_get(config, part), key);
}

static bool differs(int n, const json_t *const config[], const char *part, const char *key)
{
    for (int i = 1; i < n; i++)
        if (!json_equal(find(config[i], part, key), find(config[0], part, key))) return true;
    return false;
}

static ot_status append_value(char *text, size_t size, const char *key, const json_t *value)
{
    const size_t used = strlen(text);
    char *const other = ot__json_dump(value, JSON_ENCODE_ANY | JSON_COMPACT);
    if (json_is_string(value))
        snprintf(text + used, size - used, ", %s %s", key, json_string_value(value));
    else if (json_is_real(value))
        snprintf(text + used, size - used, ", %s %s", key, OT__REAL(json_real_value(value)));
    else if (other)
        snprintf(text + used, size - used, ", %s %s", key, other);
    free(other);
    return other ? OT_OK : cli_no_memory();
}

ot_status cli_config_label(char *text, size_t size, int n, const json_t *const config[], int i,
                           const char *left_out)
{
    static const char *const parts[] = { "net", "options", "images", "plugins", "build" };
    const char *const blocks = json_string_value(find(config[i], "net", "net"));
    snprintf(text, size, "%s", blocks ? blocks : "");
    for (size_t p = 0; p < sizeof parts / sizeof parts[0]; p++) {
        const char *key;
        json_t *value;
        json_object_foreach(json_object_get(config[i], parts[p]), key, value)
        {
            if (is_implied(key) || (left_out && strcmp(key, left_out) == 0)) continue;
            if (differs(n, config, parts[p], key)) OT_TRY(append_value(text, size, key, value));
        }
    }
    return OT_OK;
}
