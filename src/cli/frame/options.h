/* SPDX-License-Identifier: BSD-3-Clause
 * Options as data.  One constant table yields the parsing with its range checks, --help, and the
 * list that the tests compare with the manual.  The options of networks and trainings are the
 * library's tables ot_net_rows and ot_train_rows. */
#ifndef OT_CLI_FRAME_OPTIONS_H
#define OT_CLI_FRAME_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/option.h"
#include "cli/frame/command.h"

enum { CLI_MOST_OPTIONS = 48 };

/* Kinds of options that only the program has: --help and --version. */
enum { CLI_HELP = OT_OPTION_LIST + 1, CLI_VERSION };

/* --help and --version, which every command has. */
extern const ot_option cli_common_options[];

/* Fill settings from argv[1], argv[2], ...; operands point into argv.  OT_EINVAL for what is no
 * command line of c; CLI_DONE after --help and --version, which it prints. */
ot_status cli_parse(const cli_command *c, int argc, char **argv, void *settings, char ***operands);

#endif
