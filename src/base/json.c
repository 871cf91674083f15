/* SPDX-License-Identifier: BSD-3-Clause
 * jansson does not say whether it refused a text or had no memory for it.  So a text that was
 * refused is parsed once more.  If that fails too, the text is at fault if there is memory for a
 * string of the same length. */
#include "base/json.h"

#include <float.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/decimal.h"
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

/* What is not printable stands in a string, is one to three bytes long, and becomes six.  Line ends
 * stand between values: jansson writes those in strings as \n. */
static void escape(const char *text, char *to)
{
    bool printable;
    for (int n; *text; text += n) {
        const unsigned char *const c = (const unsigned char *)text;
        n = ot__read_character(text, &printable);
        printable |= *text == '\n';
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

/* The shortest text of the number that begins at `text` and is n bytes long; NULL if it is whole
 * or has no shorter one.  A number keeps its point or exponent, by which readers know its type. */
static const char *shorter(const char *text, size_t n, ot__real *t)
{
    const char *end = text;
    double value;
    if (!memchr(text, '.', n) && !memchr(text, 'e', n)) return NULL;
    if (!ot__read_real(&end, -DBL_MAX, DBL_MAX, &value) || end != text + n) return NULL;
    ot__real_text(t, value);
    if (!strpbrk(t->s, ".e")) strcat(t->s, ".0");
    return strlen(t->s) < n ? t->s : NULL;
}

/* Writes each number outside of strings by its shortest text.  jansson writes 17 digits. */
static void shorten_numbers(char *text)
{
    char *to = text;
    bool in_string = false;
    while (*text) {
        const size_t n = in_string ? 0 : strspn(text, "0123456789+-.e");
        ot__real t;
        const char *const number = n > 0 ? shorter(text, n, &t) : NULL;
        const size_t copied = number ? strlen(number) : n > 0 ? n : *text == '\\' ? 2 : 1;
        if (n == 0 && *text == '"') in_string = !in_string;
        memmove(to, number ? number : text, copied);
        to += copied;
        text += n > 0 ? n : copied;
    }
    *to = '\0';
}

char *ot__json_dump(const json_t *value, size_t flags)
{
    char *const text = json_dumps(value, flags);
    if (text) shorten_numbers(text);
    if (!text || ot__is_printable(text)) return text;
    char *const escaped = ot__new(6, strlen(text) + 1);
    if (escaped) escape(text, escaped);
    free(text);
    return escaped;
}

bool ot__json_same(const json_t *a, const json_t *b)
{
    const char *const x = json_string_value(a), *const y = json_string_value(b);
    return json_equal((json_t *)a, (json_t *)b) || (x && y && ot__same_decimals(x, y)); /* reads */
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
