/* SPDX-License-Identifier: BSD-3-Clause
 * Prints a rooted tree as directories are often drawn, root first, in ASCII characters:
 *     o
 *     |-o
 *     | `-o
 *     `-o
 */
#include "cli/commands/tree.h"

#include <stdio.h>

/* Whether node i, or its ancestor at this level, has a sibling after it. */
static bool has_later_sibling(const ot_condition *c, int i, int level)
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
            fputs(has_later_sibling(c, i, level) ? "| " : "  ", stdout);
        if (c->level[i] > 0) fputs(has_later_sibling(c, i, c->level[i]) ? "|-" : "`-", stdout);
        puts("o");
    }
}
