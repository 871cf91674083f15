/* SPDX-License-Identifier: BSD-3-Clause
 * odetape system list: prints a table of the named systems. */
#include "cli/frame/command.h"
#include "cli/frame/print.h"
#include "odetape.h"

static ot_status run(void *settings, char **operands)
{
    (void)settings, (void)operands;
    cli_print(stdout, "%-12s  %-44s  %s\n", "name", "what it is", "reference");
    for (int i = 0; i < ot_system_count(); i++) {
        const ot_system *const s = ot_system_at(i);
        cli_print(stdout, "%-12s  %-44s  %s\n", s->name, s->summary, s->reference);
    }
    return OT_OK;
}

const cli_command cli_system_list = {
    .name = "system list",
    .operands = "",
    .summary = "list the published networks that --system names",
    .run = run,
};
