/* SPDX-License-Identifier: BSD-3-Clause
 * odetape new down: writes the source of a way down to start from. */
#include "cli/commands/plugin_source.h"
#include "cli/frame/command.h"

static const char ABOUT[] =
    "/* The way down @: relu(norm(conv(x))), a strided convolution of 3 x 3 pixels.\n"
    " *\n"
    " * Change it to your own.  These commands build it, train with it, and check its gradients:\n"
    " *\n";

static const char TEXT[] =
    "#include <odetape.h>\n"
    "\n"
    "/* Records the layers between two levels.  They change x to the channels of the next level, "
    "and\n"
    " * divide its height and width by the stride. */\n"
    "static ot_var between(ot_block *b, ot_var x)\n"
    "{\n"
    "    x = ot_block_conv(b, \"conv\", x, 3, ot_block_channels(b), ot_block_stride(b));\n"
    "    return ot_relu(ot_block_tape(b), ot_block_norm(b, \"bn\", x));\n"
    "}\n"
    "\n"
    "/* With .inside instead of .between the function maps the shortcut of the level's first "
    "block. "
    "*/\n"
    "static const ot_down_kind down = {\n"
    "    .about.name = \"@\",\n"
    "    .about.equation = \"relu(norm(conv(x)))\",\n"
    "    .between = between,\n"
    "};\n"
    "\n"
    "OT_PLUGIN\n"
    "{\n"
    "    return ot_register_down(&down);\n"
    "}\n";

/* A network with this way down can be made. */
static bool taken(const char *name)
{
    return cli_plugin_source_fits((ot_net_opts){ .down = name });
}

static ot_status run(void *settings, char **operands)
{
    static const cli_plugin_source source = {
        .what = "way down",
        .about = ABOUT,
        .text = TEXT,
        .train = CLI_PLUGIN_TRAIN("--net \"rk4 x1\" --levels 8,16:2 --down @"),
        .check = CLI_PLUGIN_CHECK("--net \"rk4 x1\" --levels 2,4:2 --image 8 --batch 2 --down @"),
        .taken = taken
    };
    (void)settings;
    return cli_plugin_source_write(&source, operands[0]);
}

const cli_command cli_new_down = {
    .name = "new down",
    .operands = "NAME",
    .n_operands = 1,
    .summary = "write the source of a way down to start from",
    .detail = CLI_PLUGIN_SOURCE_DETAIL,
    .run = run,
};
