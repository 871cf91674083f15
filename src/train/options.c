/* SPDX-License-Identifier: BSD-3-Clause
 * The options of a training: their table, from which command line, files and journal are made,
 * their defaults and their checks.  ot_optimiser_new checks the options of the optimiser,
 * ot_loader_new crop and batch, and the pass whether the data fits the network. */
#include <limits.h>
#include <math.h>
#include <stddef.h>

#include "base/check.h"
#include "base/decimal.h"
#include "base/intern.h"
#include "base/option.h"
#include "data/policy.h"
#include "data/split.h"
#include "train/parts.h"
#include "train/prolong.h"
#include "train/recipe.h"
#include "train/schedule.h"
#include "train/training.h"

#define FIELD(member) .offset = offsetof(ot_train_opts, member)

static const char *const decaying[] = {
    [OT_DECAY_ON_ALL] = "all", [OT_DECAY_ON_WEIGHTS] = "weights", NULL
};

static const char *const syncs[] = { [OT_SYNC_NORM] = "norm", [OT_SYNC_NONE] = "none", NULL };

const ot_option ot_train_rows[] = {
    { .name = "recipe",
      .kind = OT_OPTION_TEXT,
      .argument = "NAME",
      FIELD(recipe),
      .help = "a published training, which the options below vary: see recipe list" },
    { .name = "epochs",
      .letter = 'e',
      .kind = OT_OPTION_INT,
      .argument = "N",
      .least = 1,
      .most = 1000000,
      FIELD(epochs),
      .help = "passes over the training images" },
    { .name = "batch",
      .letter = 'b',
      .kind = OT_OPTION_INT,
      .argument = "N",
      .least = 1,
      .most = 65536,
      FIELD(batch),
      .help = "images per step" },
    { .name = "lr",
      .kind = OT_OPTION_REAL,
      .argument = "X",
      .least = 1e-30,
      .most = 1e30,
      FIELD(lr),
      .help = "learning rate" },
    { .name = "optimiser",
      .kind = OT_OPTION_TEXT,
      .argument = "NAME",
      FIELD(optimiser),
      .help = "sgd, \"sgd(nesterov=on)\" or adamw",
      .unsaid = "sgd" },
    { .name = "momentum",
      .kind = OT_OPTION_REAL,
      .argument = "X",
      .least = 0,
      .most = 1,
      FIELD(momentum),
      .help = "momentum of SGD" },
    { .name = "weight-decay",
      .kind = OT_OPTION_REAL,
      .argument = "X",
      .least = 0,
      .most = 1e30,
      FIELD(weight_decay),
      .help = "weight decay" },
    { .name = "decay-on",
      .kind = OT_OPTION_CHOICE,
      .argument = "WHAT",
      .choices = decaying,
      .unsaid = "all",
      FIELD(decay_on),
      .help = "parameters with weight decay: all, or the weights of layers" },
    { .name = "clip-norm",
      .kind = OT_OPTION_REAL,
      .argument = "X",
      .least = 0,
      .most = 1e30,
      .unsaid = "0",
      FIELD(clip_norm),
      .help = "scale gradients to a 2-norm of at most X; 0: do not" },
    { .name = "clamp",
      .kind = OT_OPTION_REAL,
      .argument = "X",
      .least = 0,
      .most = 1e30,
      .unsaid = "0",
      FIELD(clamp),
      .help = "keep every parameter within [-X, X]; 0: do not" },
    { .name = "smoothness",
      .kind = OT_OPTION_REAL,
      .argument = "X",
      .least = 0,
      .most = 1e30,
      .unsaid = "0",
      FIELD(smoothness),
      .help = "pull parameters of consecutive blocks together; 0: do not" },
    { .name = "schedule",
      .kind = OT_OPTION_TEXT,
      .argument = "NAME",
      FIELD(schedule),
      .help = "step, at milestones, or \"cosine(least=0,per=epoch)\"",
      .unsaid = "step" },
    { .name = "warmup",
      .kind = OT_OPTION_REAL,
      .argument = "X",
      .least = 0,
      .most = 1e6,
      .unsaid = "0",
      FIELD(warmup),
      .help = "epochs in which lr rises from 0, linearly in steps" },
    { .name = "milestones",
      .kind = OT_OPTION_LIST,
      .argument = "LIST",
      .least = 1,
      .most = 1000000,
      FIELD(milestones),
      .help = "epochs after which lr is decayed; default: at 38, 58, 77, 88 %" },
    { .name = "decay",
      .kind = OT_OPTION_REAL,
      .argument = "X",
      .least = 1e-30,
      .most = 1,
      FIELD(decay),
      .help = "factor of lr at each milestone" },
    { .name = "seed",
      .letter = 's',
      .kind = OT_OPTION_SEED,
      .argument = "N",
      FIELD(seed),
      .help = "seed of initial weights, order and augmentation" },
    { .name = "augment",
      .kind = OT_OPTION_CHOICE,
      .argument = "KIND",
      .choices = ot_policy_names,
      .unsaid = "standard",
      FIELD(policy),
      .help = "none, standard (crop, flip), or a policy, then standard" },
    { .name = "crop",
      .kind = OT_OPTION_INT,
      .argument = "N",
      .least = 0,
      .most = 32,
      FIELD(crop_pad),
      .help = "pad by N pixels and crop at random; 0: neither" },
    { .name = "crop-fill",
      .kind = OT_OPTION_CHOICE,
      .argument = "COLOUR",
      .choices = ot_crop_fill_names,
      .unsaid = "black",
      FIELD(crop_fill),
      .help = "what is padded with before a crop: black or mean" },
    { .name = "no-flip",
      .kind = OT_OPTION_OFF,
      FIELD(flip),
      .help = "never flip images left to right" },
    { .name = "cutout",
      .kind = OT_OPTION_INT,
      .argument = "N",
      .least = 0,
      .most = 64,
      .unsaid = "0",
      FIELD(cutout),
      .help = "give a random square of N pixels the mean colour; 0: none" },
    { .name = "mixup",
      .kind = OT_OPTION_REAL,
      .argument = "ALPHA",
      .least = 0,
      .most = 1e6,
      .unsaid = "0",
      FIELD(mixup),
      .help = "mix pairs of images, w : 1 - w, w ~ Beta(ALPHA, ALPHA); 0: do not" },
    { .name = "validation",
      .kind = OT_OPTION_INT,
      .argument = "N",
      .least = 1,
      .most = INT_MAX,
      .unsaid = "0",
      FIELD(validation),
      .help = "hold N training images out, and choose the best epoch by them" },
    { .name = "average",
      .kind = OT_OPTION_REAL,
      .argument = "DECAY",
      .least = 0,
      .most = 1,
      .unsaid = "0",
      FIELD(average),
      .help = "keep a moving average of the weights: a = DECAY a + (1-DECAY) w" },
    { .name = "init",
      .kind = OT_OPTION_HELD,
      .argument = "FILE",
      FIELD(init),
      .help = "start from the weights in FILE, or of a run, where they fit" },
    { .name = "init-checksum",
      .kind = OT_OPTION_HELD,
      .argument = "HEX",
      FIELD(init_checksum),
      .help = "XXH3-128 of FILE; refuse any other content" },
    { .name = "freeze",
      .kind = OT_OPTION_JOINED,
      .argument = "LIST",
      FIELD(freeze),
      .help = "do not train parameters that match, like 'stem.*,blocks.?.*'" },
    { .name = "max-seconds",
      .kind = OT_OPTION_REAL,
      .argument = "X",
      .least = 1e-3,
      .most = 1e9,
      FIELD(max_seconds),
      .help = "end after the epoch in which X seconds have passed" },
    { .name = "sync",
      .kind = OT_OPTION_CHOICE,
      .argument = "WHAT",
      .choices = syncs,
      FIELD(sync),
      .help = "batch norms use images of all processes (norm) or one (none)",
      .unsaid = "norm" },
    { .name = "rebuild",
      .kind = OT_OPTION_SWITCH,
      FIELD(rebuild),
      .help = "solve for the states of reversible blocks instead of keeping them" },
    { .name = "memory-limit",
      .kind = OT_OPTION_BYTES,
      .argument = "BYTES",
      FIELD(memory_limit),
      .help = "recompute values to keep to 500M, 2G, or min: the fewest",
      .unsaid = "none" },
    { 0 },
};

