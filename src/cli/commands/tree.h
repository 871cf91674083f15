/* SPDX-License-Identifier: BSD-3-Clause
 * Printing rooted trees. */
#ifndef OT_CLI_COMMANDS_TREE_H
#define OT_CLI_COMMANDS_TREE_H

#include "odetape.h"

/* Prints the tree of a condition, one node per line.  Each line begins with the indent. */
void cli_tree_print(const ot_condition *c, const char *indent);

#endif
