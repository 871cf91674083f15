/* SPDX-License-Identifier: BSD-3-Clause
 * odetape tape: lists the program of a network, numbered like a disassembly; with
 * controlled steps it is several.  With --graph it draws the structure instead. */
#include <stdio.h>
#include <string.h>

#include "base/file.h"

#include "cli/frame/groups.h"
#include "cli/frame/message.h"
#include "cli/frame/page.h"
#include "cli/frame/print.h"
#include "cli/report/structure.h"

struct settings {
    cli_chosen chosen;
    bool dot;
    const char *graph;
};

static const ot_option options[] = {
    { .name = "dot",
      .kind = OT_OPTION_SWITCH,
      .offset = offsetof(struct settings, dot),
      .help = "print the program as a graph for graphviz" },
    { .name = "graph",
      .kind = OT_OPTION_TEXT,
      .argument = "FILE",
      .offset = offsetof(struct settings, graph),
      .help = "draw states, evaluations and connections instead, .svg" },
    { 0 },
};

static const cli_group groups[] = {
    CLI_NETWORK_GROUP(chosen.net),     CLI_SIZE_GROUP(chosen.net),
    CLI_PROGRAM_GROUP(chosen.program), { "Tape options", options, 0 },
    CLI_THREAD_GROUP(chosen.threads),  { 0 },
};

static ot_status write_graph(FILE *to, void *user)
{
    return cli_structure_write(to, 1, user, true);
}

static ot_status draw(const ot_net *net, const char *file)
{
    cli_structure g;
    char heading[256];
    OT_TRY(cli_structure_of(net, &g));
    snprintf(heading, sizeof heading, "%.250s", ot_net_options(net)->blocks);
    cli_structure_row row = { heading, &g };
    const ot_status status = ot__file_fill(file, write_graph, &row);
    cli_structure_free(&g);
    if (status == OT_OK) cli_print(stdout, "%s\n", file);
    return status;
}

static ot_status list(const ot_net *net, ot_execution *e, const void *settings)
{
    const struct settings *const s = settings;
    if (s->graph) return draw(net, s->graph);
    const ot_list_format format = s->dot ? OT_LIST_DOT : cli_page_format();
    return ot_execution_list(e, format, stdout);
}

static ot_status run(void *settings, char **operands)
{
    (void)operands;
    const struct settings *const s = settings;
    if (s->dot && cli_chosen_view.json)
        return ot__fail(OT_EINVAL, "--dot and --json exclude each other");
    if (s->graph && (s->dot || cli_chosen_view.json))
        return ot__fail(OT_EINVAL, "--graph draws a picture instead of a listing, as which --dot "
                                   "and --json are printed; give one of them");
    if (s->graph) OT_TRY(cli_structure_check_name(s->graph));
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
