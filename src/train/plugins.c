/* SPDX-License-Identifier: BSD-3-Clause
 * A network with parts of a plugin computes what the plugin's code says.  So does a training with a
 * schedule or an optimiser of a plugin, or with images of its source.  So their files have name,
 * path and hash of the plugin.  A part that is missing is then a sentence that names the plugin,
 * and a training does not go on with other code unless the user accepts it. */
#include "train/plugins.h"

#include <stdio.h>
#include <string.h>

#include "base/json.h"
#include "data/dataset.h"
#include "models/net.h"
#include "schemes/plugin.h"
#include "train/parts.h"

enum { KEY = 32 }; /* bytes of "plugin.31.path" */

static bool has(int plugin, const ot_about *part)
{
    return part && ot__plugin_has(plugin, part);
}

static bool uses(ot__plugin_user u, int k)
{
    const ot_train_opts *const o = u.opts;
    if (ot__net_uses_plugin(u.net, k)) return true;
    return o && (has(k, ot__part_of(ot__optimisers(), o->optimiser, "sgd")) ||
                 has(k, ot__part_of(ot__schedules(), o->schedule, "step")) ||
                 has(k, o->train ? ot__dataset_source(o->train) : NULL));
}

/* The i-th of the loaded plugins that are used; NULL if there are no more. */
static const ot_plugin *used(ot__plugin_user u, int i)
{
    const ot_plugin *p;
    for (int k = 0; (p = ot_plugin_at(k)) != NULL; k++)
        if (uses(u, k) && i-- == 0) return p;
    return NULL;
}

static ot__plugin_user user_of(const ot_train_opts *opts)
{
    return (ot__plugin_user){ opts->net, opts };
}

static ot_status add(ot__pairs *to, int i, const char *what, const char *value)
{
    char key[KEY];
    snprintf(key, sizeof key, "plugin.%d%s", i, what);
    return ot__pairs_add(to, key, value);
}

ot_status ot__describe_plugins(ot__plugin_user u, ot__pairs *to)
{
    const ot_plugin *p;
    for (int i = 0; (p = used(u, i)) != NULL; i++) {
        OT_TRY(add(to, i, "", p->name));
        OT_TRY(add(to, i, ".path", p->path));
        OT_TRY(add(to, i, ".hash", p->hash));
    }
    return OT_OK;
}

json_t *ot__plugins_json(ot__plugin_user u)
{
    json_t *array = json_array();
    const ot_plugin *p;
    for (int i = 0; (p = used(u, i)) != NULL; i++)
        ot__json_append(&array, json_pack("{s:s, s:s, s:s}", "name", p->name, "path", p->path,
                                          "hash", p->hash));
    return array;
}

json_t *ot__plugin_hashes_json(const ot_train_opts *opts)
{
    json_t *object = json_object();
    const ot_plugin *p;
    for (int i = 0; (p = used(user_of(opts), i)) != NULL; i++)
        ot__json_set(&object, p->name, json_string(p->hash));
    return object;
}

/* ---- comparing ---- */

/* "hash 0123abcd", or "no plugin of this name". */
static void write_hash(const char *hash, char text[40])
{
    if (hash)
        snprintf(text, 40, "hash %.8s", hash);
    else
        snprintf(text, 40, "no plugin of this name");
}

static ot_status check_one(const char *path, const char *name, const json_t *then,
                           const json_t *now, const ot_train_opts *opts)
{
    const char *const old = json_string_value(json_object_get(then, name));
    const char *const new = json_string_value(json_object_get(now, name));
    char before[40], after[40], sentence[600];
    if (old && new &&strcmp(old, new) == 0) return OT_OK;
    write_hash(old, before);
    write_hash(new, after);
    if (!opts->accept_plugins)
        return ot__fail(OT_EINVAL,
                        "%s: the plugin %s is another one: the training had %s, and is to go on "
                        "with %s; --plugin must name the same file, or --accept-plugin accepts "
                        "the change",
                        path, name, before, after);
    snprintf(sentence, sizeof sentence,
             "%.300s: the plugin %.60s is another one: the training had %s, and goes on with %s",
             path, name, before, after);
    if (opts->on_note) opts->on_note(sentence, opts->user);
    return OT_OK;
}

ot_status ot__plugins_check(const char *path, const json_t *then, const json_t *now,
                            const ot_train_opts *opts)
{
    const char *name;
    json_t *value;
    json_object_foreach((json_t *)then, name, value) /* reads only */
    {
        OT_TRY(check_one(path, name, then, now, opts));
    }
    json_object_foreach((json_t *)now, name, value)
    {
        if (!json_object_get(then, name)) OT_TRY(check_one(path, name, then, now, opts));
    }
    return OT_OK;
}

ot_status ot__explain_plugins(const ot__st_file *f, ot_status status)
{
    char key[KEY];
    for (int i = 0; i < 1000; i++) {
        snprintf(key, sizeof key, "plugin.%d", i);
        const char *const name = ot__st_metadata(&f->header, key);
        if (!name) return status;
        if (ot__plugin_find(name)) continue;
        snprintf(key, sizeof key, "plugin.%d.path", i);
        const char *const path = ot__st_metadata(&f->header, key);
        return ot__fail(status,
                        "%s; the file was made with the plugin %.200s (%.1000s), which is not "
                        "loaded; --plugin loads it",
                        ot_message(), name, path ? path : "its path is not known");
    }
    return status;
}
