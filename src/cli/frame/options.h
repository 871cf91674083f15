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
enum { CLI_HELP = 32, CLI_VERSION }; /* larger than all kinds of the library */

/* The table of --plugin, --help and --version, which every command has. */
extern const ot_option cli_common_options[];

/* Fills settings from argv[1], argv[2], ...  *operands becomes the part of argv that has the
 * operands.  Loads the plugins that --plugin names, and settles the options of networks and
 * trainings (settle.h).  Returns OT_EINVAL if the command line is
 * wrong, the status of ot_plugin_load, and CLI_DONE after it has printed --help or --version. */
ot_status cli_parse(const cli_command *c, int argc, char **argv, void *settings, char ***operands);

/* Whether the option --NAME was given on the command line that cli_parse read last. */
bool cli_is_given(const char *name);

#endif
