/* SPDX-License-Identifier: BSD-3-Clause
 * odetape new source: writes the source of a source of data sets to start from. */
#include <string.h>

#include "cli/commands/plugin_source.h"
#include "cli/frame/command.h"

static const char ABOUT[] =
    "/* The source of data sets @: stripes in four directions, which are the classes, with noise.\n"
    " *\n"
    " * Change it to your own.  These commands build it, train with it, and show what it has:\n"
    " *\n";

static const char TEXT[] =
    "#include <stddef.h>\n"
    "#include <stdlib.h>\n"
    "\n"
    "#include <odetape.h>\n"
    "\n"
    "enum { SIDE = 32, CHANNELS = 3, CLASSES = 4, BYTES = SIDE * SIDE * CHANNELS };\n"
    "\n"
    "/* Attributes: numbers that --data may set, \"@(images=500)\". */\n"
    "typedef struct attributes {\n"
    "    int images;\n"
    "} attributes;\n"
    "\n"
    "static const attributes defaults = { .images = 2000 };\n"
    "static const ot_option rows[] = {\n"
    "    { .name = \"images\",\n"
    "      .kind = OT_OPTION_INT,\n"
    "      .least = 1,\n"
    "      .most = 100000,\n"
    "      .offset = offsetof(attributes, images),\n"
    "      .help = \"images of each split\" },\n"
    "    { 0 },\n"
    "};\n"
    "\n"
    "/* A pseudo-random number below 64.  The same numbers each time make the same images. */\n"
    "static int noise(uint32_t *state)\n"
    "{\n"
    "    *state = *state * 1664525u + 1013904223u;\n"
    "    return (int)(*state >> 26);\n"
    "}\n"
    "\n"
    "/* Paints an image: stripes along the lines on which dx x + dy y is constant. */\n"
    "static void paint(uint8_t *image, int label, uint32_t seed)\n"
    "{\n"
    "    static const int dx[CLASSES] = { 1, 0, 1, 1 }, dy[CLASSES] = { 0, 1, 1, -1 };\n"
    "    uint32_t state = seed * 2654435761u;\n"
    "    const int shift = noise(&state);\n"
    "    for (int i = 0; i < BYTES; i++) {\n"
    "        const int x = i / CHANNELS % SIDE, y = i / CHANNELS / SIDE;\n"
    "        const int along = dx[label] * x + dy[label] * y + shift + SIDE;\n"
    "        image[i] = (uint8_t)((along / 4 % 2 ? 140 : 50) + noise(&state));\n"
    "    }\n"
    "}\n"
    "\n"
    "/* Makes the images of a split.  Another source would read them from the files of `place`, "
    "the "
    "text\n"
    " * after \"@:\". */\n"
    "static ot_status open_set(const void *at, const char *place, ot_split split, ot_dataset "
    "**out)\n"
    "{\n"
    "    const attributes *const a = at;\n"
    "    if (*place) return ot_fail(OT_ENOENT, \"@:%s: @ computes its images and has no places\", "
    "place);\n"
    "    uint8_t *const images = malloc((size_t)a->images * BYTES);\n"
    "    int32_t *const labels = malloc((size_t)a->images * sizeof *labels);\n"
    "    for (int i = 0; images && labels && i < a->images; i++) {\n"
    "        labels[i] = i % CLASSES;\n"
    "        paint(images + (size_t)i * BYTES, labels[i], 2 * (uint32_t)i + (uint32_t)split);\n"
    "    }\n"
    "    const ot_dataset_desc desc = { .count = a->images,\n"
    "                                   .height = SIDE,\n"
    "                                   .width = SIDE,\n"
    "                                   .channels = CHANNELS,\n"
    "                                   .classes = CLASSES,\n"
    "                                   .images = images,\n"
    "                                   .labels = labels };\n"
    "    const ot_status status =\n"
    "        images && labels ? ot_dataset_new(&desc, out) : ot_fail(OT_ENOMEM, NULL);\n"
    "    free(images);\n"
    "    free(labels);\n"
    "    return status;\n"
    "}\n"
    "\n"
    "static const ot_source_kind source = {\n"
    "    .about.name = \"@\",\n"
    "    .about.equation = \"stripes in four directions\",\n"
    "    .about.attributes = rows,\n"
    "    .about.size = sizeof(attributes),\n"
    "    .about.defaults = &defaults,\n"
    "    .place = \"@\",\n"
    "    .alone = true, /* --data @, without a place */\n"
    "    .open = open_set,\n"
    "};\n"
    "\n"
    "OT_PLUGIN\n"
    "{\n"
    "    return ot_register_source(&source);\n"
    "}\n";

static bool taken(const char *name)
{
    const ot_source_kind *kind;
    for (int i = 0; (kind = ot_source_at(i)) != NULL; i++)
        if (strcmp(kind->about.name, name) == 0) return true;
    return false;
}

static ot_status run(void *settings, char **operands)
{
    static const cli_plugin_source source = { .what = "source of data sets",
                                              .about = ABOUT,
                                              .text = TEXT,
                                              .train = CLI_PLUGIN_TRAIN(
                                                  "--net \"rk4 x1\" --width 16 --data @"),
                                              .check = "odetape data info --plugin ./@.so --data @",
                                              .taken = taken };
    (void)settings;
    return cli_plugin_source_write(&source, operands[0]);
}

const cli_command cli_new_source = {
    .name = "new source",
    .operands = "NAME",
    .n_operands = 1,
    .summary = "write the source of a source of data sets to start from",
    .detail = CLI_PLUGIN_SOURCE_DETAIL,
    .run = run,
};
