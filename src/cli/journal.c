/* SPDX-License-Identifier: BSD-3-Clause */
#include "cli/journal.h"

#include <stdlib.h>
#include <string.h>

int cli_journal_read(FILE *from, bool (*take)(void *user, json_t *line), void *user)
{
    char *text = NULL;
    size_t room = 0;
    int at = 0;
    bool good = true;
    for (ssize_t n; good && (n = getline(&text, &room, from)) > 0 && text[n - 1] == '\n'; at++) {
        json_t *const line = json_loadb(text, (size_t)n, 0, NULL);
        good = line && take(user, line);
        json_decref(line);
    }
    free(text);
    return good ? 0 : at;
}

char *cli_config_key(const json_t *config)
{
    json_t *const options = json_copy(json_object_get(config, "options"));
    if (!options) return NULL;
    json_object_del(options, "seed");
    json_t *const rest = json_pack("{s:O, s:o, s:O*}", "net", json_object_get(config, "net"),
                                   "options", options, "images", json_object_get(config, "images"));
    char *const key = rest ? json_dumps(rest, JSON_COMPACT | JSON_SORT_KEYS) : NULL;
    json_decref(rest);
    return key;
}

/* What the network says anyway, and the seed. */
static bool is_told(const char *key)
{
    static const char *const told[] = { "blocks", "evaluations", "convs", "params", "seed" };
    for (size_t i = 0; i < sizeof told / sizeof told[0]; i++)
        if (strcmp(told[i], key) == 0) return true;
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

static void append_value(char *text, size_t size, const char *key, const json_t *value)
{
    const size_t used = strlen(text);
    char *const other = json_dumps(value, JSON_ENCODE_ANY | JSON_COMPACT);
    if (json_is_string(value))
        snprintf(text + used, size - used, ", %s %s", key, json_string_value(value));
    else if (json_is_real(value))
        snprintf(text + used, size - used, ", %s %g", key, json_real_value(value));
    else
        snprintf(text + used, size - used, ", %s %s", key, other ? other : "?");
    free(other);
}

void cli_config_label(char *text, size_t size, int n, const json_t *const config[], int i,
                      const char *left_out)
{
    static const char *const parts[] = { "net", "options", "images" };
    const char *const blocks = json_string_value(find(config[i], "net", "blocks"));
    snprintf(text, size, "%s", blocks ? blocks : "");
    for (size_t p = 0; p < sizeof parts / sizeof parts[0]; p++) {
        const char *key;
        json_t *value;
        json_object_foreach(json_object_get(config[i], parts[p]), key, value)
        {
            if (is_told(key) || (left_out && strcmp(key, left_out) == 0)) continue;
            if (differs(n, config, parts[p], key)) append_value(text, size, key, value);
        }
    }
}
