/* SPDX-License-Identifier: BSD-3-Clause
 * Tests options that have no effect with a value of another one: they are refused before the first
 * step if they were given, and unset if a recipe or a default has set them. */
#include <string.h>

#include "train/cases.h"
#include "train/small.h"

static const struct {
    ot_train_opts opts;
    const char *option, *says;
} ineffective[] = {
    { { .schedule = "cosine", .milestones = { 1, { 1 } } }, "milestones", "schedule cosine" },
    { { .schedule = "cosine(per=step)", .decay = 0.5 }, "decay", "schedule cosine(per=step)" },
    { { .milestones = { 0 }, .decay = 0.5 }, "decay", "milestones none" },
    { { .optimiser = "adamw", .momentum = 0.9 }, "momentum", "optimiser adamw" },
    { { .decay_on = OT_DECAY_ON_WEIGHTS }, "decay-on", "weight-decay 0" },
    { { .policy = OT_POLICY_OFF, .crop_pad = 4 }, "crop", "augment none" },
    { { .policy = OT_POLICY_OFF, .crop_fill = OT_CROP_MEAN }, "crop-fill", "augment none" },
    { { .policy = OT_POLICY_OFF, .flip = true }, "no-flip", "augment none" },
    { { .crop_fill = OT_CROP_MEAN }, "crop-fill", "crop 0" },
};
enum { INEFFECTIVE = sizeof ineffective / sizeof ineffective[0] };

static void never(const ot_train_step *now, void *user)
{
    (void)now, (void)user;
    ck_abort_msg("a step was taken");
}

/* The options of a small training with those of case i. */
static small small_with(int i)
{
    small s = small_new();
    ot_train_opts o = ineffective[i].opts;
    o.net = s.net;
    o.params = s.params;
    o.train = s.train;
    o.test = s.test;
    o.epochs = 2;
    o.batch = SMALL_BATCH;
    s.opts = o;
    return s;
}

START_TEST(an_option_without_effect_is_refused_before_the_first_step)
{
    char says[200];
    small s = small_with(_i);
    s.opts.on_step = never;
    ck_status(ot_train(&s.opts, NULL), OT_EINVAL);
    snprintf(says, sizeof says, ", which has no effect with %s; leave %s out, or choose ",
             ineffective[_i].says, ineffective[_i].option);
    ck_assert_msg(strstr(ot_message(), says), "%s", ot_message());
    ck_assert_msg(strncmp(ot_message(), ineffective[_i].option, strlen(ineffective[_i].option)) ==
                      0,
                  "%s", ot_message());
    small_free(&s);
}
END_TEST

static bool is_named(const char *option, const void *name)
{
    return name && strcmp(option, name) == 0;
}

START_TEST(an_option_without_effect_is_unset_unless_it_was_given)
{
    ot_train_opts o = ineffective[_i].opts;
    o.epochs = 2;
    ck_status(ot_train_settle(&o, is_named, ineffective[_i].option), OT_EINVAL);
    o = ineffective[_i].opts;
    o.epochs = 2;
    ck_ok(ot_train_settle(&o, is_named, NULL));
    ck_assert(o.milestones.n == 0 && o.decay == 0 && o.momentum == 0 && o.crop_pad == 0);
    ck_assert(o.decay_on == OT_DECAY_ON_ALL && o.crop_fill == OT_CROP_BLACK && !o.flip);
    ck_ok(ot_train_settle(&o, NULL, NULL));
}
END_TEST

/* Recipes have milestones, decay and momentum. */
START_TEST(what_a_recipe_sets_is_never_refused)
{
    for (int i = 0; i < ot_recipe_count(); i++) {
        small s = small_for(ot_recipe_at(i)->name);
        ot_train_opts o = { .net = s.net, .params = s.params, .train = s.train, .test = s.test };
        o.recipe = ot_recipe_at(i)->name;
        o.epochs = 1;
        o.schedule = "cosine";
        o.optimiser = "adamw";
        o.lr = 1e-3;
        ck_ok(ot_train(&o, NULL));
        o.momentum = 0.9;
        ck_status(ot_train(&o, NULL), OT_EINVAL);
        small_free(&s);
    }
}
END_TEST

/* Files have options with their defaults filled in. */
START_TEST(options_with_their_defaults_filled_in_are_not_refused)
{
    static const ot_train_opts opts[] = {
        { .epochs = 260, .schedule = "cosine", .optimiser = "adamw", .milestones.n = -1 },
        { .epochs = 1, .decay = 0.5, .milestones.n = -1 },
        { .epochs = 2, .policy = OT_POLICY_OFF },
    };
    for (size_t i = 0; i < sizeof opts / sizeof opts[0]; i++) {
        ot_train_opts o = opts[i];
        ot_train_defaults(&o);
        ck_ok(ot_train_settle(&o, NULL, NULL));
        ck_ok(ot_train_settle(&o, NULL, NULL));
    }
}
END_TEST

TCase *settle_case(void)
{
    TCase *c = tcase_create("settle");
    tcase_add_loop_test(c, an_option_without_effect_is_refused_before_the_first_step, 0,
                        INEFFECTIVE);
    tcase_add_loop_test(c, an_option_without_effect_is_unset_unless_it_was_given, 0, INEFFECTIVE);
    tcase_add_test(c, what_a_recipe_sets_is_never_refused);
    tcase_add_test(c, options_with_their_defaults_filled_in_are_not_refused);
    return c;
}
