/* SPDX-License-Identifier: BSD-3-Clause
 * odetape data sheet: images to look at, as stored or as the network sees them. */
#include <stdio.h>

#include "cli/groups.h"
#include "cli/message.h"

struct settings {
    const char *data;
    int split, rows, columns, epoch;
    bool augment;
    uint64_t seed;
};

#define FIELD(member) .offset = offsetof(struct settings, member)

static const cli_option options[] = {
    { .name = "rows",
      .kind = CLI_INT,
      .argument = "N",
      .least = 1,
      .most = 100,
      FIELD(rows),
      .help = "rows of images; as stored, one class a row" },
    { .name = "columns",
      .kind = CLI_INT,
      .argument = "N",
      .least = 1,
      .most = 100,
      FIELD(columns),
      .help = "columns of images" },
    { .name = "augment",
      .kind = CLI_SWITCH,
      FIELD(augment),
      .help = "as a training gets them: shuffled, cropped, flipped" },
    { .name = "epoch",
      .kind = CLI_INT,
      .argument = "N",
      .least = 1,
      .most = 1000000,
      FIELD(epoch),
      .help = "with --augment: the epoch" },
    { .name = "seed",
      .letter = 's',
      .kind = CLI_SEED,
      .argument = "N",
      FIELD(seed),
      .help = "with --augment: of order and augmentation" },
    { 0 },
};

static const cli_group groups[] = {
    CLI_DATA_GROUP(data),
    CLI_SPLIT_GROUP(split),
    { "Sheet options", options, 0 },
    { 0 },
};

static int run(const cli_command *self, void *settings, char **operands)
{
    const struct settings *const s = settings;
    const ot_loader_opts augmented = {
        .seed = s->seed, .shuffle = true, .crop_pad = 4, .flip = true
    };
    ot_dataset *d = NULL;
    ot_status status = ot_dataset_open(s->data, (ot_split)s->split, &d);
    if (status == OT_OK)
        status = ot_data_sheet(d, s->augment ? &augmented : NULL, s->epoch - 1, s->rows, s->columns,
                               operands[0]);
    ot_dataset_free(d);
    if (status != OT_OK) return cli_fail_status(self, status);
    printf("%s: %d x %d images\n", operands[0], s->columns, s->rows);
    return 0;
}

const cli_command cli_data_sheet = {
    .name = "data sheet",
    .operands = "FILE.png",
    .n_operands = 1,
    .summary = "write a PNG contact sheet of images",
    .groups = groups,
    .defaults =
        &(const struct settings){
            .data = "builtin", .rows = 10, .columns = 10, .epoch = 1, .seed = 1 },
    .settings_size = sizeof(struct settings),
    .run = run,
};
