/* SPDX-License-Identifier: BSD-3-Clause
 * Each kind of value is a row of functions: one that reads it from text, one that writes it, and
 * one that makes JSON of it. */
#include "base/option.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/decimal.h"
#include "base/json.h"

static bool read_int(const ot_option *o, const char *text, void *field)
{
    long long value;
    if (!ot__read_whole(&text, (long long)o->least, (long long)o->most, &value) || *text)
        return false;
    *(int *)field = (int)value;
    return true;
}

static void write_int(const ot_option *o, const void *field, char *text, size_t size)
{
    (void)o;
    snprintf(text, size, "%d", *(const int *)field);
}

static bool read_seed(const ot_option *o, const char *text, void *field)
{
    (void)o;
    return ot__read_seed(text, field);
}

static void write_seed(const ot_option *o, const void *field, char *text, size_t size)
{
    (void)o;
    snprintf(text, size, "%llu", (unsigned long long)*(const uint64_t *)field);
}

static bool read_real(const ot_option *o, const char *text, void *field)
{
    double value;
    if (!ot__read_real(&text, o->least, o->most, &value) || *text) return false;
    *(double *)field = value;
    return true;
}

static void write_real(const ot_option *o, const void *field, char *text, size_t size)
{
    (void)o;
    snprintf(text, size, "%s", OT__REAL(*(const double *)field));
}

static bool read_text(const ot_option *o, const char *text, void *field)
{
    (void)o;
    *(const char **)field = text;
    return *text != 0;
}

static void write_text(const ot_option *o, const void *field, char *text, size_t size)
{
    (void)o;
    const char *const value = *(const char *const *)field;
    snprintf(text, size, "%s", value ? value : "");
}

static bool read_texts(const ot_option *o, const char *text, void *field)
{
    (void)o;
    ot_text_list *const texts = field;
    if (!*text || texts->n == OT_TEXT_LIST_MOST) return false;
    texts->value[texts->n++] = text;
    return true;
}

static void write_texts(const ot_option *o, const void *field, char *text, size_t size)
{
    (void)o;
    const ot_text_list *const texts = field;
    snprintf(text, size, "%s", texts->n > 0 ? texts->value[texts->n - 1] : "");
}

static bool read_held(const ot_option *o, const char *text, void *field)
{
    (void)o;
    ot_text *const held = field;
    const size_t length = strlen(text);
    if (length == 0 || length >= sizeof held->s) return false;
    memcpy(held->s, text, length + 1);
    return true;
}

/* Adds a comma and the text to what is there. */
static bool read_joined(const ot_option *o, const char *text, void *field)
{
    ot_text *const held = field;
    const size_t used = strnlen(held->s, sizeof held->s - 1), length = strlen(text);
    if (used == 0) return read_held(o, text, field);
    if (length == 0 || used + 1 + length >= sizeof held->s) return false;
    held->s[used] = ',';
    memcpy(held->s + used + 1, text, length + 1);
    return true;
}

static void write_held(const ot_option *o, const void *field, char *text, size_t size)
{
    (void)o;
    snprintf(text, size, "%s", ((const ot_text *)field)->s);
}

static bool read_choice(const ot_option *o, const char *text, void *field)
{
    for (int i = 0; o->choices[i]; i++)
        if (strcmp(o->choices[i], text) == 0) {
            *(int *)field = i;
            return true;
        }
    return false;
}

static void write_choice(const ot_option *o, const void *field, char *text, size_t size)
{
    const int value = *(const int *)field;
    int n = 0;
    while (o->choices[n])
        n++;
    if (value >= 0 && value < n)
        snprintf(text, size, "%s", o->choices[value]);
    else
        snprintf(text, size, "%d", value); /* which a caller in C has stored */
}

