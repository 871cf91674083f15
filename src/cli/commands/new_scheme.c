/* SPDX-License-Identifier: BSD-3-Clause
 * odetape new scheme: writes the source of a scheme to start from. */
#include "cli/commands/plugin_source.h"
#include "cli/frame/command.h"

static const char ABOUT[] =
    "/* The scheme @: Euler's method with momentum,\n"
    " *\n"
    " *     y_{n+1} = y_n + a (y_n - y_{n-1}) + h f(y_n),   y_{-1} = y_0.\n"
    " *\n"
    " * Change it to your own.  These commands build it, train with it, and check its gradients:\n"
    " *\n";

static const char TEXT[] =
    "#include <stddef.h>\n"
    "\n"
    "#include <odetape.h>\n"
    "\n"
    "/* Attributes: numbers that a description may set, \"@(a=0.9) x3\". */\n"
    "typedef struct attributes {\n"
    "    double a;\n"
    "} attributes;\n"
    "\n"
    "static const attributes defaults = { .a = 0.5 };\n"
    "static const ot_option rows[] = {\n"
    "    { .name = \"a\",\n"
    "      .kind = OT_OPTION_REAL,\n"
    "      .least = -1,\n"
    "      .most = 1,\n"
    "      .offset = offsetof(attributes, a),\n"
    "      .help = \"momentum\" },\n"
    "    { 0 },\n"
    "};\n"
    "\n"
    "/* One block.  The state is { y_n, y_{n-1} }; before the first block of a run it is { y_0 } "
    "alone. */\n"
    "static ot_state step(ot_block *b, ot_state in)\n"
    "{\n"
    "    const attributes *const at = ot_block_attributes(b);\n"
    "    const ot_var x = in.v[0];\n"
    "    const ot_var y = ot_block_shortcut(b, x); /* x itself, unless this block changes the "
    "shape */\n"
    "    const ot_var previous = in.n == 1 ? y : in.v[1];\n"
    "    const ot_var f = ot_block_eval(b, x, NULL);\n"
    "    const ot_var moved =\n"
    "        ot_lincomb(ot_block_tape(b), 2,\n"
    "                   (const ot_coef[]){ { .value = 1 + at->a }, { .value = -at->a } },\n"
    "                   (const ot_var[]){ y, previous });\n"
    "    const ot_var next = ot_block_sum(b, moved, 1, (const double[]){ 1 }, &f, 1);\n"
    "    return ot_state_of(2, (const ot_var[]){ next, y });\n"
    "}\n"
    "\n"
    "static const ot_scheme_kind scheme = {\n"
    "    .about.name = \"@\",\n"
    "    .about.equation = \"y_{n+1} = y_n + a (y_n - y_{n-1}) + h f(y_n)\",\n"
    "    .about.attributes = rows,\n"
    "    .about.size = sizeof(attributes),\n"
    "    .about.defaults = &defaults,\n"
    "    .evaluations = 1, /* of f in a block */\n"
    "    .flags = OT_SCHEME_STEP | OT_SCHEME_STEP_CHANNEL,\n"
    "    .step = step,\n"
    "};\n"
    "\n"
    "OT_PLUGIN\n"
    "{\n"
    "    return ot_register_scheme(&scheme);\n"
    "}\n";

static bool taken(const char *name)
{
    return ot_scheme_find(name) != NULL;
}

static ot_status run(void *settings, char **operands)
{
    static const cli_plugin_source source = { .what = "scheme",
                                              .about = ABOUT,
                                              .text = TEXT,
                                              .train =
                                                  CLI_PLUGIN_TRAIN("--net \"@ x3\" --width 16"),
                                              .check = CLI_PLUGIN_CHECK("--net \"@ x3\""),
                                              .taken = taken };
    (void)settings;
    return cli_plugin_source_write(&source, operands[0]);
}

const cli_command cli_new_scheme = {
    .name = "new scheme",
    .operands = "NAME",
    .n_operands = 1,
    .summary = "write the source of a scheme to start from",
    .detail = CLI_PLUGIN_SOURCE_DETAIL,
    .run = run,
};
