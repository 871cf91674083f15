/* SPDX-License-Identifier: BSD-3-Clause
 * Reads a command line.  The command's tables of options are turned into one table for getopt_long.
 * ot__option_read converts and stores each value.  Each error becomes a sentence. */
#include "cli/frame/options.h"

#include <getopt.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "cli/frame/help.h"
#include "cli/frame/message.h"
#include "cli/frame/page.h"
#include "cli/frame/plugins.h"
#include "cli/frame/settle.h"
#include "cli/frame/words.h"
#include "odetape.h"

const ot_option cli_common_options[] = {
    { .name = "plugin",
      .kind = OT_OPTION_TEXTS,
      .argument = "FILE",
      .help = "load schemes and other parts from a shared library; may be repeated" },
    { .name = "help", .letter = 'h', .kind = (ot_option_kind)CLI_HELP, .help = "print this help" },
    { .name = "version",
      .letter = 'V',
      .kind = (ot_option_kind)CLI_VERSION,
      .help = "print version and build" },
    { 0 },
};

typedef struct binding {
    const ot_option *option;
    void *group;
    bool given;
} binding;

typedef struct table {
    int n;
    const void *plugins; /* the group of the common options, which go with c->source */
    binding bound[CLI_MOST_OPTIONS];
    struct option longs[CLI_MOST_OPTIONS + 1];
    const char *names[CLI_MOST_OPTIONS];
    char shorts[2 * CLI_MOST_OPTIONS + 2];
} table;

enum { FIRST_LONG = 256 }; /* getopt_long's value for bound[0]; smaller values are letters */

static void bind_options(table *t, const ot_option *options, void *group)
{
    for (const ot_option *o = options; o->name && t->n < CLI_MOST_OPTIONS; o++, t->n++) {
        const bool argument = ot__option_has_argument(o);
        t->bound[t->n] = (binding){ o, group, false };
        t->names[t->n] = o->name;
        t->longs[t->n] = (struct option){ o->name, argument ? required_argument : no_argument, NULL,
                                          FIRST_LONG + t->n };
        if (o->letter) {
            const size_t used = strlen(t->shorts);
            t->shorts[used] = o->letter;
            if (argument) t->shorts[used + 1] = ':';
        }
    }
}

