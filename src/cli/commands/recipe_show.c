/* SPDX-License-Identifier: BSD-3-Clause
 * odetape recipe show: prints the options that a named recipe stands for. */
#include <stdio.h>
#include <string.h>

#include "cli/commands/presets.h"
#include "cli/frame/command.h"
#include "cli/frame/page.h"
#include "cli/frame/print.h"

/* The first system that was published with the recipe; NULL if there is none. */
static const ot_system *system_of(const ot_recipe *r)
{
    const ot_system *s;
    for (int i = 0; (s = ot_system_at(i)) != NULL; i++) {
        const char *const recipe = cli_recipe_of(s);
        if (recipe && strcmp(recipe, r->name) == 0) return s;
    }
    return NULL;
}

static ot_status run(void *settings, char **operands)
{
    (void)settings;
    const ot_recipe *const r = ot_recipe_find(operands[0]);
    if (!r) return OT_EINVAL;
    const ot_system *const s = system_of(r);
    ot__page page;
    cli_page_open(&page);
    cli_preset_json(&page, r);
    if (ot__page_is_text(&page)) {
        cli_print(stdout, "%s\n%s\n", r->summary, r->reference);
        cli_print(stdout, s ? "odetape train --system %s" : "odetape train --net NET",
                  s ? s->name : "");
        cli_preset_command("", ot_train_rows, r);
    }
    return ot__page_close(&page, OT_OK);
}

const cli_command cli_recipe_show = {
    .name = "recipe show",
    .operands = "NAME",
    .n_operands = 1,
    .summary = "print the options that a published training stands for",
    .detail = "The last line is the command that trains without --recipe.",
    .json = true,
    .run = run,
};
