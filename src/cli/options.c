/* SPDX-License-Identifier: BSD-3-Clause
 * Each kind of option is a pair of small functions, one that reads a value and one that writes it;
 * getopt_long does the rest. */
#include "cli/options.h"

#include <errno.h>
#include <getopt.h>
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/help.h"
#include "cli/message.h"
#include "odetape.h"

const cli_option cli_common_options[] = {
    { .name = "help", .letter = 'h', .kind = CLI_HELP, .help = "print this help" },
    { .name = "version", .letter = 'V', .kind = CLI_VERSION, .help = "print version and build" },
    { 0 },
};

/* ---- kinds of values ---- */

static bool read_long(const char **text, double least, double most, long *value)
{
    char *end;
    if (strchr("0123456789-+", **text) == NULL) return false; /* strtol would skip blanks */
    errno = 0;
    *value = strtol(*text, &end, 10);
    if (end == *text || errno != 0 || (double)*value < least || (double)*value > most) return false;
    *text = end;
    return true;
}

static bool read_int(const cli_option *o, const char *text, void *field)
{
    long value;
    if (!read_long(&text, o->least, o->most, &value) || *text) return false;
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
    char *end;
    if (*text < '0' || *text > '9') return false; /* strtoull would take a minus */
    errno = 0;
    const unsigned long long value = strtoull(text, &end, 10);
    if (*end || errno != 0) return false;
    *(uint64_t *)field = value;
    return true;
}

static void write_seed(const cli_option *o, const void *field, char *text, size_t size)
{
    (void)o;
    snprintf(text, size, "%llu", (unsigned long long)*(const uint64_t *)field);
}

static bool read_real(const cli_option *o, const char *text, void *field)
{
    char *end;
    if (!*text || *text == ' ') return false;
    const double value = strtod(text, &end);
    if (*end || !(value >= o->least && value <= o->most)) return false;
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
        for (long last = (long)o->least - 1;; text++) {
            if (list.n == CLI_MOST_MILESTONES) return false;
            if (!read_long(&text, (double)last + 1, o->most, &last)) return false;
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
    [CLI_REAL] = { true, read_real, write_real, "a number" },
    [CLI_TEXT] = { true, read_text, write_text, "a text that is not empty" },
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
    } field;
    return kinds[o->kind].read(o, text, &field);
}

/* ---- a command's arguments ---- */

typedef struct binding {
    const cli_option *option;
    void *group;
    bool given;
} binding;

typedef struct table {
    int n;
    binding bound[CLI_MOST_OPTIONS];
    struct option longs[CLI_MOST_OPTIONS + 1];
    const char *names[CLI_MOST_OPTIONS];
    char shorts[2 * CLI_MOST_OPTIONS + 2];
} table;

enum { FIRST_LONG = 256 }; /* getopt_long's value of bound[0]; below are letters */

static void bind_options(table *t, const cli_option *options, void *group)
{
    for (const cli_option *o = options; o->name && t->n < CLI_MOST_OPTIONS; o++, t->n++) {
        const bool argument = cli_option_has_argument(o);
        t->bound[t->n] = (binding) { o, group, false };
        t->names[t->n] = o->name;
        t->longs[t->n] = (struct option) { o->name, argument ? required_argument : no_argument,
                                           NULL, FIRST_LONG + t->n };
        if (o->letter) {
            const size_t used = strlen(t->shorts);
            t->shorts[used] = o->letter;
            if (argument) t->shorts[used + 1] = ':';
        }
    }
}

static void bind_command(table *t, const cli_command *c, void *settings)
{
    t->shorts[0] = ':'; /* getopt tells a missing argument from an unknown option */
    for (const cli_group *g = c->groups; g && g->title; g++)
        bind_options(t, g->options, (char *)settings + g->offset);
    bind_options(t, cli_common_options, NULL);
}

static binding *find_bound(table *t, int value)
{
    if (value >= FIRST_LONG) return &t->bound[value - FIRST_LONG];
    for (int i = 0; i < t->n; i++)
        if (t->bound[i].option->letter == value) return &t->bound[i];
    return NULL;
}

static int options_with_prefix(const table *t, const char *word, size_t length)
{
    int n = 0;
    for (int i = 0; i < t->n; i++)
        n += strncmp(t->names[i], word, length) == 0;
    return n;
}

/* getopt_long said '?': an unknown letter, a value that is not wanted, or an unknown or ambiguous
 * word. */
static int unknown_option(const cli_command *c, table *t, const char *argument)
{
    if (optopt >= FIRST_LONG)
        return cli_usage(c, "--%s takes no value", find_bound(t, optopt)->option->name);
    if (optopt) return cli_usage(c, "there is no option -%c", optopt);
    char word[64];
    snprintf(word, sizeof word, "%.*s", (int)strcspn(argument + 2, "="), argument + 2);
    if (*word && options_with_prefix(t, word, strlen(word)) > 1)
        return cli_usage(c, "--%s could be several options; write it out", word);
    const char *const nearest = ot_nearest(word, t->n, t->names);
    return nearest ? cli_usage(c, "there is no option --%s; did you mean --%s?", word, nearest)
                   : cli_usage(c, "there is no option --%s", word);
}

static int take_option(const cli_command *c, binding *b, const char *value)
{
    const cli_option *const o = b->option;
    char why[512];
    if (o->kind == CLI_HELP) return cli_print_help(c);
    if (o->kind == CLI_VERSION) return cli_print_version();
    b->given = true;
    if (cli_option_read(o, cli_option_has_argument(o) ? value : "true", b->group, why, sizeof why))
        return CLI_GO_ON;
    return cli_usage(c, "--%s", why);
}

static int check_operands(const cli_command *c, int n, char **operands)
{
    if (n < c->n_operands) return cli_usage(c, "odetape %s needs %s", c->name, c->operands);
    if (n > c->n_operands)
        return cli_usage(c, "'%s' is one argument too many", operands[c->n_operands]);
    return CLI_GO_ON;
}

int cli_parse(const cli_command *c, int argc, char **argv, void *settings, char ***operands)
{
    table t = { 0 };
    bind_command(&t, c, settings);
    opterr = 0;
    for (int value; (value = getopt_long(argc, argv, t.shorts, t.longs, NULL)) != -1;) {
        if (value == '?') return unknown_option(c, &t, argv[optind - 1]);
        if (value == ':') {
            const cli_option *const o = find_bound(&t, optopt)->option;
            return cli_usage(c, "--%s needs a value: %s", o->name, o->argument);
        }
        const int result = take_option(c, find_bound(&t, value), optarg);
        if (result != CLI_GO_ON) return result;
    }
    for (int i = 0; i < t.n; i++)
        if (c->required && strcmp(c->required, t.names[i]) == 0 && !t.bound[i].given)
            return cli_usage(c, "odetape %s needs --%s %s", c->name, t.names[i],
                             t.bound[i].option->argument);
    *operands = argv + optind;
    return check_operands(c, argc - optind, *operands);
}
