/* SPDX-License-Identifier: BSD-3-Clause
 * The option --plugin, which every command has. */
#ifndef OT_CLI_FRAME_PLUGINS_H
#define OT_CLI_FRAME_PLUGINS_H

#include <stdio.h>

#include "odetape.h"

/* Loads the plugins in their order, before the command reads anything else. */
ot_status cli_plugins_load(const ot_text_list *files);

/* Writes " --plugin PATH" for each loaded plugin, in a command that users paste. */
void cli_plugins_write(FILE *to);

/* Adds "--plugin" and the path for each loaded plugin to the arguments of a command, which has n of
 * them.  Returns the new number. */
enum { CLI_PLUGIN_ARGUMENTS = 2 * OT_TEXT_LIST_MOST };
int cli_plugins_arguments(const char *argument[], int n);

#endif
