/* SPDX-License-Identifier: BSD-3-Clause
 * Rooted trees on a terminal. */
#ifndef OT_CLI_COMMANDS_TREE_H
#define OT_CLI_COMMANDS_TREE_H

#include "odetape.h"

/* The tree of a condition, a node a line, each line behind the indent. */
void cli_tree_print(const ot_condition *c, const char *indent);

#endif
