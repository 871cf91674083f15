/* SPDX-License-Identifier: BSD-3-Clause */
#include "cli/commands/presets.h"

#include <stdio.h>
#include <string.h>

#include "cli/frame/print.h"
#include "cli/frame/shell.h"

void cli_presets_list(const ot_preset *(*at)(int i))
{
    const ot_preset *p;
    int name = 12, width = 44;
    for (int i = 0; (p = at(i)) != NULL; i++) {
        if ((int)strlen(p->name) > name) name = (int)strlen(p->name);
        if ((int)strlen(p->summary) > width) width = (int)strlen(p->summary);
    }
    cli_print(stdout, "%-*s  %-*s  %s\n", name, "name", width, "what it is", "reference");
    for (int i = 0; (p = at(i)) != NULL; i++)
        cli_print(stdout, "%-*s  %-*s  %s\n", name, p->name, width, p->summary, p->reference);
}

static ot_option_kind kind_of(const ot_option *row, const char *name)
{
    while (row->name && strcmp(row->name, name) != 0)
        row++;
    return row->name ? row->kind : OT_OPTION_TEXT;
}

void cli_preset_command(const char *command, const ot_option *rows, const ot_preset *preset)
{
    cli_print(stdout, "%s", command);
    for (const char *const(*pair)[2] = preset->options; (*pair)[0]; pair++) {
        const ot_option_kind kind = kind_of(rows, (*pair)[0]);
        const bool is_switch = kind == OT_OPTION_SWITCH || kind == OT_OPTION_OFF;
        if (is_switch && strcmp((*pair)[1], "true") != 0) continue;
        cli_print(stdout, " --%s", (*pair)[0]);
        if (is_switch) continue;
        putchar(' ');
        cli_shell_word(stdout, (*pair)[1]);
    }
    putchar('\n');
}

const char *cli_recipe_of(const ot_system *system)
{
    const ot_recipe *r;
    if (system->recipe) return system->recipe;
    for (int i = 0; (r = ot_recipe_at(i)) != NULL; i++)
        if (strcmp(r->name, system->name) == 0) return r->name;
    return NULL;
}
