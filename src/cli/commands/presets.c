/* SPDX-License-Identifier: BSD-3-Clause */
#include "cli/commands/presets.h"

#include <stdio.h>
#include <string.h>

#include "cli/frame/page.h"
#include "cli/frame/print.h"
#include "cli/frame/shell.h"

typedef struct row {
    const char *name, *summary, *reference;
} row;

#define AT(member) .offset = offsetof(row, member)

static const ot__column columns[] = {
    { "name", "name", OT__CELL_TEXT, AT(name), .width = -12 },
    { "reference", "reference", OT__CELL_TEXT, AT(reference), .width = -9, .wide = true },
    { "summary", "what it is", OT__CELL_TEXT, AT(summary), .width = -10 },
};

ot_status cli_presets_list(const char *key, const ot_preset *(*at)(int i))
{
    const ot__table table = OT__TABLE(key, columns);
    const ot_preset *p;
    ot__page page;
    cli_page_open(&page);
    ot__page_table(&page, &table);
    for (int i = 0; (p = at(i)) != NULL; i++)
        ot__page_row(&page, &(row){ p->name, p->summary, p->reference });
    return ot__page_close(&page, OT_OK);
}

static const ot__column fact_columns[] = {
    { "name", NULL, OT__CELL_TEXT, AT(name) },
    { "summary", NULL, OT__CELL_TEXT, AT(summary) },
    { "reference", NULL, OT__CELL_TEXT, AT(reference) },
};
static const ot__table facts = OT__TABLE(NULL, fact_columns);

/* The second table uses the first two fields of a row. */
static const ot__column option_columns[] = {
    { "option", NULL, OT__CELL_TEXT, AT(name) },
    { "value", NULL, OT__CELL_TEXT, AT(summary) },
};
static const ot__table options = OT__TABLE("options", option_columns);

void cli_preset_json(ot__page *p, const ot_preset *preset)
{
    ot__page_facts(p, &facts, &(row){ preset->name, preset->summary, preset->reference });
    ot__page_table(p, &options);
    for (const char *const(*pair)[2] = preset->options; (*pair)[0]; pair++)
        ot__page_row(p, &(row){ (*pair)[0], (*pair)[1], NULL });
}

static ot_option_kind kind_of(const ot_option *o, const char *name)
{
    while (o->name && strcmp(o->name, name) != 0)
        o++;
    return o->name ? o->kind : OT_OPTION_TEXT;
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
