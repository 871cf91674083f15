/* SPDX-License-Identifier: BSD-3-Clause */
#include "base/json.h"

#include <string.h>

/* jansson does not tell texts that are wrong from texts that it had no memory for.  So what is
 * refused is tried once more, and is wrong only when there is memory for as many bytes. */
static ot_status wrong_or_no_memory(const char *text, size_t size)
{
    json_t *const room = json_stringn_nocheck(text, size);
    json_decref(room);
    return room ? OT_EFORMAT : OT_ENOMEM;
}

ot_status ot__json_parse(const char *text, size_t size, json_t **value, json_error_t *why)
{
    *value = json_loadb(text, size, JSON_REJECT_DUPLICATES, why);
    if (!*value) *value = json_loadb(text, size, JSON_REJECT_DUPLICATES, why);
    return *value ? OT_OK : wrong_or_no_memory(text, size);
}

ot_status ot__json_text(const char *text, json_t **value)
{
    *value = json_string(text);
    if (!*value) *value = json_string(text);
    return *value ? OT_OK : wrong_or_no_memory(text, strlen(text));
}

static void clear(json_t **value)
{
    json_decref(*value);
    *value = NULL;
}

void ot__json_set(json_t **to, const char *key, json_t *value)
{
    if (json_object_set_new(*to, key, value) != 0) clear(to);
}

void ot__json_append(json_t **to, json_t *value)
{
    if (json_array_append_new(*to, value) != 0) clear(to);
}