static const int DEFAULT_BATCH = 128, DEFAULT_KEEP = 2;
static const double DEFAULT_LR = 0.1;

void ot_train_defaults(ot_train_opts *o)
{
    if (!o) return;
    if (o->batch == 0) o->batch = DEFAULT_BATCH;
    if (o->lr == 0.0) o->lr = DEFAULT_LR;
    if (o->decay == 0.0) o->decay = OT__DEFAULT_DECAY;
    if (o->keep == 0) o->keep = DEFAULT_KEEP;
    if (o->milestones.n == -1 && !ot__train_has_milestones(o)) o->milestones.n = 0;
    if (o->milestones.n == -1) ot__milestones_default(&o->milestones, o->epochs);
    if (*o->init.s && !*o->init_checksum.s &&
        ot_file_checksum(o->init.s, o->init_checksum.s) != OT_OK)
        *o->init_checksum.s = '\0'; /* ot_train says why it cannot be read */
    ot__policy_resolve(&o->policy, &o->crop_pad, &o->flip); /* so that files say what is done */
}

static bool positive(double x)
{
    return x > 0.0 && isfinite(x);
}

static ot_status check_milestones(const ot_int_list *m)
{
    if (m->n < 0 || m->n > OT_INT_LIST_MOST)
        return ot__fail(OT_EINVAL, "there are %d milestones; there may be 0 to %d", m->n,
                        OT_INT_LIST_MOST);
    for (int i = 0; i < m->n; i++)
        if (m->value[i] < 0)
            return ot__fail(OT_EINVAL, "milestone %d is an epoch below 0", m->value[i]);
    for (int i = 1; i < m->n; i++)
        if (m->value[i] < m->value[i - 1])
            return ot__fail(OT_EINVAL, "milestone %d comes after milestone %d; they must not fall",
                            m->value[i], m->value[i - 1]);
    return OT_OK;
}

