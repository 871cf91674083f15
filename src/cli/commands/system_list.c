/* SPDX-License-Identifier: BSD-3-Clause
 * odetape system list: prints a table of the named systems. */
#include "cli/commands/presets.h"
#include "cli/frame/command.h"

static ot_status run(void *settings, char **operands)
{
    (void)settings, (void)operands;
    return cli_presets_list("systems", ot_system_at);
}

const cli_command cli_system_list = {
    .name = "system list",
    .operands = "",
    .summary = "list the published networks that --system names",
    .json = true,
    .wide = true,
    .run = run,
};
