/* SPDX-License-Identifier: BSD-3-Clause
 * odetape tape: the program of a network, numbered like a disassembly. */
#include <stdio.h>

#include "cli/groups.h"
#include "cli/message.h"
#include "cli/threads.h"

struct settings {
    ot_net_opts net;
    cli_program program;
    int threads;
    bool dot, json;
};

static const cli_option options[] = {
    { .name = "dot",
      .kind = CLI_SWITCH,
      .offset = offsetof(struct settings, dot),
      .help = "print it for graphviz" },
    { .name = "json",
      .kind = CLI_SWITCH,
      .offset = offsetof(struct settings, json),
      .help = "print it as JSON" },
    { 0 },
};

static const cli_group groups[] = {
    CLI_NETWORK_GROUP(net),         CLI_SIZE_GROUP(net),       CLI_PROGRAM_GROUP(program),
    { "Tape options", options, 0 }, CLI_THREAD_GROUP(threads), { 0 },
};

static ot_status list(const struct settings *s)
{
    const ot_list_format format = s->dot ? OT_LIST_DOT : s->json ? OT_LIST_JSON : OT_LIST_TEXT;
    const ot_compile_opts how = cli_compile_opts(&s->program);
    ot_net *net = NULL;
    ot_program *program = NULL;
    ot_status status = ot_net_new(&s->net, &net);
    if (status == OT_OK) status = ot_compile(ot_net_tape(net), ot_net_loss(net), &how, &program);
    if (status == OT_OK) status = ot_program_list(program, format, stdout);
    ot_program_free(program);
    ot_net_free(net);
    return status;
}

static int run(const cli_command *self, void *settings, char **operands)
{
    (void)operands;
    const struct settings *const s = settings;
    if (s->dot && s->json) return cli_usage(self, "--dot and --json exclude each other");
    const int code = cli_use_threads(self, s->threads);
    if (code != CLI_GO_ON) return code;
    const ot_status status = list(s);
    if (status == OT_OK || status == OT_EIO) return 0; /* main looks at stdout */
    return cli_fail_status(self, status);
}

const cli_command cli_tape = {
    .name = "tape",
    .operands = "",
    .summary = "list the program of a network, like a disassembly",
    .groups = groups,
    .required = "net",
    .defaults = &(const struct settings){ .net = CLI_PAPER_NETWORK },
    .settings_size = sizeof(struct settings),
    .run = run,
};
