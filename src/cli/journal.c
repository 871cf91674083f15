/* SPDX-License-Identifier: BSD-3-Clause */
#include "cli/journal.h"

#include <stdlib.h>
#include <string.h>

/* Without memory for a token jansson says that the text is wrong.  So a text that is refused is
 * read once more, and counts as wrong only when there is memory for as many bytes as it has. */
cli_taking cli_json_read(const char *text, size_t size, json_t **value, json_error_t *why)
{
    *value = json_loadb(text, size, 0, why);
    if (!*value) *value = json_loadb(text, size, 0, why);
    if (*value) return CLI_TAKEN;
    json_t *const room = json_stringn_nocheck(text, size);
    json_decref(room);
    return room ? CLI_REFUSED : CLI_NO_MEMORY;
}

static cli_taking take_text(const char *text, size_t size,
                            cli_taking (*take)(void *user, json_t *line), void *user)
{
    json_t *value;
    cli_taking taking = cli_json_read(text, size, &value, NULL);
    if (taking == CLI_TAKEN) taking = take(user, value);
    json_decref(value);
    return taking;
}

cli_taking cli_journal_read(FILE *from, cli_taking (*take)(void *user, json_t *line), void *user,
                            int *line)
{
    char *text = NULL;
    size_t room = 0;
    cli_taking taking = CLI_TAKEN;
    ssize_t n = 0;
    *line = 0;
    while (taking == CLI_TAKEN && (n = getline(&text, &room, from)) > 0 && text[n - 1] == '\n') {
        ++*line;
        taking = take_text(text, (size_t)n, take, user);
    }
    if (n < 0 && !feof(from) && !ferror(from)) taking = CLI_NO_MEMORY;
    free(text);
    return taking;
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

/* What the network or the fingerprint of the training images says anyway, and the seed. */
static bool is_told(const char *key)
{
    static const char *const told[] = { "blocks", "evaluations", "convs",     "params",
                                        "seed",   "mean",        "deviation", "test_fingerprint" };
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

static bool append_value(char *text, size_t size, const char *key, const json_t *value)
{
    const size_t used = strlen(text);
    char *const other = json_dumps(value, JSON_ENCODE_ANY | JSON_COMPACT);
    if (json_is_string(value))
        snprintf(text + used, size - used, ", %s %s", key, json_string_value(value));
    else if (json_is_real(value))
        snprintf(text + used, size - used, ", %s %g", key, json_real_value(value));
    else if (other)
        snprintf(text + used, size - used, ", %s %s", key, other);
    free(other);
    return other != NULL;
}

bool cli_config_label(char *text, size_t size, int n, const json_t *const config[], int i,
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
            if (differs(n, config, parts[p], key) && !append_value(text, size, key, value))
                return false;
        }
    }
    return true;
}
