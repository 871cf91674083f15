/* SPDX-License-Identifier: BSD-3-Clause
 * Finds the command that the arguments name, reads its options and runs it.  commands.def lists the
 * commands. */
#include "cli/frame/dispatch.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/frame/command.h"
#include "cli/frame/complete.h"
#include "cli/frame/help.h"
#include "cli/frame/message.h"
#include "cli/frame/options.h"
#include "cli/frame/threads.h"
#include "cli/frame/words.h"
#include "odetape.h"

#define COMMAND(name) extern const cli_command cli_##name;
#include "cli/commands.def"
#undef COMMAND

const cli_command *const cli_commands[] = {
#define COMMAND(name) &cli_##name,
#include "cli/commands.def"
#undef COMMAND
};
const int cli_command_count = sizeof cli_commands / sizeof cli_commands[0];

/* Returns how many words of argv[1], argv[2], ... are the name of c: 1 or 2, or 0 if they are not
 * its name. */
static int words_of(const cli_command *c, int argc, char **argv)
{
    const size_t first = strcspn(c->name, " ");
    const char *const second = c->name[first] ? c->name + first + 1 : NULL;
    if (strlen(argv[1]) != first || strncmp(argv[1], c->name, first) != 0) return 0;
    if (!second) return 1;
    return argc > 2 && strcmp(argv[2], second) == 0 ? 2 : 0;
}

/* Collects in out the second words of the commands whose first word is `word`, and returns their
 * number. */
static int second_words(const char *word, const char *out[])
{
    const size_t length = strlen(word);
    int n = 0;
    for (int i = 0; i < cli_command_count; i++) {
        const char *const name = cli_commands[i]->name;
        if (strncmp(name, word, length) == 0 && name[length] == ' ') out[n++] = name + length + 1;
    }
    return n;
}

static ot_status unknown_second_word(const char *first, const char *second, int n,
                                     const char *const names[])
{
    char list[256] = "";
    for (int i = 0, used = 0; i < n && used < (int)sizeof list; i++)
        used += snprintf(list + used, sizeof list - (size_t)used, "%s%s", i ? ", " : "", names[i]);
    if (!second) return ot__fail(OT_EINVAL, "odetape %s needs one of: %s", first, list);
    const char *const nearest = ot_nearest(second, n, names);
    return nearest
               ? ot__fail(OT_EINVAL, "there is no command '%s %s'; did you mean '%s %s'?", first,
                          second, first, nearest)
               : ot__fail(OT_EINVAL, "there is no command '%s %s'; the second word is one of: %s",
                          first, second, list);
}

static bool is_help(const char *word)
{
    return strcmp(word, "help") == 0 || strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0;
}

static ot_status unknown_command(int argc, char **argv)
{
    const char *names[sizeof cli_commands / sizeof cli_commands[0]];
    const int n = second_words(argv[1], names);
    if (n > 0 && argc > 2 && is_help(argv[2])) {
        cli_print_commands(argv[1]);
        return OT_OK;
    }
    if (n > 0) return unknown_second_word(argv[1], argc > 2 ? argv[2] : NULL, n, names);
    if (argv[1][0] == '-')
        return ot__fail(OT_EINVAL, "'%s' is given before the command; options come after it",
                        argv[1]);
    for (int i = 0; i < cli_command_count; i++)
        names[i] = cli_commands[i]->name;
    const char *const word = cli_word_of_command(argv[1]);
    const char *const nearest = word ? word : ot_nearest(argv[1], cli_command_count, names);
    return nearest ? ot__fail(OT_EINVAL, "there is no command '%s'; did you mean '%s'?", argv[1],
                              nearest)
                   : ot__fail(OT_EINVAL, "there is no command '%s'", argv[1]);
}

/* Reads the options of a command and runs it.  argv begins with the last word of the command's
 * name; `all` has all arguments of the program.  *helper becomes the command whose --help an error
 * message names, or NULL if the error is in the environment. */
static ot_status run_command(const cli_command *c, int argc, char **argv, char **all,
                             const cli_command **helper)
{
    void *settings = calloc(1, c->settings_size + 1);
    if (!settings) return cli_no_memory();
    if (c->defaults) memcpy(settings, c->defaults, c->settings_size);
    char **operands;
    *helper = c;
    ot_status status = cli_parse(c, argc, argv, settings, &operands);
    if (status == OT_OK) {
        status = ot_machine_check();
        if (status != OT_OK) *helper = NULL;
    }
    if (status == OT_OK) {
        cli_spin_briefly(all);
        status = c->run(settings, operands);
    }
    free(settings);
    return status;
}

static const cli_command *find_command(int argc, char **argv, int *words)
{
    for (int i = 0; i < cli_command_count; i++) {
        *words = words_of(cli_commands[i], argc, argv);
        if (*words > 0) return cli_commands[i];
    }
    return NULL;
}

/* "odetape help train": argv[1] is the first word of what is asked about. */
static ot_status print_help(int argc, char **argv)
{
    int words;
    const char *names[sizeof cli_commands / sizeof cli_commands[0]];
    const cli_command *const c = argc > 1 ? find_command(argc, argv, &words) : NULL;
    if (c)
        cli_print_help(c);
    else if (argc == 2 && second_words(argv[1], names) > 0)
        cli_print_commands(argv[1]);
    else if (argc > 1 && !is_help(argv[1]))
        return unknown_command(argc, argv);
    else
        cli_print_commands(NULL);
    return OT_OK;
}

static ot_status dispatch(int argc, char **argv, const cli_command **helper)
{
    static const struct {
        const char *name;
        void (*print)(void);
    } alone[] = {
        { "--version", cli_print_version },
        { "-V", cli_print_version },
        { "-v", cli_print_version },
        { "version", cli_print_version },
        { "--dump-options", cli_print_options },
    };
    int words;
    if (argc < 2)
        return ot__fail(OT_EINVAL,
                        "a command is missing; odetape help lists them, and odetape train --net "
                        "rk4x2 --width 16 --stem-stride 2 --epochs 2 is a first run");
    if (is_help(argv[1])) return print_help(argc - 1, argv + 1);
    if (strcmp(argv[1], "--complete") == 0) {
        cli_print_completions(argc - 2, argv + 2);
        return OT_OK;
    }
    for (size_t i = 0; i < sizeof alone / sizeof alone[0]; i++)
        if (strcmp(argv[1], alone[i].name) == 0) {
            alone[i].print();
            return OT_OK;
        }
    const cli_command *const c = find_command(argc, argv, &words);
    return c ? run_command(c, argc - words, argv + words, argv, helper)
             : unknown_command(argc, argv);
}

int cli_dispatch(int argc, char **argv)
{
    signal(SIGXFSZ, SIG_IGN); /* so that write fails with EFBIG if a file gets too large */
    const cli_command *helper = NULL;
    const ot_status status = dispatch(argc, argv, &helper);
    const int code = cli_conclude(helper, status);
    const ot_status written = cli_flush_stdout();
    const int last = written == OT_OK ? code : cli_conclude(NULL, written);
    ot_processes_end(last != 0 && status != OT_EINTERRUPTED, last);
    return last;
}
