/* SPDX-License-Identifier: BSD-3-Clause
 * odetape system show: prints what a named system is, its size, the options that it stands for and
 * the recipe that it was published with. */
#include "cli/commands/presets.h"
#include "cli/frame/command.h"
#include "cli/frame/print.h"

static void print_equations(const ot_net *net)
{
    const ot_scheme *s;
    for (int i = 0; (s = ot_net_scheme(net, i)) != NULL; i++) {
        const char *const equation = ot_scheme_table(s)->about.equation;
        if (equation) cli_print(stdout, "%s: %s\n", ot_scheme_name(s), equation);
    }
}

static ot_status run(void *settings, char **operands)
{
    (void)settings;
    const ot_system *const s = ot_system_find(operands[0]);
    ot_net *net = NULL;
    if (!s) return OT_EINVAL;
    const ot_status status = ot_net_new(&(const ot_net_opts){ .system = s->name }, &net);
    if (status != OT_OK) return status;
    const ot_net_info info = ot_net_describe(net);
    cli_print(stdout, "%s\n%s\n", s->summary, s->reference);
    print_equations(net);
    cli_print(stdout, "%zu parameters, %d evaluations of f in %d blocks\n", info.params,
              info.evaluations, info.n_blocks);
    ot_net_free(net);
    const char *const recipe = cli_recipe_of(s);
    if (recipe) cli_print(stdout, "published with --recipe %s\n", recipe);
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