/* plugins: where the common options store the values of --plugin. */
static void bind_command(table *t, const cli_command *c, void *settings, ot_text_list *plugins)
{
    t->shorts[0] = ':'; /* makes getopt_long return ':' for a missing argument */
    for (const cli_group *g = c->groups; g && g->title; g++)
        bind_options(t, g->options, (char *)settings + g->offset);
    if (c->json) bind_options(t, cli_json_options, &cli_chosen_view);
    if (c->wide) bind_options(t, cli_table_options, &cli_chosen_view);
    bind_options(t, cli_common_options, plugins);
    t->plugins = plugins;
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

/* A word with one hyphen, "-lr", is answered as one with two; its letters are not options. */
static ot_status unknown_letter(const table *t, const char *argument)
{
    const char letter[2] = { (char)optopt, '\0' };
    const bool is_word = argument[0] == '-' && argument[1] == letter[0] && argument[2];
    const char *const word = is_word ? argument + 1 : letter;
    char answer[160];
    return ot__fail(OT_EINVAL, "there is no option -%.60s%s", word,
                    cli_word_of_option(word, t->n, t->names, answer, sizeof answer));
}

/* The sentence for getopt_long's '?': a value for an option that takes none, an unknown letter, or
 * a name that is unknown or ambiguous. */
static ot_status unknown_option(table *t, const char *argument)
{
    char word[64], answer[160];
    if (optopt >= FIRST_LONG)
        return ot__fail(OT_EINVAL, "--%s takes no value", find_bound(t, optopt)->option->name);
    if (optopt) return unknown_letter(t, argument);
    snprintf(word, sizeof word, "%.*s", (int)strcspn(argument + 2, "="), argument + 2);
    if (*word && options_with_prefix(t, word, strlen(word)) > 1)
        return ot__fail(OT_EINVAL, "--%s could be several options; write it out", word);
    return ot__fail(OT_EINVAL, "there is no option --%s%s", word,
                    cli_word_of_option(word, t->n, t->names, answer, sizeof answer));
}

static ot_status take_option(const cli_command *c, binding *b, const char *value)
{
    const ot_option *const o = b->option;
    if ((int)o->kind == CLI_HELP) cli_print_help(c);
    if ((int)o->kind == CLI_VERSION) cli_print_version();
    if ((int)o->kind == CLI_HELP || (int)o->kind == CLI_VERSION) return CLI_DONE;
    b->given = true;
    const ot_status status =
        ot__option_read(o, ot__option_has_argument(o) ? value : "true", b->group);
    return status == OT_OK ? OT_OK : ot__fail(status, "--%s", ot_message());
}

static bool is_given(const table *t, const char *name)
{
    for (int i = 0; name && i < t->n; i++)
        if (strcmp(name, t->names[i]) == 0) return t->bound[i].given;
    return false;
}

static bool is_among_options(const table *t, const char *name)
{
    for (int i = 0; i < t->n; i++)
        if (strcmp(name, t->names[i]) == 0) return true;
    return false;
}

static bool is_among(const char *name, const char *const *names)
{
    for (; *names; names++)
        if (strcmp(name, *names) == 0) return true;
    return false;
}

/* Whether the option has a value, given or that of a system. */
static bool has_value(const binding *b)
{
    char value[OT__OPTION_TEXT];
    if (b->given) return true;
    if (b->option->kind != OT_OPTION_TEXT) return false;
    ot__option_write(b->option, b->group, value, sizeof value);
    return *value != 0;
}

/* Checks which options are given.  With c->source (train's --resume), only those in c->with_source
 * are allowed.  Without it, c->required must have a value. */
static ot_status check_given(const cli_command *c, const table *t)
{
    const bool sourced = is_given(t, c->source);
    for (int i = 0; i < t->n; i++) {
        const char *const name = t->names[i];
        if (sourced && t->bound[i].given && strcmp(name, c->source) != 0 &&
            t->bound[i].group != t->plugins && t->bound[i].group != &cli_chosen_view &&
            !is_among(name, c->with_source))
            return ot__fail(OT_EINVAL, "--%s cannot be given with --%s, which keeps its old value",
                            name, c->source);
        if (!sourced && c->required && strcmp(c->required, name) == 0 && !has_value(&t->bound[i]))
            return ot__fail(OT_EINVAL, "odetape %s needs --%s %s", c->name, name,
                            t->bound[i].option->argument);
    }
    return OT_OK;
}

static bool is_given_to(const char *name, const void *t)
{
    return is_given(t, name);
}

/* What an operand that is too many was probably meant as; "" if that is not known. */
static const char *meant_as(const cli_command *c, const table *t, const char *operand, char *text,
                            size_t size)
{
    struct stat there;
    const char *const names[] = { "net", "data" };
    const bool has_net = is_among_options(t, names[0]), exists = stat(operand, &there) == 0;
    *text = '\0';
    if (strcmp(operand, "help") == 0)
        snprintf(text, size, "; odetape %s --help lists its options", c->name);
    else if (exists && is_among_options(t, names[1]))
        snprintf(text, size, "; did you mean --data %.200s?", operand);
    else if (has_net && is_given(t, names[0]))
        snprintf(text, size, "; a network with blanks is put in quotes: --net \"rk4 x2\"");
    else if (has_net)
        snprintf(text, size, "; did you mean --net %.200s?", operand);
    return text;
}

static ot_status check_not_too_many(const cli_command *c, const table *t, int n, char **operands)
{
    char meant[256];
    const int most = c->n_operands + c->more_operands;
    if (n <= most) return OT_OK;
    return ot__fail(OT_EINVAL, "'%.500s' is one argument too many%s", operands[most],
                    meant_as(c, t, operands[most], meant, sizeof meant));
}

static ot_status check_enough(const cli_command *c, int n)
{
    if (n >= c->n_operands) return OT_OK;
    return ot__fail(OT_EINVAL, "odetape %s needs %s", c->name, c->operands);
}

static table parsed; /* the command line that was read last */

bool cli_is_given(const char *name)
{
    return is_given(&parsed, name);
}

/* The argument that getopt_long reads next: operands before it are passed over. */
static int next_argument(int argc, char **argv)
{
    int at = optind;
    while (at < argc && (argv[at][0] != '-' || !argv[at][1]))
        at++;
    return at < argc ? at : argc - 1;
}

ot_status cli_parse(const cli_command *c, int argc, char **argv, void *settings, char ***operands)
{
    parsed = (table){ 0 };
    ot_text_list plugins = { 0 };
    bind_command(&parsed, c, settings, &plugins);
    opterr = 0;
    for (;;) {
        const int at = next_argument(argc, argv);
        const int value = getopt_long(argc, argv, parsed.shorts, parsed.longs, NULL);
        if (value == -1) break;
        if (value == '?') return unknown_option(&parsed, argv[at]);
        if (value == ':') {
            const ot_option *const o = find_bound(&parsed, optopt)->option;
            return ot__fail(OT_EINVAL, "--%s needs a value: %s", o->name, o->argument);
        }
        const ot_status result = take_option(c, find_bound(&parsed, value), optarg);
        if (result != OT_OK) return result;
    }
    *operands = argv + optind;
    OT_TRY(check_not_too_many(c, &parsed, argc - optind, *operands));
    OT_TRY(cli_plugins_load(&plugins)); /* a recipe may name parts of a plugin */
    OT_TRY(cli_apply_system(c, settings, is_given_to, &parsed));
    OT_TRY(cli_settle_training(c, settings, is_given_to, &parsed));
    OT_TRY(check_given(c, &parsed));
    return check_enough(c, argc - optind);
}
