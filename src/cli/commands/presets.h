/* SPDX-License-Identifier: BSD-3-Clause
 * What the commands on named systems and recipes have in common. */
#ifndef OT_CLI_COMMANDS_PRESETS_H
#define OT_CLI_COMMANDS_PRESETS_H

#include "base/table.h"
#include "odetape.h"

/* Prints a table of the presets that `at` returns for 0, 1, ... until NULL.  key is that of the
 * table in JSON. */
ot_status cli_presets_list(const char *key, const ot_preset *(*at)(int i));

/* Gives the JSON of a page what a preset is and its options; nothing to a text. */
void cli_preset_json(ot__page *p, const ot_preset *preset);

/* Prints the options of a preset as a command line that begins with `command`. */
void cli_preset_command(const char *command, const ot_option *rows, const ot_preset *preset);

/* The name of the recipe that a system was published with; NULL if there is none. */
const char *cli_recipe_of(const ot_system *system);

#endif
