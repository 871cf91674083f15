/* SPDX-License-Identifier: BSD-3-Clause
 * A plugin is recognised by its name, and its code by the hash of its file.  Weights have both in
 * their metadata, runs in their journals.  Other code under the same name may give other results,
 * which the numbers do not show, so a note says so. */
#include "cli/runs/plugins.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/frame/message.h"

static const ot_plugin *find_loaded(const char *name)
{
    for (int i = 0; i < ot_plugin_count(); i++)
        if (strcmp(ot_plugin_at(i)->name, name) == 0) return ot_plugin_at(i);
    return NULL;
}

/* A note on each subject is printed once. */
static void note_difference(const char *who, const char *name, const char *hash, const char *whose,
                            const char *other)
{
    char subject[512], sentence[1024];
    snprintf(subject, sizeof subject, "%.200s %.64s", who, name);
    snprintf(sentence, sizeof sentence,
             "'%.400s' was made with another version of the plugin %.64s: its hash is %.8s, that "
             "%.400s is %.8s",
             who, name, hash, whose, other);
    cli_note_once(subject, sentence);
}

/* ---- a file of weights ---- */

static void compare_one(const char *file, const char *name, const char *hash)
{
    char sentence[1024];
    const ot_plugin *const p = find_loaded(name);
    if (p && strcmp(p->hash, hash) == 0) return;
    if (p) {
        note_difference(file, name, hash, "of the loaded one", p->hash);
        return;
    }
    snprintf(sentence, sizeof sentence,
             "'%.400s' was made with the plugin %.64s, which is not loaded; its parts and "
             "images are now those of odetape or of another plugin",
             file, name);
    cli_note_once(file, sentence);
}

/* "plugin.0", "plugin.0.hash"; NULL after the last plugin. */
static char *read_key(const char *file, int i, const char *what)
{
    char key[40], *value = NULL;
    snprintf(key, sizeof key, "plugin.%d%s", i, what);
    return ot_safetensors_metadata(file, key, &value) == OT_OK ? value : NULL;
}

void cli_plugins_compare_file(const char *file)
{
    char *name;
    for (int i = 0; i < 1000 && (name = read_key(file, i, "")) != NULL; i++) {
        char *const hash = read_key(file, i, ".hash");
        compare_one(file, name, hash ? hash : "");
        free(hash);
        free(name);
    }
}

bool cli_plugins_missing(const char *file, char *text, size_t size)
{
    bool found = false;
    char *name;
    text[0] = '\0';
    for (int i = 0; !found && i < 1000 && (name = read_key(file, i, "")) != NULL; i++) {
        char *const path = read_key(file, i, ".path");
        found = !find_loaded(name);
        if (found)
            snprintf(text, size, "the plugin %.64s (%.1000s)", name,
                     path ? path : "its path is not known");
        free(path);
        free(name);
    }
    return found;
}

/* ---- runs ---- */

static const char *hash_of(const cli_outcome *run, const char *name)
{
    return json_string_value(json_object_get(json_object_get(run->config, "plugins"), name));
}

static void compare_run(const cli_comparison *c, int i)
{
    const char *name;
    json_t *value;
    json_object_foreach(json_object_get(c->run[i].config, "plugins"), name, value)
    {
        const char *const hash = json_string_value(value);
        const ot_plugin *const p = find_loaded(name);
        if (!hash) continue;
        if (p && strcmp(p->hash, hash) != 0)
            note_difference(c->run[i].name, name, hash, "of the loaded one", p->hash);
        for (int k = 0; k < i; k++) {
            char whose[300];
            const char *const other = hash_of(&c->run[k], name);
            if (!other || strcmp(other, hash) == 0) continue;
            snprintf(whose, sizeof whose, "in '%.256s'", c->run[k].name);
            note_difference(c->run[i].name, name, hash, whose, other);
            break;
        }
    }
}

void cli_plugins_compare_runs(const cli_comparison *c)
{
    for (int i = 0; i < c->n; i++)
        compare_run(c, i);
}