static bool read_list(const ot_option *o, const char *text, void *field)
{
    ot_int_list list = { 0 };
    if (strcmp(text, "none") != 0)
        for (long long last = (long long)o->least - 1;; text++) {
            if (list.n == OT_INT_LIST_MOST) return false;
            if (!ot__read_whole(&text, last + 1, (long long)o->most, &last)) return false;
            list.value[list.n++] = (int)last;
            if (*text == 0) break;
            if (*text != ',') return false;
        }
    *(ot_int_list *)field = list;
    return true;
}

static void write_list(const ot_option *o, const void *field, char *text, size_t size)
{
    (void)o;
    const ot_int_list *const list = field;
    snprintf(text, size, "%s", list->n == 0 ? "none" : "");
    for (int i = 0, used = 0; i < list->n && i < OT_INT_LIST_MOST && used < (int)size; i++)
        used += snprintf(text + used, size - (size_t)used, "%s%d", i ? "," : "", list->value[i]);
}

/* ---- bytes ---- */

static const char powers[] = "KMG";

static bool read_bytes(const ot_option *o, const char *text, void *field)
{
    long long n = 0;
    (void)o;
    if (strcmp(text, "min") == 0) {
        *(size_t *)field = OT_LEAST_MEMORY;
        return true;
    }
    if (!ot__read_whole(&text, 1, INT64_MAX >> 30, &n)) return false;
    const char *const power = *text ? strchr(powers, *text) : NULL;
    if (*text && (!power || text[1])) return false;
    *(size_t *)field = (size_t)n << (power ? 10 * (power - powers + 1) : 0);
    return *(size_t *)field != OT_LEAST_MEMORY;
}

static void write_bytes(const ot_option *o, const void *field, char *text, size_t size)
{
    size_t n = *(const size_t *)field;
    int power = 0;
    (void)o;
    for (; n > 0 && n % 1024 == 0 && power < 3; power++)
        n /= 1024;
    if (power > 0)
        snprintf(text, size, "%zu%c", n, powers[power - 1]);
    else if (n <= OT_LEAST_MEMORY)
        snprintf(text, size, "%s", n ? "min" : "none");
    else
        snprintf(text, size, "%zu", n);
}

static bool read_switch(const ot_option *o, const char *text, void *field)
{
    const bool on = strcmp(text, "true") == 0;
    *(bool *)field = on == (o->kind == OT_OPTION_SWITCH);
    return on || strcmp(text, "false") == 0;
}

static void write_switch(const ot_option *o, const void *field, char *text, size_t size)
{
    const bool on = *(const bool *)field == (o->kind == OT_OPTION_SWITCH);
    snprintf(text, size, "%s", on ? "true" : "false");
}

/* ---- JSON ---- */

static json_t *json_of_int(const void *field)
{
    return json_integer(*(const int *)field);
}

/* A number where JSON readers have one for it, otherwise its digits. */
static json_t *json_of_seed(const void *field)
{
    const uint64_t seed = *(const uint64_t *)field;
    return seed <= INT64_MAX ? json_integer((json_int_t)seed) : NULL;
}

static json_t *json_of_real(const void *field)
{
    return json_real(*(const double *)field);
}

static json_t *json_of_list(const void *field)
{
    const ot_int_list *const list = field;
    json_t *array = json_array();
    for (int i = 0; i < list->n; i++)
        ot__json_append(&array, json_integer(list->value[i]));
    return array;
}

/* ---- the kinds ---- */

typedef struct kind {
    size_t size; /* of the field */
    bool has_argument;
    bool (*read)(const ot_option *o, const char *text, void *field);
    void (*write)(const ot_option *o, const void *field, char *text, size_t size);
    const char *expected;
    json_t *(*json)(const void *field); /* NULL: the value is a word */
} kind;

