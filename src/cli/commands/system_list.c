/* SPDX-License-Identifier: BSD-3-Clause
 * odetape system list: prints a table of the named systems. */
#include "cli/commands/presets.h"
#include "cli/frame/command.h"

static ot_status run(void *settings, char **operands)
{
    (void)settings, (void)operands;
    cli_presets_list(ot_system_at);
    return OT_OK;
}

const cli_command cli_system_list = {
    .name = "system list",
    .operands = "",
    .summary = "list the published networks that --system names",
    .run = run,
};
