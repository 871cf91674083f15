/* SPDX-License-Identifier: BSD-3-Clause
 * odetape data sheet: draws images of a data set, as stored or as a training gets them. */
#include <stdio.h>

#include "cli/frame/groups.h"
#include "cli/frame/message.h"
#include "cli/frame/recipe.h"
#include "cli/frame/print.h"

struct settings {
    const char *data;
    int split, rows, columns, epoch;
    int policy;
    int crop_fill, cutout;
    uint64_t seed;
};

#define FIELD(member) .offset = offsetof(struct settings, member)

static const ot_option options[] = {
    { .name = "rows",
      .kind = OT_OPTION_INT,
      .argument = "N",
      .least = 1,
      .most = 100,
      FIELD(rows),
      .help = "rows of images, one class each; default: 10, or all classes" },
    { .name = "columns",
      .kind = OT_OPTION_INT,
      .argument = "N",
      .least = 1,
      .most = 100,
      FIELD(columns),
      .help = "columns of images" },
    { .name = "augment",
      .kind = OT_OPTION_CHOICE,
      .argument = "KIND",
      .choices = ot_policy_names,
      FIELD(policy),
      .help = "show images as a training with this --augment gets them" },
    { .name = "crop-fill",
      .kind = OT_OPTION_CHOICE,
      .argument = "COLOUR",
      .choices = ot_crop_fill_names,
      FIELD(crop_fill),
      .help = "what is padded with before a crop: black or mean" },
    { .name = "cutout",
      .kind = OT_OPTION_INT,
      .argument = "N",
      .least = 0,
      .most = 64,
      FIELD(cutout),
      .help = "give a random square of N pixels the mean colour; 0: none" },
    { .name = "epoch",
      .kind = OT_OPTION_INT,
      .argument = "N",
      .least = 1,
      .most = 1000000,
      FIELD(epoch),
      .help = "epoch of the augmentation" },
    { .name = "seed",
      .letter = 's',
      .kind = OT_OPTION_SEED,
      .argument = "N",
      FIELD(seed),
      .help = "seed of the augmentation" },
    { 0 },
};

static const cli_group groups[] = {
    CLI_DATA_GROUP(data),
    CLI_SPLIT_GROUP(split),
    { "Sheet options", options, 0 },
    { 0 },
};

/* The rows that were asked for, or up to ten of the classes. */
static int rows_of(const struct settings *s, const ot_dataset *d)
{
    const int classes = ot_dataset_classes(d);
    return s->rows > 0 ? s->rows : classes < 10 ? classes : 10;
}

static ot_status run(void *settings, char **operands)
{
    const struct settings *const s = settings;
    const ot_train_opts paper = CLI_PAPER_RECIPE;
    const bool raw = s->policy == OT_POLICY_OFF;
    const ot_loader_opts augmented = {
        .seed = s->seed,
        .crop_pad = paper.crop_pad,
        .crop_fill = (ot_crop_fill)s->crop_fill,
        .flip = paper.flip,
        .policy = (ot_policy)s->policy,
        .cutout = s->cutout,
    };
    ot_dataset *d = NULL;
    ot_status status = ot_dataset_open(s->data, (ot_split)s->split, &d);
    const int rows = rows_of(s, d);
    if (status == OT_OK)
        status = ot_data_sheet(d, raw && s->cutout == 0 ? NULL : &augmented, s->epoch - 1, rows,
                               s->columns, operands[0]);
    ot_dataset_free(d);
    if (status != OT_OK) return status;
    cli_print(stdout, "%s: %d x %d images\n", cli_shown(operands[0]), s->columns, rows);
    return OT_OK;
}

const cli_command cli_data_sheet = {
    .name = "data sheet",
    .operands = "FILE.png",
    .n_operands = 1,
    .summary = "write a PNG contact sheet of images",
    .groups = groups,
    .defaults =
        &(const struct settings){
            .data = "builtin", .policy = OT_POLICY_OFF, .columns = 10, .epoch = 1, .seed = 1 },
    .settings_size = sizeof(struct settings),
    .run = run,
};
