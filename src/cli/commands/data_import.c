/* SPDX-License-Identifier: BSD-3-Clause
 * odetape data import: makes a data set of PNG files in folders and writes it as one file. */
#include <stdio.h>

#include "base/decimal.h"
#include "cli/frame/groups.h"
#include "cli/frame/message.h"
#include "cli/frame/print.h"

enum { MOST_SIDE = 16384 };

struct settings {
    const char *out, *size;
    ot_import_opts import;
};

#define FIELD(member) .offset = offsetof(struct settings, member)

static const ot_option options[] = {
    { .name = "out",
      .letter = 'o',
      .kind = OT_OPTION_TEXT,
      .argument = "SET",
      FIELD(out),
      .help = "file that is written" },
    { .name = "size",
      .kind = OT_OPTION_TEXT,
      .argument = "SIZE",
      FIELD(size),
      .help = "of the images in pixels: 32, or HEIGHTxWIDTH as in 24x32" },
    { .name = "resize",
      .kind = OT_OPTION_SWITCH,
      FIELD(import.resize),
      .help = "scale images of other sizes instead of refusing them" },
    { .name = "channels",
      .kind = OT_OPTION_INT,
      .argument = "N",
      .least = 1,
      .most = 3,
      FIELD(import.channels),
      .help = "3: red, green and blue; 1: grey" },
    { .name = "background",
      .kind = OT_OPTION_CHOICE,
      .argument = "COLOUR",
      .choices = ot_background_names,
      FIELD(import.background),
      .help = "what is behind transparent pixels; none: they are refused" },
    { .name = "test-fraction",
      .kind = OT_OPTION_REAL,
      .argument = "X",
      .least = 0,
      .most = 1,
      FIELD(import.test_fraction),
      .help = "make this part of each class test images" },
    { .name = "seed",
      .letter = 's',
      .kind = OT_OPTION_SEED,
      .argument = "N",
      FIELD(import.seed),
      .help = "seed of the choice of the test images" },
    { 0 },
};

static const cli_group groups[] = { { "Import options", options, 0 }, { 0 } };

/* Reads "32" or "24x32". */
static ot_status read_size(const char *text, ot_import_opts *o)
{
    const char *rest = text;
    long long height = 0, width = 0;
    bool good = ot__read_whole(&rest, 1, MOST_SIDE, &height);
    width = height;
    if (good && *rest == 'x') {
        rest++;
        good = ot__read_whole(&rest, 1, MOST_SIDE, &width);
    }
    o->height = (int)height;
    o->width = (int)width;
    if (good && *rest == '\0') return OT_OK;
    return ot__fail(OT_EINVAL,
                    "--size is '%s'; one side or HEIGHTxWIDTH is expected, 1 to %d pixels each",
                    text, MOST_SIDE);
}

static void print_set(const char *path, const ot_dataset *train, const ot_dataset *test)
{
    cli_print(stdout,
              "%s: %d training and %d test images of %dx%d pixels and %d %s in %d classes\n", path,
              ot_dataset_count(train), ot_dataset_count(test), ot_dataset_height(train),
              ot_dataset_width(train), ot_dataset_channels(train),
              ot_dataset_channels(train) == 1 ? "channel" : "channels", ot_dataset_classes(train));
}

static ot_status run(void *settings, char **operands)
{
    struct settings *const s = settings;
    ot_dataset *train = NULL, *test = NULL;
    ot_status status = read_size(s->size, &s->import);
    if (status == OT_OK) status = ot_dataset_import(operands[0], &s->import, &train, &test);
    if (status == OT_OK) status = ot_dataset_write(train, test, s->out);
    if (status == OT_OK) print_set(s->out, train, test);
    ot_dataset_free(test);
    ot_dataset_free(train);
    return status;
}

const cli_command cli_data_import = {
    .name = "data import",
    .operands = "DIR",
    .n_operands = 1,
    .summary = "make a data set of PNG files, one folder per class",
    .groups = groups,
    .required = "out",
    .defaults = &(const struct settings){ .size = "32", .import = { .channels = 3, .seed = 1 } },
    .settings_size = sizeof(struct settings),
    .run = run,
};
