/* SPDX-License-Identifier: BSD-3-Clause
 * odetape new subnet: writes the source of a sub-net to start from. */
#include "cli/commands/plugin_source.h"
#include "cli/frame/command.h"

static const char ABOUT[] =
    "/* The sub-net @: f(x) = conv(relu(norm(x))), one convolution of 3 x 3 pixels.\n"
    " *\n"
    " * Change it to your own.  These commands build it, train with it, and check its gradients:\n"
    " *\n";

static const char TEXT[] =
    "#include <odetape.h>\n"
    "\n"
    "/* Records f(x) for one evaluation, with parameters of its own.  The first convolution has "
    "the stride\n"
    " * of the evaluation. */\n"
    "static ot_var record(ot_block *b, ot_var x)\n"
    "{\n"
    "    x = ot_relu(ot_block_tape(b), ot_block_norm(b, \"bn1\", x));\n"
    "    return ot_block_conv(b, \"conv1\", x, 3, ot_block_channels(b), ot_block_stride(b));\n"
    "}\n"
    "\n"
    "static const ot_subnet_kind subnet = {\n"
    "    .about.name = \"@\",\n"
    "    .about.equation = \"conv(relu(norm(x)))\",\n"
    "    .convs = 1, /* convolutions in one evaluation */\n"
    "    .record = record,\n"
    "};\n"
    "\n"
    "OT_PLUGIN\n"
    "{\n"
    "    return ot_register_subnet(&subnet);\n"
    "}\n";

/* A network with this sub-net can be made. */
static bool taken(const char *name)
{
    return cli_plugin_source_fits((ot_net_opts){ .subnet = name });
}

static ot_status run(void *settings, char **operands)
{
    static const cli_plugin_source source = {
        .what = "sub-net",
        .about = ABOUT,
        .text = TEXT,
        .train = CLI_PLUGIN_TRAIN("--net \"rk4 x1\" --subnet @ --width 16"),
        .check = CLI_PLUGIN_CHECK("--net \"rk4 x1\" --subnet @"),
        .taken = taken
    };
    (void)settings;
    return cli_plugin_source_write(&source, operands[0]);
}

const cli_command cli_new_subnet = {
    .name = "new subnet",
    .operands = "NAME",
    .n_operands = 1,
    .summary = "write the source of a sub-net to start from",
    .detail = CLI_PLUGIN_SOURCE_DETAIL,
    .run = run,
};
