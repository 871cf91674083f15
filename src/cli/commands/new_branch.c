/* SPDX-License-Identifier: BSD-3-Clause
 * odetape new branch: writes the source of a branch to start from. */
#include "cli/commands/plugin_source.h"
#include "cli/frame/command.h"

static const char ABOUT[] =
    "/* The branch @: g f(x) with one learned number g per channel, which starts at 0.1.\n"
    " *\n"
    " * Change it to your own.  These commands build it, train with it, and check its gradients:\n"
    " *\n";

static const char TEXT[] =
    "#include <odetape.h>\n"
    "\n"
    "/* Records how f(x) is scaled before the scheme reads it. */\n"
    "static ot_var record(ot_block *b, ot_var x, ot_var f)\n"
    "{\n"
    "    (void)x; /* a gate would read it */\n"
    "    const ot_init small = { .kind = OT_INIT_CONSTANT, .value = 0.1 };\n"
    "    const ot_var g = ot_block_param(b, \"g\", OT_SHAPE(ot_block_channels(b)), small);\n"
    "    return ot_scale(ot_block_tape(b), f, g);\n"
    "}\n"
    "\n"
    "static const ot_branch_kind branch = {\n"
    "    .about.name = \"@\",\n"
    "    .about.equation = \"g f(x)\",\n"
    "    .record = record,\n"
    "};\n"
    "\n"
    "OT_PLUGIN\n"
    "{\n"
    "    return ot_register_branch(&branch);\n"
    "}\n";

/* A network with this branch can be made. */
static bool taken(const char *name)
{
    return cli_plugin_source_fits((ot_net_opts){ .branch = name });
}

static ot_status run(void *settings, char **operands)
{
    static const cli_plugin_source source = {
        .what = "branch",
        .about = ABOUT,
        .text = TEXT,
        .train = CLI_PLUGIN_TRAIN("--net \"rk4 x1\" --branch @ --width 16"),
        .check = CLI_PLUGIN_CHECK("--net \"rk4 x1\" --branch @"),
        .taken = taken
    };
    (void)settings;
    return cli_plugin_source_write(&source, operands[0]);
}

const cli_command cli_new_branch = {
    .name = "new branch",
    .operands = "NAME",
    .n_operands = 1,
    .summary = "write the source of a branch to start from",
    .detail = CLI_PLUGIN_SOURCE_DETAIL,
    .run = run,
};
