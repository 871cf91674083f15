/* SPDX-License-Identifier: BSD-3-Clause
 * Prints --help and --version.  All of it comes from the tables of commands and options. */
#include "cli/frame/help.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "cli/frame/groups.h"
#include "cli/frame/options.h"
#include "cli/frame/page.h"
#include "cli/frame/print.h"
#include "odetape.h"

#if defined(__clang__)
#define COMPILER "clang " __clang_version__
#else
#define COMPILER "gcc " __VERSION__
#endif

void cli_print_commands(const char *first)
{
    const size_t length = first ? strlen(first) : 0;
    cli_print(stdout, "usage: odetape %s%sCOMMAND [OPTION]...\n", first ? first : "",
              first ? " " : "");
    if (!first) printf("Butcher tableau in, trained network out.\n");
    putchar('\n');
    for (int i = 0; i < cli_command_count; i++) {
        const char *const name = cli_commands[i]->name;
        if (first && (strncmp(name, first, length) != 0 || name[length] != ' ')) continue;
        cli_print(stdout, "  %-16s %s\n", name, cli_commands[i]->summary);
    }
    if (first)
        cli_print(stdout,
                  "\n'odetape %s COMMAND --help' lists the options of a command; odetape-%s(1) is "
                  "the manual.\n",
                  first, first);
    else
        printf(
            "\n'odetape COMMAND --help' lists the options of a command; odetape(1) is the manual.\n"
            "A first run: odetape train --net rk4x2 --width 16 --stem-stride 2 --epochs 2\n");
}

void cli_print_version(void)
{
    const ot_machine_info m = ot_machine();
    cli_print(stdout,
              "odetape %s\n"
              "Copyright the odetape authors.  Licence: BSD-3-Clause.\n"
              "BLIS %s (%s kernels), OpenMP %d, MPI %s, %s\n",
              ot_version(), m.blis_version, m.blis_kernels, _OPENMP,
              *ot_processes_module() ? ot_processes_module() : "no", COMPILER);
}

/* Prints "[required]" or the default value.  A value that the option itself refuses, such as 0
 * threads, stands for "no default" and is not printed. */
static void print_default(const cli_command *c, const ot_option *o, const void *group)
{
    char value[256] = "";
    const char *const usual = o->usual ? o->usual : o->unsaid;
    if (group && ot__option_has_argument(o)) ot__option_write(o, group, value, sizeof value);
    if (usual && ot__option_has_argument(o) && !ot__option_accepts(o, value))
        snprintf(value, sizeof value, "%s", usual);
    if (c->required && strcmp(c->required, o->name) == 0)
        printf(" [required]");
    else if (*value && ot__option_accepts(o, value))
        cli_print(stdout, " [%s]", value);
}

static void print_option(const cli_command *c, const ot_option *o, const void *group)
{
    char left[64];
    snprintf(left, sizeof left, "%c%c%s --%s%s%s", o->letter ? '-' : ' ',
             o->letter ? o->letter : ' ', o->letter ? "," : " ", o->name, o->argument ? " " : "",
             o->argument ? o->argument : "");
    cli_print(stdout, "  %-28s %s", left, o->help);
    print_default(c, o, group);
    putchar('\n');
}

/* Prints text in lines that begin with `indent` blanks, the first one with a dash before it. */
static void print_wrapped(int indent, const char *text)
{
    enum { WIDTH = 79 };
    int column = indent;
    cli_print(stdout, "%*s", indent, "- ");
    for (const char *word = text; *word;) {
        const int n = (int)strcspn(word, " ");
        if (column > indent && column + 1 + n > WIDTH) {
            cli_print(stdout, "\n%*s", indent, "");
            column = indent;
        }
        cli_print(stdout, "%s%.*s", column > indent ? " " : "", n, word);
        column += n + (column > indent);
        word += n + (word[n] == ' ');
    }
    putchar('\n');
}

/* Places of data sets come from the list of their sources. */
static void print_places(void)
{
    for (int i = 0; i < ot_source_count(); i++)
        print_wrapped(8, ot_source_at(i)->place);
}

static void print_group(const cli_command *c, const char *title, const ot_option *options,
                        const void *group)
{
    cli_print(stdout, "\n%s:\n", title);
    for (const ot_option *o = options; o->name; o++)
        print_option(c, o, group);
    if (options == cli_data_options) print_places();
}

void cli_print_help(const cli_command *c)
{
    cli_print(stdout, "usage: odetape %s [OPTION]...%s%s\n", c->name, *c->operands ? " " : "",
              c->operands);
    cli_print(stdout, "%c%s.\n", toupper((unsigned char)*c->summary), c->summary + 1);
    if (c->detail) {
        putchar('\n');
        puts(c->detail);
    }
    for (const cli_group *g = c->groups; g && g->title; g++)
        print_group(c, g->title, g->options,
                    c->defaults ? (const char *)c->defaults + g->offset : NULL);
    if (c->json) print_group(c, "JSON options", cli_json_options, NULL);
    if (c->wide) print_group(c, "Table options", cli_table_options, NULL);
    print_group(c, "Common options", cli_common_options, NULL);
    cli_print(stdout, "\nThe manual page is odetape-%.*s(1).\n", (int)strcspn(c->name, " "),
              c->name);
}

static void dump_options(const char *title, const ot_option *options)
{
    for (const ot_option *o = options; o->name; o++)
        cli_print(stdout, "%s\t%c\t--%s\t%s\n", title, o->letter ? o->letter : '-', o->name,
                  o->argument ? o->argument : "");
}

void cli_print_options(void)
{
    for (int i = 0; i < cli_command_count; i++) {
        const cli_command *const c = cli_commands[i];
        cli_print(stdout, "command\t%s\t%s\t%s\n", c->name, c->operands, c->summary);
        for (const cli_group *g = c->groups; g && g->title; g++)
            dump_options(g->title, g->options);
        if (c->json) dump_options("JSON options", cli_json_options);
        if (c->wide) dump_options("Table options", cli_table_options);
    }
    dump_options("Common options", cli_common_options);
}
