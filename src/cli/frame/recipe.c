/* SPDX-License-Identifier: BSD-3-Clause */
#include "cli/frame/recipe.h"

#define FIELD(member) .offset = offsetof(cli_recipe, member)

const cli_option cli_recipe_options[] = {
    { .name = "epochs",
      .letter = 'e',
      .kind = CLI_INT,
      .argument = "N",
      .least = 1,
      .most = 1000000,
      FIELD(epochs),
      .help = "passes over the training images" },
    { .name = "batch",
      .letter = 'b',
      .kind = CLI_INT,
      .argument = "N",
      .least = 1,
      .most = 65536,
      FIELD(batch),
      .help = "images a step" },
    { .name = "lr",
      .kind = CLI_REAL,
      .argument = "X",
      .least = 1e-30,
      .most = 1e30,
      FIELD(lr),
      .help = "learning rate" },
    { .name = "momentum",
      .kind = CLI_REAL,
      .argument = "X",
      .least = 0,
      .most = 1,
      FIELD(momentum),
      .help = "of SGD" },
    { .name = "weight-decay",
      .kind = CLI_REAL,
      .argument = "X",
      .least = 0,
      .most = 1e30,
      FIELD(weight_decay),
      .help = "of all parameters" },
    { .name = "milestones",
      .kind = CLI_LIST,
      .argument = "LIST",
      .least = 1,
      .most = 1000000,
      FIELD(milestones),
      .help = "epochs after which lr is decayed, else at 38, 58, 77, 88 %" },
    { .name = "decay",
      .kind = CLI_REAL,
      .argument = "X",
      .least = 1e-30,
      .most = 1,
      FIELD(decay),
      .help = "factor of lr at a milestone" },
    { .name = "seed",
      .letter = 's',
      .kind = CLI_SEED,
      .argument = "N",
      FIELD(seed),
      .help = "of initial weights, order and augmentation" },
    { .name = "augment",
      .kind = CLI_CHOICE,
      .argument = "KIND",
      .choices = cli_augmentation_names,
      .unsaid = "standard",
      FIELD(augment),
      .help = "none, standard (crop, flip), or a policy before these" },
    { .name = "crop",
      .kind = CLI_INT,
      .argument = "N",
      .least = 0,
      .most = 32,
      FIELD(crop),
      .help = "pad by N pixels and crop at random; 0: do not" },
    { .name = "no-flip", .kind = CLI_OFF, FIELD(flip), .help = "never flip images left to right" },
    { .name = "cutout",
      .kind = CLI_INT,
      .argument = "N",
      .least = 0,
      .most = 64,
      .unsaid = "0",
      FIELD(cutout),
      .help = "lose a square of N pixels at random; 0: none" },
    { .name = "no-augment",
      .kind = CLI_SWITCH,
      FIELD(no_augment),
      .help = "the raw images: --augment none --cutout 0" },
    { .name = "max-seconds",
      .kind = CLI_REAL,
      .argument = "X",
      .least = 1e-3,
      .most = 1e9,
      FIELD(max_seconds),
      .help = "end after the epoch in which so much time is over" },
    { 0 },
};

/* 100, 150, 200 and 230 of 260, rounded; none before the first epoch or twice. */
static void scale_milestones(cli_list *list, int epochs)
{
    static const int paper[] = { 100, 150, 200, 230 };
    list->n = 0;
    for (size_t i = 0; i < sizeof paper / sizeof paper[0]; i++) {
        const int at = (int)(((long long)paper[i] * epochs + 130) / 260);
        const int last = list->n > 0 ? list->value[list->n - 1] : 0;
        if (at > last && at < epochs) list->value[list->n++] = at;
    }
}

void cli_recipe_complete(cli_recipe *r)
{
    if (r->milestones.n < 0) scale_milestones(&r->milestones, r->epochs);
    if (r->no_augment) {
        r->augment = CLI_AUGMENT_NONE;
        r->cutout = 0;
    }
    if (r->augment == CLI_AUGMENT_NONE) {
        r->crop = 0;
        r->flip = false;
    }
}
