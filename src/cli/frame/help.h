/* SPDX-License-Identifier: BSD-3-Clause
 * What --help and --version print. */
#ifndef OT_CLI_FRAME_HELP_H
#define OT_CLI_FRAME_HELP_H

#include "cli/frame/command.h"

/* On stdout. */
void cli_print_overview(void);
void cli_print_help(const cli_command *c);
void cli_print_version(void);
/* For tests and tools: a line "command", name, operands for each command, and behind it a line
 * title, letter or -, --name, argument for each of its options, with tabs between. */
void cli_print_options(void);

#endif
