/* SPDX-License-Identifier: BSD-3-Clause
 * jansson does not say whether it refused a text or had no memory for it.  So a text that was
 * refused is parsed once more.  If that fails too, the text is at fault if there is memory for a
 * string of the same length. */
#include "base/json.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/text.h"

static ot_status wrong_or_no_memory(const char *text, size_t size)
{
    json_t *const copy = json_stringn_nocheck(text, size);
    json_decref(copy);
    return copy ? OT_EFORMAT : OT_ENOMEM;
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

/* What is not printable stands in a string, is one to three bytes long, and becomes six. */
static void escape(const char *text, char *to)
{
    bool printable;
    for (int n; *text; text += n) {
        const unsigned char *const c = (const unsigned char *)text;
        n = ot__read_character(text, &printable);
        if (printable)
            memcpy(to, text, (size_t)n);
        else
            sprintf(to, "\\u%04X",
                    n == 1   ? *c
                    : n == 2 ? (c[0] & 0x1Fu) << 6 | (c[1] & 0x3Fu)
                             : (c[0] & 0xFu) << 12 | (c[1] & 0x3Fu) << 6 | (c[2] & 0x3Fu));
        to += printable ? n : 6;
    }
    *to = '\0';
}

char *ot__json_dump(const json_t *value, size_t flags)
{
    char *const text = json_dumps(value, flags);
    if (!text || ot__is_printable(text)) return text;
    char *const escaped = ot__new(6, strlen(text) + 1);
    if (escaped) escape(text, escaped);
    free(text);
    return escaped;
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
