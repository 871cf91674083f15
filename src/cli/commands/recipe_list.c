/* SPDX-License-Identifier: BSD-3-Clause
 * odetape recipe list: prints a table of the named recipes. */
#include "cli/commands/presets.h"
#include "cli/frame/command.h"

static ot_status run(void *settings, char **operands)
{
    (void)settings, (void)operands;
    return cli_presets_list("recipes", ot_recipe_at);
}

const cli_command cli_recipe_list = {
    .name = "recipe list",
    .operands = "",
    .summary = "list the published trainings that --recipe names",
    .json = true,
    .wide = true,
    .run = run,
};
