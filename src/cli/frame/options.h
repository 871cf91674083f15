/* SPDX-License-Identifier: BSD-3-Clause
 * Parsing of command lines by tables of ot_option.  The same tables yield the range checks, --help,
 * and the list that tests compare with the manual.  The options of networks and trainings are the
 * library's tables ot_net_rows and ot_train_rows. */
#ifndef OT_CLI_FRAME_OPTIONS_H
#define OT_CLI_FRAME_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/option.h"
#include "cli/frame/command.h"

enum { CLI_MOST_OPTIONS = 128 };

/* The kinds of --help and --version.  They follow the library's kinds of options. */
enum { CLI_HELP = OT_OPTION_LIST + 1, CLI_VERSION };

/* The table of --plugin, --help and --version, which every command has. */
extern const ot_option cli_common_options[];

/* Fills settings from argv[1], argv[2], ...  *operands becomes the part of argv that has the
 * operands.  Then loads the plugins that --plugin names.  Returns OT_EINVAL if the command line is
 * wrong, the status of ot_plugin_load, and CLI_DONE after it has printed --help or --version. */
ot_status cli_parse(const cli_command *c, int argc, char **argv, void *settings, char ***operands);

/* Whether the option --NAME was given on the command line that cli_parse read last. */
bool cli_is_given(const char *name);

/* Lets --system set the options of the networks of a command that were not given.  --system and
 * --levels take the place of the default width. */
ot_status cli_apply_system(const cli_command *c, void *settings);

/* Lets --recipe set the options of the training of a command, except those that were given.  given
 * gets the name of an option, and user. */
ot_status cli_apply_recipe(const cli_command *c, void *settings,
                           bool (*given)(const char *name, const void *user), const void *user);

#endif
