/* SPDX-License-Identifier: BSD-3-Clause
 * odetape tape: lists the program of a network, numbered like a disassembly; with
 * controlled steps it is several. */
#include <stdio.h>

#include "cli/frame/groups.h"
#include "cli/frame/message.h"
#include "cli/frame/page.h"

struct settings {
    cli_chosen chosen;
    bool dot;
};

static const ot_option options[] = {
    { .name = "dot",
      .kind = OT_OPTION_SWITCH,
      .offset = offsetof(struct settings, dot),
      .help = "print the program as a graph for graphviz" },
    { 0 },
};

static const cli_group groups[] = {
    CLI_NETWORK_GROUP(chosen.net),     CLI_SIZE_GROUP(chosen.net),
    CLI_PROGRAM_GROUP(chosen.program), { "Tape options", options, 0 },
    CLI_THREAD_GROUP(chosen.threads),  { 0 },
};

static ot_status list(const ot_net *net, ot_execution *e, const void *settings)
{
    (void)net;
    const struct settings *const s = settings;
    const ot_list_format format = s->dot ? OT_LIST_DOT : cli_page_format();
    return ot_execution_list(e, format, stdout);
}

static ot_status run(void *settings, char **operands)
{
    (void)operands;
    const struct settings *const s = settings;
    if (s->dot && cli_chosen_view.json)
        return ot__fail(OT_EINVAL, "--dot and --json exclude each other");
    return cli_with_execution(&s->chosen, true, list, s);
}

const cli_command cli_tape = {
    .name = "tape",
    .operands = "",
    .summary = "list the program of a network, like a disassembly",
    .groups = groups,
    .required = "net",
    .defaults = &(const struct settings){ .chosen.net = CLI_PAPER_NETWORK },
    .settings_size = sizeof(struct settings),
    .json = true,
    .wide = true,
    .run = run,
};
