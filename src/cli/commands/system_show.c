/* SPDX-License-Identifier: BSD-3-Clause
 * odetape system show: prints the options that a named system stands for, and its size. */
#include "cli/commands/presets.h"
#include "cli/frame/command.h"
#include "cli/frame/print.h"

static ot_status run(void *settings, char **operands)
{
    (void)settings;
    const ot_system *const s = ot_system_find(operands[0]);
    ot_net *net = NULL;
    if (!s) return OT_EINVAL;
    const ot_status status = ot_net_new(&(const ot_net_opts){ .system = s->name }, &net);
    if (status != OT_OK) return status;
    const ot_net_info info = ot_net_describe(net);
    cli_print(stdout, "%s\n%s\n%zu parameters, %d evaluations of f in %d blocks\n", s->summary,
              s->reference, info.params, info.evaluations, info.n_blocks);
    ot_net_free(net);
    cli_preset_command("odetape train", ot_net_rows, s);
    return OT_OK;
}

const cli_command cli_system_show = {
    .name = "system show",
    .operands = "NAME",
    .n_operands = 1,
    .summary = "print the options that a published network stands for",
    .detail = "The last line is the command that trains the network without --system.",
    .run = run,
};
