/* SPDX-License-Identifier: BSD-3-Clause
 * Completion of command lines.  Commands and options come from their tables, the values of options
 * from the registries of the library, and runs from the directory runs. */
#include "cli/frame/complete.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/frame/command.h"
#include "cli/frame/options.h"
#include "cli/frame/page.h"
#include "cli/frame/print.h"
#include "odetape.h"

/* A name of a list and what it is; the name is NULL after the last one. */
typedef struct entry {
    const char *name, *what;
} entry;
typedef entry entry_at(int i);

static entry preset(const ot_preset *p)
{
    return p ? (entry){ p->name, p->summary } : (entry){ 0 };
}

static entry about(const ot_about *a)
{
    return a ? (entry){ a->name, a->equation } : (entry){ 0 };
}

static entry scheme(int i)
{
    const ot_scheme *const s = ot_scheme_at(i);
    return s ? (entry){ ot_scheme_name(s), ot_scheme_title(s) } : (entry){ 0 };
}

static entry tableau(int i)
{
    const ot_scheme *const s = ot_scheme_at(i);
    return s && ot_scheme_tableau(s) ? scheme(i) : (entry){ 0 };
}

static entry published(int i)
{
    return preset(ot_system_at(i));
}

static entry recipe(int i)
{
    return preset(ot_recipe_at(i));
}

static entry naming(int i)
{
    const ot_naming *const n = ot_naming_at(i);
    return about(n ? &n->about : NULL);
}

static entry optimiser(int i)
{
    const ot_optimiser_kind *const k = ot_optimiser_kind_at(i);
    return about(k ? &k->about : NULL);
}

static entry schedule(int i)
{
    const ot_schedule_kind *const k = ot_schedule_kind_at(i);
    return about(k ? &k->about : NULL);
}

static entry format(int i)
{
    const ot_export_format *const f = ot_export_format_at(i);
    return f ? (entry){ f->name, f->what } : (entry){ 0 };
}

/* The lists whose names an option takes, and those of the operands of a command. */
typedef struct list {
    const char *of;
    entry_at *at;
} list;
static const list of_options[] = {
    { "net", scheme },          { "system", published },  { "recipe", recipe }, { "names", naming },
    { "optimiser", optimiser }, { "schedule", schedule }, { "to", format },     { 0 },
};
static const list of_operands[] = {
    { "scheme show", scheme },
    { "scheme import", NULL },
    { "scheme", tableau },
    { "system show", published },
    { "system check", published },
    { "recipe show", recipe },
    { 0 },
};

static void offer(const char *word, const char *begun, const char *what)
{
    if (strncmp(word, begun, strlen(begun)) == 0)
        cli_print(stdout, "%s\t%s\n", word, what ? what : "");
}

static void offer_list(entry_at *at, const char *begun)
{
    for (int i = 0; at && at(i).name; i++)
        offer(at(i).name, begun, at(i).what);
}

/* The directories in runs that have a journal. */
static void offer_runs(const char *begun)
{
    static const char folder[] = "runs";
    DIR *const d = opendir(folder);
    const struct dirent *e;
    while (d && (e = readdir(d)) != NULL) {
        char run[300], *journal = NULL;
        snprintf(run, sizeof run, "%s/%s", folder, e->d_name);
        if (ot_run_path(run, OT_RUN_JOURNAL, &journal) == OT_OK && access(journal, F_OK) == 0)
            offer(run, begun, "a run");
        free(journal);
    }
    if (d) closedir(d);
}

/* The first words of all commands, each once, or the second words of those that begin with
 * `first`. */
static void offer_commands(const char *first, const char *begun)
{
    const size_t length = first ? strlen(first) : 0;
    char last[32] = "";
    for (int i = 0; i < cli_command_count; i++) {
        const char *const name = cli_commands[i]->name, *const blank = strchr(name, ' ');
        if (first && blank && (size_t)(blank - name) == length && strncmp(name, first, length) == 0)
            offer(blank + 1, begun, cli_commands[i]->summary);
        if (first) continue;
        char word[32];
        snprintf(word, sizeof word, "%.*s", (int)strcspn(name, " "), name);
        if (strcmp(word, last) != 0) offer(word, begun, blank ? "" : cli_commands[i]->summary);
        snprintf(last, sizeof last, "%s", word);
    }
}

/* The tables of options of a command: table i, or NULL after the last one. */
static const ot_option *table_of(const cli_command *c, int i)
{
    const ot_option *const others[] = { c->json ? cli_json_options : NULL,
                                        c->wide ? cli_table_options : NULL, cli_common_options };
    int n = 0;
    for (const cli_group *g = c->groups; g && g->title; g++)
        if (n++ == i) return g->options;
    for (size_t k = 0; k < sizeof others / sizeof others[0]; k++)
        if (others[k] && n++ == i) return others[k];
    return NULL;
}

static const ot_option *option_of(const cli_command *c, const char *word)
{
    const ot_option *o;
    for (int i = 0; (o = table_of(c, i)) != NULL; i++)
        for (; o->name; o++) {
            if (strncmp(word, "--", 2) == 0 && strcmp(word + 2, o->name) == 0) return o;
            if (word[0] == '-' && o->letter && word[1] == o->letter && !word[2]) return o;
        }
    return NULL;
}

static void offer_options(const cli_command *c, const char *begun)
{
    const ot_option *o;
    for (int i = 0; (o = table_of(c, i)) != NULL; i++)
        for (; o->name; o++) {
            char word[64];
            snprintf(word, sizeof word, "--%s", o->name);
            offer(word, begun, o->help);
        }
}

static void offer_values(const ot_option *o, const char *begun)
{
    for (const char *const *choice = o->choices; choice && *choice; choice++)
        offer(*choice, begun, "");
    for (const list *l = of_options; l->of; l++)
        if (strcmp(l->of, o->name) == 0) offer_list(l->at, begun);
    if (strcmp(o->name, "resume") == 0) offer_runs(begun);
}

static void offer_operands(const cli_command *c, const char *begun)
{
    for (const list *l = of_operands; l->of; l++)
        if (strncmp(c->name, l->of, strlen(l->of)) == 0) {
            offer_list(l->at, begun);
            break;
        }
    if (strncmp(c->operands, "RUN", 3) == 0 || strcmp(c->name, "verify") == 0) offer_runs(begun);
}

/* The command that the first words name; *used becomes their number. */
static const cli_command *command_of(int n, char **words, int *used)
{
    for (int i = 0; i < cli_command_count; i++) {
        const char *const name = cli_commands[i]->name, *const blank = strchr(name, ' ');
        const size_t length = strcspn(name, " ");
        if (n < 1 || strncmp(words[0], name, length) != 0 || words[0][length]) continue;
        if (blank && (n < 2 || strcmp(words[1], blank + 1) != 0)) continue;
        *used = blank ? 2 : 1;
        return cli_commands[i];
    }
    return NULL;
}

void cli_print_completions(int n, char **words)
{
    int used = 0;
    const char *const begun = n > 0 ? words[n - 1] : "";
    const cli_command *const c = command_of(n - 1, words, &used);
    if (!c) {
        if (n <= 2) offer_commands(n == 2 ? words[0] : NULL, begun);
        return;
    }
    const ot_option *const o = n - 1 > used ? option_of(c, words[n - 2]) : NULL;
    if (o && o->argument)
        offer_values(o, begun);
    else if (begun[0] == '-')
        offer_options(c, begun);
    else
        offer_operands(c, begun);
}
