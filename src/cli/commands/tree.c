/* SPDX-License-Identifier: BSD-3-Clause
 * A tree as directories are drawn, root first, in characters that every terminal has:
 *     o
 *     |-o
 *     | `-o
 *     `-o
 */
#include "cli/commands/tree.h"

#include <stdio.h>

/* Does a brother of node i, or of its ancestor of this level, come behind it? */
static bool goes_on(const ot_condition *c, int i, int level)
{
    for (int k = i + 1; k < c->nodes && c->level[k] >= level; k++)
        if (c->level[k] == level) return true;
    return false;
}

void cli_tree_print(const ot_condition *c, const char *indent)
{
    for (int i = 0; i < c->nodes; i++) {
        fputs(indent, stdout);
        for (int level = 1; level < c->level[i]; level++)
            fputs(goes_on(c, i, level) ? "| " : "  ", stdout);
        if (c->level[i] > 0) fputs(goes_on(c, i, c->level[i]) ? "|-" : "`-", stdout);
        puts("o");
    }
}
