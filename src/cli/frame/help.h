/* SPDX-License-Identifier: BSD-3-Clause
 * What --help and --version print. */
#ifndef OT_CLI_FRAME_HELP_H
#define OT_CLI_FRAME_HELP_H

#include "cli/frame/command.h"

/* These print to stdout. */
/* All commands, or those whose first word is `first`. */
void cli_print_commands(const char *first);
void cli_print_help(const cli_command *c);
void cli_print_version(void);
/* Prints all commands and options for tests and tools, with tabs between fields.  Each command has
 * a line "command", name, operands, summary.  Each of its options has a line after it: title of the
 * group, letter or "-", --name, argument. */
void cli_print_options(void);

#endif
