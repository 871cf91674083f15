/* SPDX-License-Identifier: BSD-3-Clause
 * Each kind of value is a pair of small functions, one that reads it and one that writes it; what
 * is written can be read again. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/frame/number.h"
#include "cli/frame/options.h"

static bool read_int(const cli_option *o, const char *text, void *field)
{
    long long value;
    if (!cli_read_whole(&text, (long long)o->least, (long long)o->most, &value) || *text)
        return false;
    *(int *)field = (int)value;
    return true;
}

static void write_int(const cli_option *o, const void *field, char *text, size_t size)
{
    (void)o;
    snprintf(text, size, "%d", *(const int *)field);
}

static bool read_seed(const cli_option *o, const char *text, void *field)
{
    (void)o;
    return cli_read_seed(text, field);
}

static void write_seed(const cli_option *o, const void *field, char *text, size_t size)
{
    (void)o;
    snprintf(text, size, "%llu", (unsigned long long)*(const uint64_t *)field);
}

static bool read_real(const cli_option *o, const char *text, void *field)
{
    double value;
    if (!cli_read_real(&text, o->least, o->most, &value) || *text) return false;
    *(double *)field = value;
    return true;
}

/* The shortest of the texts that read back as the same double. */
static void write_real(const cli_option *o, const void *field, char *text, size_t size)
{
    (void)o;
    const double value = *(const double *)field;
    for (int digits = 1; digits <= 17; digits++) {
        snprintf(text, size, "%.*g", digits, value);
        if (strtod(text, NULL) == value) break;
    }
}

static bool read_text(const cli_option *o, const char *text, void *field)
{
    (void)o;
    *(const char **)field = text;
    return *text != 0;
}

static void write_text(const cli_option *o, const void *field, char *text, size_t size)
{
    (void)o;
    const char *const value = *(const char *const *)field;
    snprintf(text, size, "%s", value ? value : "");
}

static bool read_texts(const cli_option *o, const char *text, void *field)
{
    (void)o;
    cli_texts *const texts = field;
    if (!*text || texts->n == CLI_MOST_TEXTS) return false;
    texts->value[texts->n++] = text;
    return true;
}

static void write_texts(const cli_option *o, const void *field, char *text, size_t size)
{
    (void)o;
    const cli_texts *const texts = field;
    snprintf(text, size, "%s", texts->n > 0 ? texts->value[texts->n - 1] : "");
}

static bool read_choice(const cli_option *o, const char *text, void *field)
{
    for (int i = 0; o->choices[i]; i++)
        if (strcmp(o->choices[i], text) == 0) {
            *(int *)field = i;
            return true;
        }
    return false;
}

static void write_choice(const cli_option *o, const void *field, char *text, size_t size)
{
    snprintf(text, size, "%s", o->choices[*(const int *)field]);
}

static bool read_list(const cli_option *o, const char *text, void *field)
{
    cli_list list = { 0 };
    if (strcmp(text, "none") != 0)
        for (long long last = (long long)o->least - 1;; text++) {
            if (list.n == CLI_MOST_MILESTONES) return false;
            if (!cli_read_whole(&text, last + 1, (long long)o->most, &last)) return false;
            list.value[list.n++] = (int)last;
            if (*text == 0) break;
            if (*text != ',') return false;
        }
    *(cli_list *)field = list;
    return true;
}

static void write_list(const cli_option *o, const void *field, char *text, size_t size)
{
    (void)o;
    const cli_list *const list = field;
    snprintf(text, size, "%s", list->n == 0 ? "none" : "");
    for (int i = 0, used = 0; i < list->n && used < (int)size; i++)
        used += snprintf(text + used, size - (size_t)used, "%s%d", i ? "," : "", list->value[i]);
}

static bool read_switch(const cli_option *o, const char *text, void *field)
{
    const bool on = strcmp(text, "true") == 0;
    *(bool *)field = on == (o->kind == CLI_SWITCH);
    return on || strcmp(text, "false") == 0;
}

static void write_switch(const cli_option *o, const void *field, char *text, size_t size)
{
    const bool on = *(const bool *)field == (o->kind == CLI_SWITCH);
    snprintf(text, size, "%s", on ? "true" : "false");
}

typedef struct kind {
    bool has_argument;
    bool (*read)(const cli_option *o, const char *text, void *field);
    void (*write)(const cli_option *o, const void *field, char *text, size_t size);
    const char *expected;
} kind;

static const kind kinds[] = {
    [CLI_SWITCH] = { false, read_switch, write_switch, "true or false" },
    [CLI_OFF] = { false, read_switch, write_switch, "true or false" },
    [CLI_INT] = { true, read_int, write_int, "a whole number" },
    [CLI_SEED] = { true, read_seed, write_seed, "a whole number from 0 to 18446744073709551615" },
    [CLI_REAL] = { true, read_real, write_real, "a decimal number" },
    [CLI_TEXT] = { true, read_text, write_text, "a text that is not empty" },
    [CLI_TEXTS] = { true, read_texts, write_texts, "a text that is not empty, up to 32 times" },
    [CLI_CHOICE] = { true, read_choice, write_choice, "one of" },
    [CLI_LIST] = { true, read_list, write_list, "none, or ascending whole numbers like 100,150" },
    [CLI_HELP] = { false, NULL, NULL, NULL },
    [CLI_VERSION] = { false, NULL, NULL, NULL },
};

bool cli_option_has_argument(const cli_option *o)
{
    return kinds[o->kind].has_argument;
}

void cli_option_write(const cli_option *o, const void *group, char *text, size_t size)
{
    kinds[o->kind].write(o, (const char *)group + o->offset, text, size);
}

static void say_what_is_expected(const cli_option *o, const char *text, char *why, size_t size)
{
    int n =
        snprintf(why, size, "%s is '%s'; it must be %s", o->name, text, kinds[o->kind].expected);
    if (o->choices)
        for (int i = 0; o->choices[i] && n < (int)size; i++)
            n += snprintf(why + n, size - (size_t)n, "%s %s", i ? "," : "", o->choices[i]);
    else if (o->most > o->least && n < (int)size)
        snprintf(why + n, size - (size_t)n, " from %.10g to %.10g", o->least, o->most);
}

bool cli_option_read(const cli_option *o, const char *text, void *group, char *why, size_t size)
{
    const bool good = kinds[o->kind].read(o, text, (char *)group + o->offset);
    if (!good) say_what_is_expected(o, text, why, size);
    return good;
}

bool cli_option_accepts(const cli_option *o, const char *text)
{
    union {
        double real;
        const void *text;
        cli_list list;
        cli_texts texts;
    } field = { .texts = { 0 } };
    return kinds[o->kind].read(o, text, &field);
}