/* ot_loader_new checks the range of alpha. */
static ot_status check_mixup(const ot_train_opts *o)
{
    if (o->mixup == 0 || ot_net_second_labels(o->net).id) return OT_OK;
    return ot__fail(OT_EINVAL,
                    "mixup: the network has no second labels; record them with "
                    "ot_net_opts.second_labels or, for a tape of one's own, name them in "
                    "ot_net_vars.second_labels and label_weight");
}

/* Files and journals store these texts, so they must be UTF-8 without control characters. */
static ot_status check_texts(const ot_train_opts *o)
{
    if (*o->init.s) OT_TRY(ot__check_name("init", "the path of the weights", o->init.s));
    if (*o->freeze.s) OT_TRY(ot__check_name("freeze", "the list of patterns", o->freeze.s));
    if (*o->init_checksum.s && !*o->init.s)
        return ot__fail(OT_EINVAL,
                        "a checksum of initial weights is given, but no file of initial weights");
    return OT_OK;
}

static ot_status check(const ot_train_opts *o)
{
    if (!o->net || !o->params || !o->train || !o->test)
        return ot__fail(OT_EINVAL,
                        "training needs a network, parameters, a training and a test set");
    if (ot_net_options(o->net)->fused)
        return ot__fail(OT_EINVAL,
                        "the network is fused: its batch norms are part of convolutions, so it can "
                        "be evaluated and not trained; train the network without --fused");
    if (o->epochs < 1)
        return ot__fail(OT_EINVAL, "the number of epochs is %d; it must be at least 1", o->epochs);
    if (o->batch < 1) return ot__fail(OT_EINVAL, "batch is %d; it must be at least 1", o->batch);
    if (!positive(o->lr))
        return ot__fail(OT_EINVAL, "the learning rate is %s; it must be positive", OT__REAL(o->lr));
    if (!positive(o->decay))
        return ot__fail(OT_EINVAL, "the decay of the learning rate is %s; it must be positive",
                        OT__REAL(o->decay));
    if (!(o->average >= 0.0 && o->average < 1.0))
        return ot__fail(OT_EINVAL,
                        "the decay of the average is %s; it must be above 0 and below 1, or 0 for "
                        "no average",
                        OT__REAL(o->average));
    OT_TRY(ot__split_check(ot_dataset_count(o->train), o->validation));
    if (!(o->max_seconds >= 0.0))
        return ot__fail(OT_EINVAL, "the limit is %s seconds; it must be positive, or 0 for none",
                        OT__REAL(o->max_seconds));
    OT_TRY(check_mixup(o));
    if (o->keep < 1 || o->save_every < 0)
        return ot__fail(OT_EINVAL,
                        "%d checkpoints are kept, one is saved every %d steps; it must be at least "
                        "1, and 0 or more",
                        o->keep, o->save_every);
    if (o->n_metadata < 0 || (o->n_metadata > 0 && !o->metadata))
        return ot__fail(OT_EINVAL, "%d pairs of metadata cannot be read", o->n_metadata);
    if ((int)o->tier < OT_TIER_DEFAULT || o->tier > OT_TIER_BEST)
        return ot__fail(OT_EINVAL, "there is no kernel tier %d", (int)o->tier);
    OT_TRY(ot__check_choice("training", "sync", (int)o->sync, OT_SYNC_NONE));
    OT_TRY(check_texts(o));
    return check_milestones(&o->milestones);
}

/* Writes the name of a part in the one form that files have: "cosine" for "cosine( least = 0 )". */
static ot_status write_plain(const ot__registry *r, const char **text)
{
    ot__part part;
    if (!*text) return OT_OK;
    OT_TRY(ot__part_read(r, *text, &part));
    *text = ot__intern(part.text);
    ot__part_free(&part);
    return *text ? OT_OK : ot__fail(OT_ENOMEM, "out of memory for an option");
}

ot_status ot__train_options(const ot_train_opts *given, bool starts, ot_train_opts *used)
{
    if (!given) return ot__fail(OT_EINVAL, "training needs options");
    *used = *given;
    OT_TRY(ot_recipe_apply(used));
    OT_TRY(ot__prolong_options(used));
    OT_TRY(ot__train_unset(used, given, starts));
    ot_train_defaults(used);
    OT_TRY(check(used));
    OT_TRY(write_plain(ot__optimisers(), &used->optimiser));
    OT_TRY(write_plain(ot__schedules(), &used->schedule));
    return ot__resolve_tier(used->tier, &used->tier);
}