static const kind kinds[] = {
    [OT_OPTION_SWITCH] = { sizeof(bool), false, read_switch, write_switch, "true or false" },
    [OT_OPTION_OFF] = { sizeof(bool), false, read_switch, write_switch, "true or false" },
    [OT_OPTION_INT] = { sizeof(int), true, read_int, write_int, "a whole number", json_of_int },
    [OT_OPTION_SEED] = { sizeof(uint64_t), true, read_seed, write_seed,
                         "a whole number from 0 to 18446744073709551615", json_of_seed },
    [OT_OPTION_REAL] = { sizeof(double), true, read_real, write_real, "a decimal number",
                         json_of_real },
    [OT_OPTION_TEXT] = { sizeof(const char *), true, read_text, write_text,
                         "a text that is not empty" },
    [OT_OPTION_TEXTS] = { sizeof(ot_text_list), true, read_texts, write_texts,
                          "a text that is not empty, up to 32 times" },
    [OT_OPTION_HELD] = { sizeof(ot_text), true, read_held, write_held,
                         "a text of 1 to 1023 bytes" },
    [OT_OPTION_JOINED] = { sizeof(ot_text), true, read_joined, write_held,
                           "a text that is not empty, all together of at most 1023 bytes" },
    [OT_OPTION_CHOICE] = { sizeof(int), true, read_choice, write_choice, "one of" },
    [OT_OPTION_BYTES] = { sizeof(size_t), true, read_bytes, write_bytes,
                          "a number of bytes such as 500M or 2G, or min" },
    [OT_OPTION_LIST] = { sizeof(ot_int_list), true, read_list, write_list,
                         "none, or ascending whole numbers like 100,150", json_of_list },
};

bool ot__option_has_argument(const ot_option *o)
{
    return (size_t)o->kind < sizeof kinds / sizeof kinds[0] && kinds[o->kind].has_argument;
}

void ot__option_write(const ot_option *o, const void *of, char *text, size_t size)
{
    kinds[o->kind].write(o, (const char *)of + o->offset, text, size);
}

void ot__option_copy(const ot_option *o, const void *from, void *to)
{
    memcpy((char *)to + o->offset, (const char *)from + o->offset, kinds[o->kind].size);
}

static ot_status refuse(const ot_option *o, const char *text)
{
    char words[256] = "";
    size_t n = 0;
    for (int i = 0; o->choices && o->choices[i] && n < sizeof words; i++)
        n += (size_t)snprintf(words + n, sizeof words - n, "%s %s", i ? "," : "", o->choices[i]);
    if (!o->choices && o->most > o->least)
        snprintf(words, sizeof words, " from %s to %s", OT__REAL(o->least), OT__REAL(o->most));
    return ot__fail(OT_EINVAL, "%s is '%s'; it must be %s%s", o->name, text,
                    kinds[o->kind].expected, words);
}

ot_status ot__option_read(const ot_option *o, const char *text, void *of)
{
    return kinds[o->kind].read(o, text, (char *)of + o->offset) ? OT_OK : refuse(o, text);
}

bool ot__option_accepts(const ot_option *o, const char *text)
{
    union {
        double real;
        const void *text;
        ot_int_list list;
        ot_text_list texts;
        ot_text held; /* the largest, so that all others are zero too */
    } field = { .held = { "" } };
    return kinds[o->kind].read(o, text, &field);
}

bool ot__option_is_written(const ot_option *o, const void *of)
{
    char text[OT__OPTION_TEXT];
    ot__option_write(o, of, text, sizeof text);
    return ot__option_accepts(o, text) && !(o->unsaid && strcmp(text, o->unsaid) == 0);
}

json_t *ot__option_json(const ot_option *o, const void *of)
{
    char text[OT__OPTION_TEXT];
    const void *field = (const char *)of + o->offset;
    json_t *number = kinds[o->kind].json ? kinds[o->kind].json(field) : NULL;
    if (!number && kinds[o->kind].json)
        number = kinds[o->kind].json(field); /* there was no memory */
    if (number) return number;
    ot__option_write(o, of, text, sizeof text);
    if (o->kind == OT_OPTION_SWITCH || o->kind == OT_OPTION_OFF)
        return json_boolean(strcmp(text, "true") == 0);
    return json_string(text);
}
